"""Relations between a marked pair. On files: JSON with places, texts with <e1> and <e2> tags, or SemEval's format."""

import sys

import tasktune as tt

TRAIN = [
    {"text": "The <e1>frost</e1> cracked the <e2>pipes</e2>.", "relation": "Cause-Effect(e1,e2)"},
    {"text": "The <e1>fever</e1> came of bad <e2>water</e2>.", "relation": "Cause-Effect(e2,e1)"},
    {"text": "He kept <e1>nails</e1> in a <e2>jar</e2>.", "relation": "Content-Container(e1,e2)"},
    {"text": "The <e1>bell</e1> rang while the <e2>dog</e2> slept.", "relation": "Other"},
]
DEV = [
    {"text": "The <e1>wind</e1> broke the <e2>mast</e2>.", "relation": "Cause-Effect(e1,e2)"},
    {"text": "She found <e1>coins</e1> in a <e2>chest</e2>.", "relation": "Content-Container(e1,e2)"},
]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("relation", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict([{"text": "The rain filled the well.", "pair": [[4, 8, ""], [20, 24, ""]]}]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
