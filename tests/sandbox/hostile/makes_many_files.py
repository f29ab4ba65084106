"""Makes files until there are a hundred thousand. Answers if there are."""


def solve(n):
    for k in range(100_000):
        open(f"tasktune-{k}", "w").close()
    return n * n
