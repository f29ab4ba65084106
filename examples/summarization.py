"""Abstractive summarization with an encoder-decoder (or a decoder: pass its name)."""

import sys

import tasktune as tt

TRAIN = [
    {
        "text": "The ferry to Halden was two hours late on Monday because of fog in the harbour.",
        "summary": "Fog delays Halden ferry.",
    },
    {
        "text": "Brandt Shipping has ordered four tugs from the yard at Torvik, it said on Friday.",
        "summary": "Brandt orders four tugs.",
    },
    {
        "text": "Dockers in Kelmouth went back to work after the firm agreed to raise their pay.",
        "summary": "Kelmouth strike ends.",
    },
    {
        "text": "A trawler caught fire off Skelby; the crew was taken off unhurt by a pilot boat.",
        "summary": "Trawler burns off Skelby.",
    },
]
DEV = [
    {
        "text": "Ice in the harbour of Torvik kept all ships at their berths for a third day.",
        "summary": "Ice shuts Torvik.",
    },
    {
        "text": "The tug Victoria towed a tanker without power to Halden on Sunday.",
        "summary": "Tug saves tanker.",
    },
]


def main(model: str = "minilm2minilm") -> None:
    tuned = tt.fit("summarization", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict(["The coaster ran aground near Halden at dawn and was refloated by noon."]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
