"""Who may change a target now: an epoch in its work record, and a named lock on the DDL session.

A lease ends by the control plane's clock, but a paused process does not know that: it wakes up and
sends the ALTER it was about to send. So the target itself must refuse it. Two things stand there:

- the **work record**, a row of `_schemabot_work` in the schema of the apply's first namespace. It
  has the epoch of the newest claim, an instance number that grows when the same claim is run again
  (a restarted server), and the sessions that its runs have opened for DDL;
- the **named lock** `sb:<sha1 of the schema>`, held by the one session that runs DDL.

A run may run DDL on a session that has done this, in this order:

1. *Record.* One transaction locks the row, refuses a lower epoch (`StaleEpoch`), and adds the
   session's id. Because it comes before the lock, whoever holds the lock is in the record.
2. *Evict.* Every other recorded session of this server start is killed, and waited for until the
   server no longer knows it. A frozen predecessor now has no session; when it wakes up and opens
   another, step 1 refuses it.
3. *Lock.* The named locks of all schemas of the work, in name order. Busy now means a stranger:
   `TargetBusy`.
4. *Ask again before each DDL:* the lock is this session's and the record's epoch is ours. Between
   that answer and the DDL nothing can come in: the lock ends only with the session, and DDL on an
   ended session fails.

What is not promised: exclusion after a target fails over to a replica, where neither locks nor
sessions follow. There the check of the live table at the start of every run decides.
"""
