"""Raises an error that cannot be told of."""


class Strange(Exception):
    def __str__(self):
        raise Strange


def solve(n):
    raise Strange
