"""`python -m tasktune`, the command line for launchers that start a module (`torchrun -m tasktune …`)."""

from tasktune.cli import main

main()
