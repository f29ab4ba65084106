"""Text classification from rows in Python; a path to a CSV, TSV, JSONL or Parquet file does as well."""

import sys

import tasktune as tt

TRAIN = [
    {"text": "A joy from the first scene to the last.", "label": "good"},
    {"text": "Warm, funny and beautifully acted.", "label": "good"},
    {"text": "I would watch it again tomorrow.", "label": "good"},
    {"text": "Two hours that I will not get back.", "label": "bad"},
    {"text": "Dull, loud and far too long.", "label": "bad"},
    {"text": "Nobody on the screen seems to care.", "label": "bad"},
]
DEV = [
    {"text": "A warm and funny film.", "label": "good"},
    {"text": "Loud and dull.", "label": "bad"},
]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("classification", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict(["Beautiful from first to last.", "Far too long."]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
