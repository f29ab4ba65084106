"""Several tasks on one encoder: parts of speech and entities, each learnt from its own data, answered from one reading.

On files: `tasktune fit pos+ner --train pos=words.conllu --train ner=entities.conll --out runs/both`.
"""

import sys

import tasktune as tt

WORDS = [
    {"words": ["The", "Rhine", "flows", "north"], "tags": ["DET", "PROPN", "VERB", "ADV"]},
    {"words": ["Ada", "wrote", "a", "letter"], "tags": ["PROPN", "VERB", "DET", "NOUN"]},
    {"words": ["Ships", "left", "London"], "tags": ["NOUN", "VERB", "PROPN"]},
    {"words": ["She", "sings", "well"], "tags": ["PRON", "VERB", "ADV"]},
]
ENTITIES = [
    {"text": "Ada Lovelace wrote from London.", "answer": [{"start": 0, "end": 12, "label": "PER"}]},
    {"text": "The Rhine flows through Basel.", "answer": [{"start": 4, "end": 9, "label": "LOC"}]},
    {"text": "Nobody was named.", "answer": []},
]
DATA = {"pos": WORDS, "ner": ENTITIES}


def main(model: str = "minilm") -> None:
    tuned = tt.fit("pos+ner", train=DATA, dev=DATA, model=model)
    print(tt.evaluate(tuned, DATA)["pos"])
    for prediction in tuned.predict(["Ada left Basel."]):
        print(prediction.as_json())
    print(tuned["ner"].predict(["Ada left Basel."])[0].as_json())  # one of the tasks: a model like any other


if __name__ == "__main__":
    main(*sys.argv[1:])
