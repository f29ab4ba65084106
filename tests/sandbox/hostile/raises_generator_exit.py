"""Raises what few catch."""


def solve(n):
    raise GeneratorExit
