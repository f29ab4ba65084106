"""Whether two texts say the same. On files: MRPC's TSV, QQP's, or any with sentence1, sentence2 and a label of 0 or 1."""

import sys

import tasktune as tt

TRAIN = [
    {"sentence1": "How do I learn to swim?", "sentence2": "What is the best way to learn swimming?", "label": 1},
    {"sentence1": "How do I learn to swim?", "sentence2": "How do I learn to sail?", "label": 0},
    {"sentence1": "The ferry did not go.", "sentence2": "The ferry stayed in port.", "label": 1},
    {"sentence1": "The ferry did not go.", "sentence2": "The ferry is new.", "label": 0},
]
DEV = [
    {"sentence1": "Where can I sail?", "sentence2": "What is a place to sail?", "label": 1},
    {"sentence1": "Where can I sail?", "sentence2": "Where can I sleep?", "label": 0},
]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("paraphrase", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict([{"text": "Is the port open?", "pair": "Has the port closed?"}]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
