"""DDL that the server itself does at once: CREATE, DROP, RENAME, and ALTERs without a copy.

One statement a run. What makes it more than sending the text:

- *Look first.* A table that is as desired already is completed without DDL; one that is neither as
  desired nor as the plan found it is refused. So no statement ever runs twice.
- *Never make traffic queue.* A DDL that waits for a metadata lock stops every newcomer to the
  table. Sessions in the way are looked up before it asks, shown, and waited for; then it asks for
  1 s (the first 5 attempts) or 3 s, and between attempts it stays away for 1 s, doubling to 60 s.
- *Ask the live table.* ALGORITHM and LOCK are written out, so that the server refuses instead of
  copying behind our back. Refused, the next way is tried; when only a copy is left, the outcome
  says `CopyNeeded`.
- *Fence.* Everything happens on one session that is fenced (`tern.engine.fence`); before the DDL
  enough of the lease must be left and the fence is asked once more.
- *Afterwards, look.* Success is what the server's text says, not the answer to the statement. After
  a lost connection the old session is killed and gone before anybody looks; what can't be told then
  is `OutcomeUnknown`.

There is nothing to hold before a cutover here: `defer_cutover` has no meaning for these statements,
they run in their turn. A stop is honoured between attempts, never within a statement.
"""
