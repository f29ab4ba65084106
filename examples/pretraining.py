"""Pre-training as BERT's, on documents: words under masks, and whether a text follows another."""

import sys

import tasktune as tt

TRAIN = [
    "The ferry leaves at nine. The crew waits for the fog to lift. Cars stand on the north pier. Nobody is in a hurry.",
    "Swell from the west kept the boats in. The harbour was full by noon. Two trawlers had to turn back.",
    "The keeper lit the lamp at dusk. It burned until the oil was gone. In the morning he filled it again.",
]
DEV = ["The storm closed the pier. By evening the harbour master opened it again. The ferry sailed at ten."]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("pretraining", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict([{"text": "The lamp went out.", "pair": "The keeper lit it again."}]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
