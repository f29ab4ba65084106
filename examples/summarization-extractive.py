"""Extractive summarization with an encoder: which sentences of a text sum it up, learnt from summaries in other words."""

import sys

import tasktune as tt

TRAIN = [
    {
        "text": "Fog lay over the harbour on Monday. The ferry to Halden was two hours late because of it. Nobody was surprised.",
        "summary": "Ferry to Halden two hours late because of fog.",
    },
    {
        "text": "Brandt Shipping has ordered four tugs from the yard at Torvik. It said so on Friday. The price was not told.",
        "summary": "Brandt orders four tugs at Torvik.",
    },
    {
        "text": "It was a long week in Kelmouth. Dockers went back to work after the firm agreed to raise their pay.",
        "summary": "Dockers back to work for higher pay.",
    },
    {
        "text": ["A trawler caught fire off Skelby.", "A pilot boat took off the crew.", "It was a clear night."],
        "summary": ["Trawler caught fire.", "Pilot boat takes crew off burning trawler."],
    },
]
DEV = [
    {
        "text": "It was cold. Ice in the harbour of Torvik kept all ships at their berths. More is expected.",
        "summary": "Ice kept ships at Torvik.",
    },
    {
        "text": "The tug Victoria towed a tanker without power to Halden on Sunday. She came in at noon.",
        "summary": "Tug towed tanker to Halden.",
    },
]


def main(model: str = "minilm") -> None:
    tuned = tt.fit("summarization-extractive", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    text = "The coaster ran aground near Halden at dawn. Some watched from the shore. She was refloated by noon."
    for prediction in tuned.predict([text]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
