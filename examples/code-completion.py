"""Functions completed by a decoder, and run against their tests in the sandbox: pass@1."""

import sys

import tasktune as tt

TRAIN = [
    {"prompt": "def add(a, b):\n", "completion": "    return a + b\n"},
    {"prompt": "def first(items):\n", "completion": "    return items[0]\n"},
    {"prompt": "def larger(a, b):\n", "completion": "    return a if a > b else b\n"},
    {"prompt": "def half(x):\n", "completion": "    return x / 2\n"},
]
DEV = [
    {
        "prompt": "def last(items):\n",
        "completion": "    return items[-1]\n",
        "test": "def check(candidate):\n    assert candidate([1, 2, 3]) == 3\n",
        "entry_point": "last",
    },
    {
        "prompt": "def multiply(a, b):\n",
        "completion": "    return a * b\n",
        "test": "def check(candidate):\n    assert candidate(2, 3) == 6\n",
        "entry_point": "multiply",
    },
]


def main(model: str = "smollm2") -> None:
    tuned = tt.fit("code-completion", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict([{"prompt": "def smaller(a, b):\n"}]):
        print(prediction.answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
