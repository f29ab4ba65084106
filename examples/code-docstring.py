"""What a function does, in words, with an encoder-decoder (or a decoder: pass its name)."""

import sys

import tasktune as tt

TRAIN = [
    {"code": "def add(a, b): return a + b", "docstring": "Add two numbers."},
    {"code": "def first(items): return items[0]", "docstring": "The first item."},
    {"code": "def larger(a, b): return a if a > b else b", "docstring": "The larger of two numbers."},
    {"code": "def half(x): return x / 2", "docstring": "Half of a number."},
]
DEV = [
    {"code": "def multiply(a, b): return a * b", "docstring": "Multiply two numbers."},
    {"code": "def last(items): return items[-1]", "docstring": "The last item."},
]


def main(model: str = "minilm2minilm") -> None:
    tuned = tt.fit("code-docstring", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict(["def smaller(a, b): return a if a < b else b"]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
