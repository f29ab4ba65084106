"""Makes threads without end. Answers if there could be a hundred."""

import threading
import time


def solve(n):
    for _ in range(100):
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
    return n * n
