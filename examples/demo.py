"""What `make demo` runs: the main job from end to end, on a data set that comes with the package.

Fetches the default encoder, fine-tunes it to find persons, ships, ports and companies in the news of an invented coast, measures
it, tags three sentences, and opens the saved folder with plain Transformers.
"""

import shutil
from pathlib import Path

from rich.console import Console
from rich.padding import Padding

import tasktune as tt
from tasktune.verbs.show import show_facts

OUT = Path("runs/demo")
RECIPE = tt.Recipe(epochs=4, learning_rate=3e-4)
SENTENCES = [
    "Captain Olsen of the ferry Silver Dawn refused to sail from Torvik on Monday.",
    "Whitfield & Sons bought the Anna Moreau from Port of Kelmouth Towage for a record sum.",
    "Victoria was late again, and nobody in Port Victoria knew why.",
]
YOURS = """\
from Python:
    import tasktune as tt
    model = tt.fit("ner", train="train.conll", dev="dev.conll", model="minilm", out="runs/mine")
    model.predict(["…"])
    tt.evaluate(model, "test.conll")

from the command line:
    .venv/bin/tasktune fit ner --model minilm --train train.conll --dev dev.conll --out runs/mine
    .venv/bin/tasktune evaluate runs/mine test.conll
    .venv/bin/tasktune predict runs/mine new.txt --out tagged.jsonl
"""

console = Console(highlight=False)


def said(heading: str) -> None:
    console.print(f"\n[bold]{heading}[/bold]")


def tuned() -> tt.Model:
    """The tuned model, saved anew in `OUT`."""
    said("Fine-tuning minilm (22.7 M parameters) for named-entity recognition")
    shutil.rmtree(OUT, ignore_errors=True)  # an earlier demo's
    return tt.fit("ner", train="demo-ner", model="minilm", out=OUT, recipe=RECIPE)


def opened_by_transformers() -> str:
    """What Transformers alone makes of the folder."""
    from transformers import AutoModelForTokenClassification, AutoTokenizer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    network = AutoModelForTokenClassification.from_pretrained(OUT)
    tokens = AutoTokenizer.from_pretrained(OUT)(SENTENCES[0], return_tensors="pt")
    tags = [network.config.id2label[k] for k in network(**tokens).logits.argmax(-1)[0].tolist()]
    return f"{type(network).__name__} says {' '.join(tags)}"


def main() -> None:
    model = tuned()
    said("What came of it")
    show_facts(model, OUT)
    said("Three sentences")
    for prediction in model.predict(SENTENCES):
        console.print(Padding(prediction, (0, 2)))
    said("The folder, opened by plain Transformers")
    console.print(Padding(opened_by_transformers(), (0, 2)))
    said("The same on your own data")
    console.print(YOURS, markup=False, soft_wrap=True)


if __name__ == "__main__":
    main()
