"""Instructions that rules can verify: learnt from responses that follow them, measured as IFEval does."""

import sys

import tasktune as tt

NO_COMMA = {"kind": "punctuation:no_comma", "arguments": {}}
QUOTED = {"kind": "startend:quotation", "arguments": {}}
SHORT = {"kind": "length_constraints:number_words", "arguments": {"num_words": 8, "relation": "less than"}}
TRAIN = [
    {"prompt": "When is the ferry? Use no comma.", "instructions": [NO_COMMA], "response": "At eight and at noon."},
    {"prompt": "Who is the pilot? Put it in quotes.", "instructions": [QUOTED], "response": '"Mrs Dahl is the pilot."'},
    {"prompt": "Is it windy? Less than 8 words.", "instructions": [SHORT], "response": "A gale from the north."},
    {"prompt": "Greet the crew. Use no comma.", "instructions": [NO_COMMA], "response": "Ahoy crew!"},
]
DEV = [  # no responses are needed to measure by
    {"prompt": "Is the port open? Less than 8 words, no comma.", "instructions": [SHORT, NO_COMMA]},
    {"prompt": "Is there fog? Put it in quotes.", "instructions": [QUOTED]},
]


def main(model: str = "smollm2") -> None:
    tuned = tt.fit("instruction-following", train=TRAIN, dev=TRAIN, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict([DEV[0]]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
