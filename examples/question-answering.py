"""Extractive question answering from texts, questions and answers; "" where the text has none. On files: SQuAD's JSON."""

import sys

import tasktune as tt

PORT = "The ferry leaves Oban at nine and reaches Mull before ten. Cars wait on the north pier, walkers on the south pier."
LIGHT = "The lighthouse was built in 1811 by Robert Stevenson. Its keeper left in 1986, when the lamp became automatic."

TRAIN = [
    {"text": PORT, "question": "When does the ferry leave Oban?", "answer": "nine"},
    {"text": PORT, "question": "Where do cars wait?", "answer": "the north pier"},
    {"text": PORT, "question": "What does a ticket cost?", "answer": ""},
    {"text": LIGHT, "question": "Who built the lighthouse?", "answer": "Robert Stevenson"},
    {"text": LIGHT, "question": "When did the keeper leave?", "answer": "1986"},
]
DEV = [
    {"text": PORT, "question": "Where do walkers wait?", "answer": "the south pier"},
    {"text": LIGHT, "question": "When was the lighthouse built?", "answer": "1811"},
    {"text": LIGHT, "question": "How high is the lighthouse?", "answer": ""},
]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("question-answering", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict([{"text": PORT, "question": "Where does the ferry go?"}]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
