"""Several tasks in one model that writes: labels and summaries, each by its own prompt, from its own data.

On files: `tasktune fit classification+summarization --model smollm2 --train classification=a.csv --train summarization=b.jsonl
--weight summarization=2 --out runs/instruct`.
"""

import sys

import tasktune as tt

DATA = {
    "classification": [
        {"text": "a warm, funny and quietly moving film", "label": "positive"},
        {"text": "two hours of my life that I will never get back", "label": "negative"},
    ],
    "summarization": [
        {"text": "Heavy rain fell all night. Two roads are under water.", "summary": "Floods shut two roads."},
        {"text": "The museum has bought a painting thought lost. It goes on show in May.", "summary": "Lost painting on show."},
    ],
}


def main(model: str = "smollm2") -> None:
    tuned = tt.fit("classification+summarization", train=DATA, dev=DATA, model=model, weights={"summarization": 2})
    measured = tt.evaluate(tuned, DATA)
    print(measured["classification"].scores.main, measured["summarization"].scores.main)
    print(tuned["summarization"].predict(["It rained all night, and the school stays shut."])[0].answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
