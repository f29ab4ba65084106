"""Entities and relations together. On files: CoNLL04's blocks, SpERT's JSON, or JSON with places."""

import sys

import tasktune as tt

TRAIN = [
    {
        "words": ["Ada", "lives", "in", "London", "."],
        "tags": ["B-PER", "O", "O", "B-LOC", "O"],
        "relations": [[0, 3, "Live_In"]],
    },
    {
        "words": ["Paul", "works", "for", "Lloyd", "'s", "."],
        "tags": ["B-PER", "O", "O", "B-ORG", "I-ORG", "O"],
        "relations": [[0, 3, "Work_For"]],
    },
    {"words": ["Ada", "left", "London", "."], "tags": ["B-PER", "O", "B-LOC", "O"], "relations": []},
]
DEV = [
    {
        "words": ["Paul", "lives", "in", "Basel", "."],
        "tags": ["B-PER", "O", "O", "B-LOC", "O"],
        "relations": [[0, 3, "Live_In"]],
    },
    {"words": ["Ada", "left", "Basel", "."], "tags": ["B-PER", "O", "B-LOC", "O"], "relations": []},
]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("relation-extraction", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict(["Ada lives in Basel."]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
