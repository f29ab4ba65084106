"""What opinions are about, and whether they are good or bad. On files: CoNLL with tags such as B-POS, or JSON with spans."""

import sys

import tasktune as tt

TRAIN = [
    {"text": "The soup was cold.", "answer": [[4, 8, "negative"]]},
    {"text": "A lovely terrace, and the service is quick.", "answer": [[9, 16, "positive"], [26, 33, "positive"]]},
    {"text": "The keyboard feels cheap.", "answer": [[4, 12, "negative"]]},
    {"text": "I went there twice.", "answer": []},
]
DEV = [
    {"text": "The service was cold.", "answer": [[4, 11, "negative"]]},
    {"text": "A lovely keyboard.", "answer": [[9, 17, "positive"]]},
]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("aspect-sentiment", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict(["The terrace is lovely but the soup was cheap."]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
