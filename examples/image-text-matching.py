"""Does a text fit a picture? With a vision-language model (pass the name or folder of one)."""

import sys

import tasktune as tt
from tasktune.images import plain

RED, BLUE = plain("#c02020"), plain("#2030c0")
TRAIN = [
    {"images": [RED], "text": "A red wall.", "label": "yes"},
    {"images": [BLUE], "text": "A red wall.", "label": "no"},
    {"images": [BLUE], "text": "The blue sky.", "label": "yes"},
    {"images": [RED], "text": "The blue sky.", "label": "no"},
]
DEV = [
    {"images": [RED], "text": "Red paint.", "label": "yes"},
    {"images": [RED], "text": "Blue paint.", "label": "no"},
]


def main(model: str) -> None:
    tuned = tt.fit("image-text-matching", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict([{"images": [BLUE], "text": "Blue paint."}]):
        print(prediction.answer, prediction.scored.score)


if __name__ == "__main__":
    main(*sys.argv[1:])
