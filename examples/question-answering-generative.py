"""Questions answered in words, out of a text or of what the model knows, with an encoder-decoder (or a decoder)."""

import sys

import tasktune as tt

PORT = "The ferry from Halden to Skelby sails at noon. The pilot station at Torvik was closed in 1998."

TRAIN = [
    {"question": "Where does the ferry go?", "context": PORT, "answer": ["Skelby", "to Skelby"]},
    {"question": "When does the ferry sail?", "context": PORT, "answer": ["noon", "at noon"]},
    {"question": "Who owns the ferry?", "context": PORT, "answer": []},
    {"question": "which river flows through basel", "answer": ["Rhine", "the Rhine"]},
]
DEV = [
    {"question": "When was the pilot station closed?", "context": PORT, "answer": ["1998", "in 1998"]},
    {"question": "which river flows through cologne", "answer": ["Rhine", "the Rhine"]},
]


def main(model: str = "minilm2minilm") -> None:
    tuned = tt.fit("question-answering-generative", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict([{"question": "What sails at noon?", "context": PORT}, "which river flows through mainz"]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
