"""Multi-label classification: every label that applies, or none."""

import sys

import tasktune as tt

TRAIN = [
    {"text": "The ferry was late and the staff were rude.", "labels": ["delay", "staff"]},
    {"text": "The staff could not have been kinder.", "labels": ["staff"]},
    {"text": "Two hours late, and no word why.", "labels": ["delay"]},
    {"text": "The cabin was cold and the crossing took all night.", "labels": ["cabin", "delay"]},
    {"text": "A clean cabin.", "labels": ["cabin"]},
    {"text": "We saw dolphins.", "labels": []},
]
DEV = [
    {"text": "Rude staff and a dirty cabin.", "labels": ["cabin", "staff"]},
    {"text": "It left an hour late.", "labels": ["delay"]},
]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("multilabel", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict(["The crossing was late and the cabin cold."]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
