"""What the service remembers: one database, one transaction for each public method.

The rows of `applies` are the queue. A worker claims a row under a lease, and from then on every
write of that worker goes through the lease; everybody else reads, or leaves a request.

    storage.py          the stores over one database
    database.py         transactions: whole, repeated after a deadlock, joined on one thread
    connections.py      connections that are as the queue needs them, or refused
    server_connection.py  writes that travel with what follows them; statements kept parsed
    prepared.py         statements that are compiled once
    faults.py retry.py  what an error number means | the one place that repeats
    clock.py columns.py DB now as an expression | column types
    tables/             what is stored, an aggregate a file
    revisions/          how the tables came to be; `upgrade.py` runs them under `versions/env.py`

How a row changes
-----------------
1. Somebody locks it: a claim by `claiming.py` (what is due, first come), a driver by its token
   (`LeaseStore.fence`), a request or a sweep by its id. Order of locks: apply, tasks, requests,
   then anything else; nobody who waits for a row holds a later one.
2. `LockedApply` collects what changes. A state moves by the matrix of `domain.states` or not at
   all. `taking.py`, `reporting.py`, `ending.py` and `request_ends.py` know what a claim, a report,
   an end and a request mean.
3. `LockedApply.save` writes it, with the log, and with `claimable_at` and `claim_rank` as
   `claim_order.py` derives them from the other columns. There is no other way to set those two.

Why a displaced driver can't write
----------------------------------
The token is compared on a row that is locked in the same transaction. A claim that displaces us
needs that lock too: either it comes first, and we read its token; or we come first, and it waits
until our write is committed. Comparing in a sub-query would read the old token while the claim is
not yet committed, and then write over it.

What is known after an error
----------------------------
Nothing, but for this: a transaction that did not reach COMMIT stored nothing. If COMMIT itself went
unanswered, `create` reads by the id that was drawn before; reports, ends and requests are written
so that asking again gives the first answer; a claim is left to expire.
"""
