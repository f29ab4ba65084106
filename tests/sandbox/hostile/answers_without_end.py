"""Gives an answer that goes on for ever."""


class Many(list):
    def __iter__(self):
        while True:
            yield 0


def solve(n):
    return Many()
