"""Who drives an accepted apply, and why nobody else does: theory of the workers.

The rows of `applies` are the queue. A process claims a due row under a *lease*: a token that proves
who may write, an epoch that only grows and says who is newer, an expiry by the database's clock
that says when somebody else may claim. Everything here follows from four rules.

1. *Expiry says who may claim, the token who may write.* A driver that is late may go on writing
   until somebody has claimed; from then on its token is not on the row, and every write of its is
   refused under the row's lock. No error and no silence proves a loss; only a successful read does.

2. *We stop before they may start.* Locally a lease is a *trust window*: its term, counted on a
   clock that also counts suspend, from before the last acknowledged beat was sent. So it ends here
   before it ends there, however slow the answer was. At `margin` before its end the run is cut off:

       beat sent       acknowledged                     trust ends       a peer may claim
          |----------------|---------------------------------|------- margin -------|
          |<-------------------------- term, local clock -------------------------->|
                           expiry, by the database, is never earlier than this -----^

   From then on the lease counts as lost, even if a later beat succeeds.

3. *A paused process can't stop itself.* So the epoch goes with every call to the target, which
   refuses a lower one, and a successor kills the connection that the old epoch recorded there.

4. *An end is stored once, and told afterwards.* The last write carries tasks, state, requests and
   lease together; repeating it gives the same answer. What was not stored did not happen: the next
   drive asks the target. So a lost answer costs a look, never a second execution.

What runs in a process:

    poller      while a slot is free: claim; else wait for a wake, a free slot, or the poll   1 task
    worker      one per slot: hold the lease, drive, store the end, give the slot back       N tasks
    heartbeat   beat: renews all leases in one statement, brings control requests           1 thread
                watch: ends the trust in time; never does I/O, so that nothing delays it    1 thread
    waker       datagrams in and out, the registry of processes                              3 tasks

What fails, and what then happens:

    a process dies                its leases expire; a peer claims with a higher epoch and resumes
    a process is frozen           the same; when it wakes up, target and storage refuse it
    the storage is away           runs go on while they are trusted, writes wait for it, claims back
                                  off; it heals by itself
    an answer is lost             a claim's lease expires; a write, an end too, is repeated
    a wake is lost                the next poll finds the row
    a process starves             it loses its leases, and claims less until it can keep them
                                  (`restraint.py`); its peers claim as before
    a run hangs                   its lease is kept; at the stall limit it is brought to rest
    a run raises                  by the error's branch: retried, failed, or stopped for a person
    SIGTERM                       no more claims; runs come to rest at a checkpoint and are handed
                                  back, due at once, no attempt spent; what hangs is cut off in time
"""
