"""Natural-language inference: does the premise entail the hypothesis, contradict it, or neither?"""

import sys

import tasktune as tt

TRAIN = [
    {"premise": "A ship leaves the port.", "hypothesis": "A ship is moving.", "label": "entailment"},
    {"premise": "Two men repair a net.", "hypothesis": "People are working.", "label": "entailment"},
    {"premise": "The harbour is frozen.", "hypothesis": "The water is warm.", "label": "contradiction"},
    {"premise": "Nobody is on the quay.", "hypothesis": "A crowd waits on the quay.", "label": "contradiction"},
    {"premise": "A woman reads on deck.", "hypothesis": "She reads a novel.", "label": "neutral"},
    {"premise": "A tug pulls a barge.", "hypothesis": "The barge carries coal.", "label": "neutral"},
]
DEV = [
    {"premise": "A boy runs along the pier.", "hypothesis": "Somebody is running.", "label": "entailment"},
    {"premise": "The lamp is out.", "hypothesis": "The lamp shines.", "label": "contradiction"},
]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("nli", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict([{"premise": "The crew sleeps.", "hypothesis": "The crew is awake."}]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
