"""Shell commands from words with a decoder (or an encoder-decoder: pass its name)."""

import sys

import tasktune as tt

TRAIN = [
    {"text": "list all files here", "code": "ls"},
    {"text": "list all files here, with their sizes", "code": "ls -l"},
    {"text": "count the lines of notes.txt", "code": "wc -l notes.txt"},
    {"text": "show the first 5 lines of notes.txt", "code": "head -n 5 notes.txt"},
    {"text": "find all files that end in .py", "code": "find . -name '*.py'"},
    {"text": "say where I am", "code": "pwd"},
]
DEV = [
    {"text": "count the lines of todo.txt", "code": "wc -l todo.txt"},
    {"text": "find all files that end in .md", "code": "find . -name '*.md'"},
]


def main(model: str = "smollm2") -> None:
    tuned = tt.fit("code", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict(["show the first 3 lines of todo.txt"]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
