"""Puts a gigabyte into shared memory. Answers if it can."""

from multiprocessing.shared_memory import SharedMemory


def solve(n):
    kept = SharedMemory(create=True, size=1 << 30)
    kept.buf[:: 1 << 12] = b"x" * (1 << 18)
    return n * n
