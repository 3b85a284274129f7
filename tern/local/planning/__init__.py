"""Plans: from schema files to proven statements. Sync; entry points are `plan.py` and `pull.py`.

The server is the judge, twice. It builds what the files say and prints it back, so that nobody has
to guess what a definition means; and it replays every statement on an empty copy of the live
table, so that nobody has to hope what a statement does.

    namespaces.py desired.py   the request -> namespaces; their files -> definitions (no server yet)
    workplace.py               connections, the plan's lock, scratch schemas: made here, gone after
      rights.py scratch.py     what the account must be allowed | names, sweep, clean-up
      yard.py fixed_scratch.py where it builds if not there: another server | one schema, in turns
      crew.py                  several connections over one list; the only threads here
    live.py                    every live table's own text, and what else stands there
    comparison.py sameness.py  which tables differ, in three tiers, each by the server's own text
      schema_mapping.py        schema names in definitions: into scratch schemas and back
      places.py                a server's error -> file, line, column
    changes.py                 both sides as tables -> statements (`tern.ddl.diff`)
    neighbours.py proof.py     copies of the live tables | the replay
      verdict.py               how a statement runs: the best way that the server takes
    live_facts.py obstacles.py what only the live table shows | why it can't be copied online
    proven.py outcome.py       reached against desired | planned statements with all that is said
      estimate.py evidence.py  cost as a range | use of what is dropped

Nothing is written outside scratch schemas, and the live schema is never changed. Problems with the
files are collected and end a plan before its replay; trouble with the target is raised.

What happens to a plan               and what stays on the server
ends, with or without problems       nothing
an error, a cancelled request        nothing: clean-up runs in every outcome, for 30 s at most
its connection is lost               nothing: clean-up comes back over a new one
the process is killed                empty scratch schemas, swept by the next plan after an hour
"""
