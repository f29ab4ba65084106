"""Gives an answer of a billion parts."""


def solve(n):
    return [0] * 10**9
