"""Image classification by words, with a vision-language model (pass the name or folder of one)."""

import sys

import tasktune as tt
from tasktune.images import plain

TRAIN = [  # a folder with a folder of pictures for each label would do: `train="flowers/"`
    {"images": [plain("#c02020")], "label": "fire"},
    {"images": [plain("#d84010")], "label": "fire"},
    {"images": [plain("#2030c0")], "label": "water"},
    {"images": [plain("#3060d0")], "label": "water"},
]
DEV = [
    {"images": [plain("#e03018")], "label": "fire"},
    {"images": [plain("#2848c8")], "label": "water"},
]


def main(model: str) -> None:
    tuned = tt.fit("image-classification", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict([{"images": [plain("#1020a0")]}]):
        print(prediction.answer, prediction.scored.score)


if __name__ == "__main__":
    main(*sys.argv[1:])
