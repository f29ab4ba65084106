"""Masked language modelling on raw text: a model that knows the words of a domain, to ask and to begin other tasks from.

`tuned.save("adapted")`, and then `tt.fit("ner", train=…, model="adapted")` goes on from it.
"""

import sys

import tasktune as tt

TRAIN = [
    "The ferry leaves the pier at nine, and the crew waits for the fog to lift.",
    "Heavy swell from the west kept the ferry in the harbour until noon.",
    "Two crates of fish were left on the pier when the trawler sailed.",
    "The harbour master closed the north pier after the storm.",
]
DEV = ["The trawler waits in the harbour.", "Fog kept the crew on the pier."]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("mask", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict(["The [MASK] waits for the fog to lift.", "Fish on the [MASK]."]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
