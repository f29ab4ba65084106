"""Stops, and is not there to be waited for."""

import os
import signal


def solve(n):
    os.kill(os.getpid(), signal.SIGSTOP)
    while True:
        pass
