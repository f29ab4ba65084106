"""Named-entity recognition on the data set that comes with the package; a path to your own CoNLL file does as well."""

import sys

from rich import print

import tasktune as tt

TEXTS = [
    "The Anna Brandt left Halden on Monday with Captain Olsen in command .",
    "Brandt Shipping has sold the ferry Northern Star to Kelmouth Lines .",
]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("ner", train="demo-ner", model=model)
    for prediction in tuned.predict(TEXTS):
        print(prediction)


if __name__ == "__main__":
    main(*sys.argv[1:])
