"""Calls itself until the stack is full, with nothing to stop it before."""

import sys

sys.setrecursionlimit(1 << 30)


def solve(n):
    return solve(n)
