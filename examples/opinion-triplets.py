"""Opinion triplets: aspects, what is said of them, and how. On files: ASTE-Data's lines, or JSON with places."""

import sys

import tasktune as tt


def link(text: str, aspect: str, opinion: str, polarity: str) -> dict[str, object]:
    """A triplet as JSON has it: its parts by the characters where they start and end."""
    aspect_at, opinion_at = text.index(aspect), text.index(opinion)
    return {
        "source": {"start": aspect_at, "end": aspect_at + len(aspect)},
        "target": {"start": opinion_at, "end": opinion_at + len(opinion)},
        "label": polarity,
    }


def review(text: str, *triplets: tuple[str, str, str]) -> dict[str, object]:
    """A text with its triplets."""
    return {"text": text, "answer": [link(text, *triplet) for triplet in triplets]}


TRAIN = [
    review("The soup was cold.", ("soup", "cold", "NEG")),
    review("A kind waiter and fresh bread.", ("waiter", "kind", "POS"), ("bread", "fresh", "POS")),
    review("The wine is dear, but good.", ("wine", "dear", "NEG"), ("wine", "good", "POS")),
    review("We went on Monday."),
]
DEV = [review("The bread was cold.", ("bread", "cold", "NEG")), review("A good soup.", ("soup", "good", "POS"))]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("opinion-triplets", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict(["The waiter was kind."]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
