"""Waits for longer than anybody."""

import time


def solve(n):
    time.sleep(10**6)
