"""Part-of-speech tagging from words and their tags. On files: CoNLL columns or CoNLL-U."""

import sys

import tasktune as tt

TRAIN = [
    {"words": ["The", "ship", "left", "."], "tags": ["DET", "NOUN", "VERB", "PUNCT"]},
    {"words": ["Old", "nets", "smell"], "tags": ["ADJ", "NOUN", "VERB"]},
    {"words": ["She", "sails", "north"], "tags": ["PRON", "VERB", "ADV"]},
    {"words": ["The", "north", "wind", "blows"], "tags": ["DET", "ADJ", "NOUN", "VERB"]},
]
DEV = [
    {"words": ["The", "old", "ship", "sails"], "tags": ["DET", "ADJ", "NOUN", "VERB"]},
    {"words": ["She", "left", "."], "tags": ["PRON", "VERB", "PUNCT"]},
]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("pos", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict(["The wind left."]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
