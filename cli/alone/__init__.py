"""`schemabot alter`: the engines in this process, for one target, with no service and no storage.

What a service keeps in its storage stands on the target here: the work record has the whole piece
of work, the checkpoint has how far its copy is. So the same command, run again after a crash, finds
its work and goes on. A lock of its own keeps a second `alter` off the schema; the fence, which is
that of any driven apply, keeps a service and an `alter` apart.

    address.py   the target's address and password
    work.py      statements -> an earlier run's work, or a plan and new work
    guard.py     one `alter` at a time; the order to cut over, from another process
    driving.py   the work through a local Tern until it has ended
    picture.py   its reports as the documents that watching draws
    showing.py   those documents in the three forms of output
    altering.py  the flow: look, gates, consent, drive
"""
