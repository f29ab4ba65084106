"""Gives lists in lists in lists."""

import sys

sys.setrecursionlimit(10**6)


def solve(n):
    found = []
    for _ in range(10**5):
        found = [found]
    return found
