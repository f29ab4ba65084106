"""Opinion quadruples: aspects and opinions, implicit ones too, with category and sentiment. On files: ACOS's lines, or JSON."""

import sys

import tasktune as tt

SOUP, COLD = {"start": 4, "end": 8}, {"start": 13, "end": 17}
TRAIN = [
    {"text": "The soup was cold.", "answer": [{"source": SOUP, "target": COLD, "label": "FOOD#QUALITY negative"}]},
    {"text": "The soup was good.", "answer": [{"source": SOUP, "target": COLD, "label": "FOOD#QUALITY positive"}]},
    {"text": "We will be back!", "answer": [{"source": None, "target": None, "label": "RESTAURANT#GENERAL positive"}]},
    {"text": "The soup never came.", "answer": [{"source": SOUP, "target": None, "label": "SERVICE#GENERAL negative"}]},
]
DEV = [
    {"text": "The fish was cold.", "answer": [{"source": SOUP, "target": COLD, "label": "FOOD#QUALITY negative"}]},
    {"text": "We will not be back.", "answer": [{"source": None, "target": None, "label": "RESTAURANT#GENERAL negative"}]},
]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("opinion-quadruples", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict(["The fish was good."]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
