"""Triplets, quadruples and relations are counted as the papers' own code counts them.

Written anew after the evaluation of Position-Aware-Tagging-for-ASTE (Xu et al. 2020), Extract-Classify-ACOS (Cai et al. 2021)
and multihead_joint_entity_relation_extraction (Bekoulis et al. 2018), on files in their own formats.
"""

import ast
from collections import defaultdict
from random import Random

import pytest

from tasktune.datasets import records
from tasktune.metrics.bootstrap import Tally
from tasktune.tasks import task


def ours(name, gold, answers):
    found = task(name)
    tally = Tally(found.metric, replicates=0)
    for record, answer in zip(records(found, gold), records(found, answers), strict=True):
        tally.add(record, answer.answer)
    return {name: score.value for name, score in tally.scores().values.items()}


def f1(right, gold, said):
    precision, recall = right / said if said else 0, right / gold if gold else 0
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall) if precision + recall else 0,
    }


def test_triplets(shared, tmp_path):
    chance, lines, right, gold_count, said_count = Random(1), [], 0, 0, 0
    for line in (shared / "absa/aste_v2/14res/dev_triplets.txt").read_text().splitlines():
        text, written = line.split("####")
        gold = ast.literal_eval(written)
        said = [t if chance.random() < 0.6 else (t[0], t[1], "NEU") for t in gold if chance.random() < 0.8]
        said += [(gold[0][0], gold[-1][1], "POS")] * ((gold[0][0], gold[-1][1], "POS") not in said)
        gold_count, said_count = gold_count + len(gold), said_count + len(said)
        right += sum(one == other for one in said for other in gold)
        lines.append(f"{text}####{said}\n")
    (tmp_path / "said.txt").write_text("".join(lines))
    found = ours("opinion-triplets", shared / "absa/aste_v2/14res/dev_triplets.txt", tmp_path / "said.txt")
    expected = f1(right, gold_count, said_count)
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-12)
    assert 0.2 < found["f1"] < 0.8


def disturbed(quadruples, chance):
    """Some of the quadruples, some of them of another sentiment, some without their aspect."""
    for quadruple in quadruples:
        aspect, category, sentiment, opinion = quadruple.split(" ")
        drawn = chance.random()
        if drawn < 0.6:
            yield quadruple
        elif drawn < 0.7:
            yield f"-1,-1 {category} {sentiment} {opinion}"
        elif drawn < 0.8:
            yield f"{aspect} {category} 1 {opinion}"


def kind(quadruple):
    aspect, *_, opinion = quadruple.split(" ")
    return "_".join(
        f"{'implicit' if '-1' in end else 'explicit'}_{name}" for end, name in ((aspect, "aspect"), (opinion, "opinion"))
    )


def test_quadruples_and_by_what_is_implicit(shared, tmp_path):
    chance, sums = Random(2), defaultdict(lambda: [0, 0, 0])
    gold_lines, said_lines = [], []
    for line in (shared / "absa/acos/rest16_quad_dev.tsv").read_text().splitlines():
        text, *stated = line.split("\t")
        gold, said = list(dict.fromkeys(stated)), list(dict.fromkeys(disturbed(stated, chance)))
        for name in ("", *{kind(quadruple) for quadruple in gold}):
            right = sum(quadruple in gold for quadruple in said)
            sums[name] = [a + b for a, b in zip(sums[name], (right, len(gold), len(said)), strict=True)]
        gold_lines.append(line + "\n")
        said_lines.append("\t".join([text, *said]) + "\n")
    (tmp_path / "gold.tsv").write_text("".join(gold_lines))
    (tmp_path / "said.tsv").write_text("".join(said_lines))
    found = ours("opinion-quadruples", tmp_path / "gold.tsv", tmp_path / "said.tsv")
    expected = f1(*sums.pop(""))
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-12)
    assert len(sums) == 4
    for name, counts in sums.items():
        assert found[f"{name}_f1"] == pytest.approx(f1(*counts)["f1"], abs=1e-12)


def chunks(tags):
    """(kind, first word, last word) of each entity."""
    found, kind, start = [], None, 0
    for at, tag in enumerate([*tags, "O"]):
        here = None if tag == "O" else tag.split("-")[-1]
        if kind is not None and (here != kind or tag.startswith("B")):
            found.append((kind, start, at - 1))
            kind = None
        if kind is None and here is not None:
            kind, start = here, at
    return set(found)


def relations(rows, entities):
    """(entity, relation, entity) for each relation between words that are in entities."""

    def around(word):
        return next((entity for entity in entities if entity[1] <= word <= entity[2]), None)

    said = {
        (around(at), label, around(head))
        for at, row in enumerate(rows)
        for label, head in zip(ast.literal_eval(row[3]), ast.literal_eval(row[4]), strict=True)
        if label != "N"
    }
    return {one for one in said if one[0] and one[2]}


def told(block):
    rows = [line.split("\t") for line in block.splitlines()[1:]]
    entities = chunks([row[2] for row in rows])
    return relations(rows, entities), entities


def misread(line, number, chance):
    """A line with another relation, or another kind of entity, once in a while."""
    if chance.random() < 0.3:
        line = line.replace("Live_In", "Work_For")
    return (line.replace("-Peop", "-Org") if number % 9 == 0 else line) + "\n"


def test_strict_relations_and_entities(shared, tmp_path):
    chance = Random(3)
    blocks = ["#doc" + block for block in (shared / "relation/conll04/dev.txt").read_text().split("#doc")[1:]]
    said = ["".join(misread(line, k, chance) for k, line in enumerate(block.splitlines())) for block in blocks]
    (tmp_path / "said.txt").write_text("".join(said))
    found = ours("relation-extraction", shared / "relation/conll04/dev.txt", tmp_path / "said.txt")
    for part, names in ((0, {"f1": "f1", "precision": "precision", "recall": "recall"}), (1, {"f1": "entity_f1"})):
        pairs = [(told(one)[part], told(other)[part]) for one, other in zip(blocks, said, strict=True)]
        sums = (sum(len(a & b) for a, b in pairs), sum(len(a) for a, _ in pairs), sum(len(b) for _, b in pairs))
        expected = {names[name]: value for name, value in f1(*sums).items() if name in names}
        assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-12)
        assert 0.3 < f1(*sums)["f1"] < 0.99
