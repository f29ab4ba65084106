"""Dependency parsing from words with heads, relations and tags. On files: CoNLL-U."""

import sys

import tasktune as tt

TRAIN = [
    {
        "words": ["The", "ship", "left", "."],
        "heads": [2, 3, 0, 3],
        "relations": ["det", "nsubj", "root", "punct"],
        "tags": ["DET", "NOUN", "VERB", "PUNCT"],
    },
    {
        "words": ["Old", "nets", "smell"],
        "heads": [2, 3, 0],
        "relations": ["amod", "nsubj", "root"],
        "tags": ["ADJ", "NOUN", "VERB"],
    },
    {
        "words": ["She", "sails", "north"],
        "heads": [2, 0, 2],
        "relations": ["nsubj", "root", "advmod"],
        "tags": ["PRON", "VERB", "ADV"],
    },
]
DEV = [
    {
        "words": ["The", "old", "ship", "sails"],
        "heads": [3, 3, 4, 0],
        "relations": ["det", "amod", "nsubj", "root"],
        "tags": ["DET", "ADJ", "NOUN", "VERB"],
    },
    {
        "words": ["She", "left", "."],
        "heads": [2, 0, 2],
        "relations": ["nsubj", "root", "punct"],
        "tags": ["PRON", "VERB", "PUNCT"],
    },
]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("dependency-parsing", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict(["The ship sails."]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
