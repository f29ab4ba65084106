"""Writes to standard output and standard error for ever."""

import os


def solve(n):
    while True:
        for file in (1, 2):
            os.write(file, b"x" * (1 << 20))
