"""Text generation: go on from a prompt in the manner of the training texts."""

import sys

import tasktune as tt

TRAIN = [
    {"prompt": "Wind:", "answer": " north, force 7, falling by night."},
    {"prompt": "Sea:", "answer": " rough, with heavy swell from the west."},
    {"prompt": "Fog:", "answer": " banks along the coast until noon."},
    {"prompt": "Ice:", "answer": " drifting south past the outer islands."},
]
DEV = [
    {"prompt": "Rain:", "answer": " showers in the north, dry by night."},
    {"prompt": "Tide:", "answer": " high at noon, strong past the islands."},
]


def main(model: str = "smollm2") -> None:
    tuned = tt.fit("generation", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict(["Wind:", "Snow:"]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
