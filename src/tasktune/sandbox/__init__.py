"""Running programs that a model has written against tests, without letting them do harm or cheat.

`trials` is what others use: a program and its tests in, a verdict out. A trial is three processes, started afresh for each:

- the warden (`warden`) stands guard: it walls off the other two (`jail`), looks at the clock, and sees them dead at the end;
- the tester (`tester`) runs the tests, and alone says how they went;
- the suspect (`suspect`) runs the program. It never sees the tests, only the calls that they make, one after the other.

What goes between the last two is plain data (`wire`). So nothing that a program does to itself (leaving early, printing
"passed", turning `assert` or `==` into something else, searching its memory for the tests) can make tests pass: they pass if its
answers are right.

**Where Linux lets one make namespaces** (as root, or as anybody where user namespaces are allowed) the two run with no network,
in a file system of their own, of which Python's library is read-only and all else is a few megabytes of memory that are gone
afterwards; they see no processes but their own, have no environment, and a user of their own where the caller is root. Time,
memory, files, and processes are limited.

**Elsewhere** (macOS, containers that forbid namespaces) there are the limits alone, and `trials` warns of it: a program can then
read whatever its user can, write where they can, use the network and end their processes.

**It does not protect** against errors in the kernel that a program might exploit (a virtual machine does), against what can be
learnt from the time that things take, nor against a machine being slowed down: a program may use its share of time and memory,
`processes` times. Nor can it tell a right answer from one that was learnt by heart with the tests.
"""
