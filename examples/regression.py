"""Regression: a number for a text or a pair of texts, here how alike two sentences are, from 0 to 5."""

import sys

import tasktune as tt

TRAIN = [
    {"text": "A ship leaves the port.", "pair": "A vessel departs from the harbour.", "score": 4.6},
    {"text": "A man plays a guitar.", "pair": "Someone is playing an instrument.", "score": 3.4},
    {"text": "It is raining.", "pair": "Rain is falling.", "score": 5.0},
    {"text": "A dog sleeps.", "pair": "Shares fell on Monday.", "score": 0.0},
    {"text": "The ferry is late.", "pair": "The train is late.", "score": 2.2},
    {"text": "She sails alone.", "pair": "He cooks for four.", "score": 0.4},
]
DEV = [
    {"text": "The boat sank.", "pair": "The boat went down.", "score": 4.8},
    {"text": "The boat sank.", "pair": "The soup is hot.", "score": 0.0},
    {"text": "The boat sank.", "pair": "A boat was built.", "score": 1.8},
]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("regression", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict([{"text": "Fog closed the port.", "pair": "The harbour was shut by fog."}]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
