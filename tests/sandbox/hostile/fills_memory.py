"""Takes eight gigabytes. Answers if it gets them."""


def solve(n):
    kept = [bytearray(b"x") * (1 << 26) for _ in range(128)]
    return n * n if kept else 0
