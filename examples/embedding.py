"""Vectors of texts that lie close where the texts go together. On files: pairs with a score, JSONL, a BEIR or SMART folder."""

import sys

import tasktune as tt

PAIRS = [
    {"anchor": "How do I reset my password?", "positive": "Choose a new password under Settings, then Security."},
    {"anchor": "Where is my order?", "positive": "Orders can be followed under My account."},
    {"anchor": "Can I pay by card?", "positive": "We take all usual cards.", "negatives": ["We take no cash."]},
    {"anchor": "When are you open?", "positive": "Our shops open at nine and close at six."},
]
DEV = [
    {"anchor": "I forgot my password", "positive": "Choose a new password under Settings, then Security."},
    {"anchor": "Is my parcel on its way?", "positive": "Orders can be followed under My account."},
]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("embedding", train=PAIRS, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    vectors = tuned.embed(["Where is my parcel?", "Opening hours"])
    print(vectors.shape, (vectors @ vectors.T).round(3))
    for prediction in tuned.predict([{"text": "Opening hours", "pair": "When are you open?"}]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
