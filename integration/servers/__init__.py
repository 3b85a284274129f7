"""Real database servers, private and thrown away after use, with no Docker and no configuration.

`throwaway_server()` in `throwaway.py` is the door: it starts a MySQL or MariaDB server of its own
in a directory of its own, bound to loopback, and leaves neither process nor file behind.
`install.py` is the other door: it brings the programs onto a machine that lacks them.

    program.py       where a server program is, and what its `--version` says
    unpacked.py      programs that were unpacked into a folder of their own
    options.py       the options that a server of ours is started with (pure)
    throwaway.py     the life of one server, from its directory to its removal
    running.py       its process: an answer awaited, an orderly end, a kill
    greeting.py      does it answer?
    gate.py          a process that runs only after the guardian knows it
    guard.py         this process's hold on its guardian
    guardian.py      the child that cleans up when this process can't
    birth.py         processes known by number and moment of birth
    install.py       MariaDB by apt-get, MySQL from a mirror (`sources.py`, `private_apt.py`)

What never stays behind, and why
--------------------------------
Whoever starts servers may end by an exception, by SIGTERM, or by SIGKILL, which nobody can catch.
So directory and server belong to a guardian, a child process in a session of its own:

1. The guardian makes the directory and reports its path. A parent that dies before it has read
   the path leaves nothing, for the guardian knows it.
2. A server starts behind a gate: a shell that waits for a line before it becomes the server. The
   parent tells the guardian the process number and the moment of its birth, then opens the gate.
   A parent that dies in between closes the gate, and the shell ends.
3. The guardian waits at a pipe that the parent holds open. When the parent ends, in whatever way,
   the pipe closes; should a fork of the parent still hold it, the guardian sees that it has
   another parent. It kills the process that it was told of, if its birth still agrees, and
   removes the directory.

On an orderly end the parent kills the server, closes the pipe and waits for the guardian; it does
the guardian's work itself when somebody has killed the guardian.

Nothing here imports anything of ours or of others: `schemabot demo` uses it when installed.
"""
