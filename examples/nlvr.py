"""Is a sentence true of two pictures? With a vision-language model (pass the name or folder of one)."""

import sys

import tasktune as tt
from tasktune.images import plain

RED, BLUE = plain("#c02020"), plain("#2030c0")
TRAIN = [
    {"left_image": RED, "right_image": BLUE, "sentence": "One picture is red and one is blue.", "label": "True"},
    {"left_image": RED, "right_image": RED, "sentence": "One picture is red and one is blue.", "label": "False"},
    {"left_image": BLUE, "right_image": BLUE, "sentence": "Both are of one colour.", "label": "True"},
    {"left_image": BLUE, "right_image": RED, "sentence": "Both are of one colour.", "label": "False"},
]
DEV = [
    {"left_image": BLUE, "right_image": RED, "sentence": "One picture is red and one is blue.", "label": "True"},
    {"left_image": RED, "right_image": RED, "sentence": "Both are of one colour.", "label": "True"},
]


def main(model: str) -> None:
    tuned = tt.fit("nlvr", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict([{"left_image": BLUE, "right_image": BLUE, "sentence": "Both are of one colour."}]):
        print(prediction.answer, prediction.scored.score)


if __name__ == "__main__":
    main(*sys.argv[1:])
