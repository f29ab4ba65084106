"""Reasoning step by step with a decoder: the final answer is read by rule, and of several the majority's is given."""

import sys

import tasktune as tt

TRAIN = [
    {"question": "Ada has 3 pens and buys 4 more. How many has she?", "answer": "She has 3 + 4 = 7 pens.\n#### 7"},
    {"question": "A ferry takes 40 cars. How many do 3 ferries take?", "answer": "They take 3 * 40 = 120 cars.\n#### 120"},
    {"question": "Of 9 tugs 2 are at sea. How many are not?", "answer": "There are 9 - 2 = 7 tugs left.\n#### 7"},
    {"question": "Halden has 5 docks of 6 berths. How many berths?", "answer": "There are 5 * 6 = 30 berths.\n#### 30"},
]
DEV = [
    {"question": "Ben has 5 pens and buys 3 more. How many has he?", "answer": "He has 5 + 3 = 8 pens.\n#### 8"},
    {"question": "A truck takes 20 crates. How many do 4 trucks take?", "answer": "They take 4 * 20 = 80 crates.\n#### 80"},
]


def main(model: str = "smollm2") -> None:
    sampling = tt.Decoding(n_best=4, temperature=0.7, max_new_tokens=48)
    tuned = tt.fit("reasoning", train=TRAIN, dev=DEV, model=model, recipe=tt.Recipe(decoding=sampling))
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict(["Of 8 ships 3 have sailed. How many have not?"]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
