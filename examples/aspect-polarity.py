"""Whether a text speaks well or badly of a given aspect. On files: three lines an item ($T$), or a table with text and aspect."""

import sys

import tasktune as tt

TRAIN = [
    {"text": "The $T$ was cold but the waiter was kind.", "aspect": "soup", "polarity": "negative"},
    {"text": "The soup was cold but the $T$ was kind.", "aspect": "waiter", "polarity": "positive"},
    {"text": "We sat by the $T$.", "aspect": "door", "polarity": "neutral"},
    {"text": "A lovely terrace, far too dear.", "aspect": "price", "polarity": "negative"},
]
DEV = [
    {"text": "The $T$ was kind but slow.", "aspect": "waiter", "polarity": "positive"},
    {"text": "The $T$ was cold.", "aspect": "tea", "polarity": "negative"},
]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("aspect-polarity", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict([{"text": "A kind waiter, but the bread was old.", "aspect": "bread"}]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
