"""Group texts by what they are about, and draw a map of the groups."""

import sys
from itertools import product
from pathlib import Path
from tempfile import mkdtemp

import tasktune as tt

TEXTS = [
    *(f"The {ship} to {port} was late because of {why}." for ship, port, why in product(
        ("ferry", "tanker", "coaster"), ("Halden", "Torvik"), ("fog", "ice", "a strike")
    )),
    *(f"How do I {what} in {language}?" for what, language in product(
        ("sort a list", "read a file", "parse a date"), ("Python", "Java", "Rust", "Scala", "Perl", "Go")
    )),
    *(f"{how} the {food} for {time} minutes." for how, food, time in product(
        ("Boil", "Fry", "Steam"), ("rice", "leeks", "eggs"), ("two", "ten")
    )),
]  # fmt: skip


def main(model: str = "minilm") -> None:
    found = tt.cluster(TEXTS, model=model, clusters=3)
    for cluster in found.clusters:
        print(f"{cluster.size} texts: {', '.join(cluster.words)}; for instance: {cluster.example}")
    print(found.save(Path(mkdtemp()) / "clusters", "Ships, code and food"))


if __name__ == "__main__":
    main(*sys.argv[1:])
