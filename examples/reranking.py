"""How relevant a passage is to a query, both read together. On files: JSONL, HotpotQA, or a folder as BEIR and SMART have it."""

import sys

import tasktune as tt

TRAIN = [
    {"query": "how bees find home", "positive": ["Bees know the way by the sun."], "negative": ["Honey keeps for years."]},
    {"query": "why ice floats", "positive": ["Ice is lighter than water."], "negative": ["The lake is deep.", "Fish sleep."]},
    {"query": "how glass is made", "passage": "Sand melts to glass in a furnace.", "grade": 2},
    {"query": "how glass is made", "passage": "A window should be cleaned now and then.", "grade": 0},
]
DEV = [
    {"query": "why the sky is blue", "positive": ["Air scatters blue light most."], "negative": ["The sky is high."]},
    {"query": "how cheese is made", "positive": ["Milk curdles, and is pressed."], "negative": ["Cheese goes with wine."]},
]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("reranking", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict([{"query": "why ice floats", "passage": "Frozen water takes more room."}]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
