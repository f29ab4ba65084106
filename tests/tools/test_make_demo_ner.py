"""The demo data: made again to the same bytes, and as hard as it claims to be."""

import itertools
from collections import Counter, defaultdict

import make_demo_ner as demo

DATA = demo.data()


def test_the_shipped_files_are_what_the_generator_makes():
    for name, text in demo.files().items():
        assert (demo.FOLDER / name).read_bytes() == text.encode("utf-8"), f"{name} is stale: run tools/make_demo_ner.py"


def test_every_word_has_a_legal_tag_and_sentences_are_of_readable_length():
    for split, size in demo.SIZES.items():
        assert len(DATA[split]) == size
        for sentence in DATA[split]:
            tags = ["O", *(tag for _, tag in sentence)]
            assert 1 < len(sentence) <= demo.LONGEST
            for before, tag in itertools.pairwise(tags):
                assert not tag.startswith("I-") or before[2:] == tag[2:]


def test_the_splits_share_no_sentence_and_few_names():
    train, dev = DATA["train"], DATA["dev"]
    assert not {demo.conll([s]) for s in train} & {demo.conll([s]) for s in dev}
    known = {name for s in train for name, _ in demo.entities(s)}
    met = [name in known for s in dev for name, _ in demo.entities(s)]
    assert sum(met) / len(met) < 0.3


def test_looking_words_up_does_poorly():
    tags_of = defaultdict[str, Counter[str]](Counter)
    for sentence in DATA["train"]:
        for word, tag in sentence:
            tags_of[word][tag] += 1
    right = found = there = 0
    for sentence in DATA["dev"]:
        guess = [(word, tags_of[word].most_common(1)[0][0] if word in tags_of else "O") for word, _ in sentence]
        gold, guessed = set(placed(sentence)), set(placed(guess))
        right, found, there = right + len(gold & guessed), found + len(guessed), there + len(gold)
    assert 2 * right / (found + there) < 0.25


def placed(sentence: demo.Tokens) -> list[tuple[int, int, str]]:
    """(start, end, label) in words; an I- that nothing begins is a beginning."""
    spans, before = [], "O"
    for i, (_, tag) in enumerate(sentence):
        if tag.startswith("I-") and before != "O" and before[2:] == tag[2:]:
            spans[-1] = (spans[-1][0], i + 1, tag[2:])
        elif tag != "O":
            spans.append((i, i + 1, tag[2:]))
        before = tag
    return spans


def test_names_are_shared_between_labels():
    labels_of = defaultdict[str, set[str]](set)
    for sentence in DATA["train"]:
        for name, label in demo.entities(sentence):
            labels_of[name].add(label)
    assert sum(len(labels) > 1 for labels in labels_of.values()) > 100
