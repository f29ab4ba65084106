"""Translation with an encoder-decoder (or a decoder, or a checkpoint made for it, such as Marian, NLLB or T5: pass its name)."""

import sys

import tasktune as tt

LANGUAGES = {"source_language": "en", "target_language": "de"}
TRAIN = [
    {"text": "The ship lies in the harbour.", "translation": "Das Schiff liegt im Hafen.", **LANGUAGES},
    {"text": "The tug leaves the harbour.", "translation": "Der Schlepper verlässt den Hafen.", **LANGUAGES},
    {"text": "A trawler burns in the harbour.", "translation": "Ein Kutter brennt im Hafen.", **LANGUAGES},
    {"text": "The crew leaves the ship.", "translation": "Die Mannschaft verlässt das Schiff.", **LANGUAGES},
]
DEV = [
    {"text": "The trawler leaves the harbour.", "translation": "Der Kutter verlässt den Hafen.", **LANGUAGES},
    {"text": "The tug lies in the harbour.", "translation": "Der Schlepper liegt im Hafen.", **LANGUAGES},
]


def main(model: str = "minilm2minilm") -> None:
    tuned = tt.fit("translation", train=TRAIN, dev=DEV, model=model)
    print(tt.evaluate(tuned, DEV))
    for prediction in tuned.predict(["The crew leaves the tug."]):  # it knows from which language to which
        print(prediction.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
