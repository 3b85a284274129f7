"""Changes that copy their table while applications go on using it.

A shadow table is made as the plan wants the table, filled range by range, kept current from the
server's own log, compared row by row, and then the names are swapped. No trigger, no rewritten
value in this process: rows go from table to table inside the server.

    feed --changed keys--> Delta --ready keys--> replayers --delete, read anew--> shadow
                             |                                                      ^
    chunker --range--> Watermark: dispatched, low          copiers --ranges---------+

**Words.** `dispatched` is the end of the last range handed out, `low` the end of the unbroken run
of committed ranges. S is the source, T its shadow, k a change key.

**Why nothing is lost.** Of the server four things are known. (F1) A transaction locks each row it
writes until its commit in the engine; its events are logged after that and may be received before
that commit. (F2) A locking read sees the newest committed versions, and with NOWAIT it fails if a
row in its range is held, uncommitted inserts and deletes included. (F3) It keeps its locks to its
commit. (F4) A failed statement leaves nothing.

1. *No stale read* (`statements`, `row_writer`). Every read of S for T is a locking one with NOWAIT.
   An event of k is received; a read over k that starts later and succeeds sees it (F1, F2).
2. *Dropping is safe* (`delta.Delta.file`, `watermark`). An event of k is dropped only if k lies
   beyond `dispatched`, read after its receipt; `dispatched` is raised before a range's statement is
   sent. So that range is read later, and 1 holds.
3. *Keeping is enough* (`delta`). A kept key leaves only when a replay that began after its last
   receipt has committed: received again while it is written, it stays.
4. *Old never overwrites new* (`row_writer`). A write of T[k] copies S[k] under a lock that is held
   until T[k] is committed (F3): writes of T[k] come in the order of the versions they copy.
5. *Deletes and key changes.* A replay deletes before it reads; what S no longer has stays away. An
   update that changes the key files both keys.
6. *Rows written early* (`resolver`, `lane.overwrites`). A resolver, or an earlier run, may leave
   T[k] beyond `dispatched`, where events are dropped. From then on a range is deleted before it is
   copied, so that whatever lies there goes.
7. *Rows that are in the way* (`resolver`). A row of the shadow that has a unique value which its
   own row in the source has no more is stale: the change that made it so lies behind the applied
   position. It is deleted, and its key written anew; whoever writes it comes after the deletion.
8. *The end* (`drain`). Under table locks all events are received and the delta is emptied. For each
   k the last event was dropped (2), written (3, 4), or there was none and its range read it.

**Locks.** The engine never waits for a row lock on S while it holds one, because in a deadlock the
server ends the lighter transaction, which would be the user's. Refused, a range is split, and the
first row of a small piece that somebody holds is waited for before anything else is locked. Single
keys (`patience`) that are held may be passed over, for they are known and asked for again.

**Who may do it.** DDL runs on the one fenced session, asked anew before each. The checkpoint shows
its claimant's epoch in every write. What a crash leaves is told in `beginning`: by what stands on
the target, never by what was sent.

**Threads.** The coordinator walks the phases (`run`) and alone touches the fenced session and the
checkpoint. `crew` starts all others: the feed, copiers, replayers, comparers.
"""
