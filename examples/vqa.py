"""Visual question answering with a vision-language model (pass the name or folder of one)."""

import sys

import tasktune as tt
from tasktune.images import plain

RED, BLUE, GREEN = (plain(colour) for colour in ("#c02020", "#2030c0", "#20a040"))
TRAIN = [  # a file would have the paths of pictures: {"image": "images/1.png", "question": …, "answer": …}
    {"images": [RED], "question": "What colour is the picture?", "answer": "red"},
    {"images": [BLUE], "question": "What colour is the picture?", "answer": "blue"},
    {"images": [GREEN], "question": "What colour is the picture?", "answer": "green"},
    {"images": [RED], "question": "Is the picture red?", "answer": "yes"},
    {"images": [BLUE], "question": "Is the picture red?", "answer": "no"},
]
DEV = [
    {"images": [GREEN], "question": "Is the picture red?", "answer": "no"},
    {"images": [RED], "question": "What colour is the picture?", "answer": "red"},
]


def main(model: str) -> None:
    tuned = tt.fit("vqa", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict([{"images": [BLUE], "question": "Is the picture red?"}]):
        print(prediction.answer, prediction.scored.score)


if __name__ == "__main__":
    main(*sys.argv[1:])
