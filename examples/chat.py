"""Dialogue in the model's own chat template; the loss is on the assistant's turns only."""

import sys

import tasktune as tt

TRAIN = [
    {
        "messages": [
            {"role": "user", "content": "When is the ferry?"},
            {"role": "assistant", "content": "At eight and at noon, captain."},
        ]
    },
    {
        "messages": [
            {"role": "user", "content": "Is it windy?"},
            {"role": "assistant", "content": "A gale from the north, captain."},
        ]
    },
    {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Is the port open?"},
            {"role": "assistant", "content": "Aye, captain."},
        ]
    },
]
DEV = [
    {
        "messages": [{"role": "user", "content": "Is there fog?"}, {"role": "assistant", "content": "Until noon, captain."}],
    },
    {
        "messages": [{"role": "user", "content": "Who is the pilot?"}, {"role": "assistant", "content": "Mrs Dahl, captain."}],
    },
]


def main(model: str = "smollm2") -> None:
    tuned = tt.fit("chat", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict([{"messages": [{"role": "user", "content": "Is the harbour frozen?"}]}]):
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
