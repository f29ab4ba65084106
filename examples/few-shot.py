"""Without tuning: a model asked as it comes, by its prompt alone and behind a few examples.

On files: `tasktune evaluate classification dev.csv --model smollm2 --shots examples.jsonl --shots-by similar`.
"""

import sys

import tasktune as tt

EXAMPLES = [
    {"text": "a warm, funny and quietly moving film", "label": "positive"},
    {"text": "two hours of my life that I will never get back", "label": "negative"},
    {"text": "the cast is a delight from the first scene to the last", "label": "positive"},
    {"text": "flat jokes, flatter acting", "label": "negative"},
]
DEV = [
    {"text": "an unexpected joy", "label": "positive"},
    {"text": "I walked out after the second reel", "label": "negative"},
]


def main(model: str = "smollm2") -> None:
    alone = tt.untuned("classification", model, labels=["positive", "negative"])
    print(tt.evaluate(alone, DEV).scores.main)

    shown = tt.untuned("classification", model, shots=EXAMPLES, count=4)
    for prediction in shown.predict([row["text"] for row in DEV]):
        print(prediction.answer, prediction.score)

    other_words = tt.untuned("classification", model, labels={"0": "bad", "1": "good"})  # the data have 0 and 1
    print(other_words.predict(["an unexpected joy"])[0].answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
