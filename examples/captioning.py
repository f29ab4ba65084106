"""Captioning with a vision-language model (pass the name or folder of one)."""

import sys

import tasktune as tt
from tasktune.images import plain

RED, BLUE, GREEN = (plain(colour) for colour in ("#c02020", "#2030c0", "#20a040"))
TRAIN = [  # a file would have the paths of pictures: {"image": "images/1.png", "caption": …}
    {"images": [RED], "caption": "A wall of red paint."},
    {"images": [BLUE], "caption": "The sky on a clear day."},
    {"images": [GREEN], "caption": "Grass after the rain."},
]
DEV = [
    {"images": [BLUE], "references": ["The sky on a clear day.", "Nothing but blue sky."]},
    {"images": [GREEN], "references": ["A field of green grass.", "Grass after the rain."]},
]


def main(model: str) -> None:
    tuned = tt.fit("captioning", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict([{"images": [RED]}]):
        print(prediction.answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
