"""Mounts a file system. Answers if it can."""

import ctypes


def solve(n):
    return n * n if ctypes.CDLL(None).mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None) == 0 else 0
