"""Documents made to be found, and asked: where each sentence of the answer stands, or that they do not say."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import tasktune as tt

HARBOUR = """# The harbour

The ferry from Halden to Skelby sails at noon. It takes two hours.

# The pilots

The pilot station at Torvik was closed in 1998.
"""


def main(model: str = "smollm2") -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "harbour.md").write_text(HARBOUR, encoding="utf-8")
        knowledge = Path(folder) / "kb.db"
        tt.index([folder + "/harbour.md"], into=knowledge, model=None)  # by words alone; with "minilm" by vectors too
        for question in ("When does the ferry sail?", "Who was the last pilot?"):
            answer = tt.ask(knowledge, question, model, k=2)
            print(question, answer.marked())
            for number, place, quote in answer.sources():
                print(f"[{number}] {place}: {quote}")


if __name__ == "__main__":
    main(*sys.argv[1:])
