"""Has a regular expression that takes for ever."""

import re


def solve(n):
    re.match(r"(a+)+$", "a" * 64 + "b")
    return 0
