"""Questions answered from passages that were found, with the passages that say so, by a decoder (or an encoder-decoder)."""

import sys

import tasktune as tt

FERRY = "The ferry from Halden to Skelby sails at noon."
PILOTS = "The pilot station at Torvik was closed in 1998. It had eleven pilots."
MILL = {"title": "The mill", "text": "The mill at Halden was built by Ola Brekke in 1871."}

TRAIN = [
    {"question": "Where does the ferry go?", "passages": [PILOTS, FERRY], "answer": "To Skelby [2]."},
    {"question": "When does the ferry sail?", "passages": [FERRY, MILL], "answer": "At noon [1]."},
    {"question": "Who built the mill?", "passages": [FERRY, PILOTS, MILL], "answer": "Ola Brekke", "citations": [3]},
    {"question": "Who owns the ferry?", "passages": [FERRY, MILL], "answer": "not in the documents"},
]
DEV = [
    {"question": "When was the pilot station closed?", "passages": [FERRY, PILOTS], "answer": "In 1998 [2]."},
    {"question": "Who owns the mill?", "passages": [FERRY, MILL], "answer": "not in the documents"},
]


def main(model: str = "smollm2") -> None:
    tuned = tt.fit("question-answering-grounded", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict([{"question": "How many pilots were there?", "passages": [MILL, PILOTS]}]):
        print(prediction.answer, prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
