"""When a copy holds back, and why: signals of the server and its replicas against limits (E-62).

    sampler --threads, history, commit, probe--> Dials --judge, by the volume's limits--> Brake
    replica watchers --lag-------------------->    ^                                       |
    replayers --own commits------------------->    '   copiers, replayers, verifiers <-----'

Readings are taken on sessions of their own, so that a slow signal delays no copy; the coordinator
judges them each tenth of a second, so that a new volume or order acts at once. A signal that
nobody could read for 15 s holds the copy as a bad one does: not knowing is no permission.

Copiers and verifiers stop before their next statement, replayers go down to one and stop only for
`paused` and `critical`, the feed never stops. Lag does not hold verifiers: they write nothing.
"""
