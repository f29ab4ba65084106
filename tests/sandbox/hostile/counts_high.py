"""Asks for a number that nobody can write down."""


def solve(n):
    return 9**9**9
