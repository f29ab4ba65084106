"""Dies so that its memory is written to a file."""

import os


def solve(n):
    os.abort()
