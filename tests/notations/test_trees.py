"""Trees as text: whatever a model writes is read as a tree over the words there are."""

from hypothesis import given
from hypothesis import strategies as st

from records import TEXTS
from tasktune.answers import Dependency
from tasktune.notations.trees import UNKNOWN, flaw, mended, read, write
from tasktune.notations.words import words

BOAT = (Dependency(0, 3, 2, "det", "DET"), Dependency(4, 8, 3, "nsubj", "NOUN"), Dependency(9, 13, 0, "root", "VERB"))


def test_a_tree_is_a_line_a_word():
    assert write("The boat sank", BOAT) == "The DET 2 det\nboat NOUN 3 nsubj\nsank VERB 0 root"


def test_flaws_are_told():
    assert flaw([]) is None
    assert flaw([2, 0]) is None
    assert flaw([0, 0]) == "2 words have head 0, but a tree has one root"
    assert flaw([2, 1]) == "no word has head 0, but a tree has one root"
    assert flaw([3, 0]) == "a word has head 3, but there are 2 words"
    assert flaw([2, 1, 0]) == "word 1 does not depend on the root: its heads go in a circle"


def test_a_word_left_out_hangs_under_the_root_and_the_others_keep_their_heads():
    tree = read("The boat sank", words("The boat sank"), ((0, 3),), "The DET 2 det\nsank VERB 0 root", (), ())
    assert tree == (Dependency(0, 3, 3, "det", "DET"), Dependency(4, 8, 3, UNKNOWN, ""), BOAT[2])


def test_an_uncased_tokenizers_spelling_is_read():
    known = ("acl:relcl", "root"), ("DET", "NOUN")
    tree = read("The boat", words("The boat"), ((0, 2),), "the det 2 acl : relcl\nboat noun 0 root", *known)
    assert [(word.label, word.tag) for word in tree] == [("acl:relcl", "DET"), ("root", "NOUN")]


@given(st.lists(st.none() | st.integers(0, 9), max_size=8))
def test_heads_are_mended_to_a_tree_and_a_tree_stays(heads):
    made = mended(heads)
    assert flaw(made) is None
    assert mended(made) == made


@given(TEXTS, st.text(st.sampled_from("ab 01239_\n"), max_size=60) | st.text(max_size=60))
def test_anything_is_read_as_a_tree(text, written):
    places = words(text)
    tree = read(text, places, ((0, len(places)),) if places else (), written, (), ())
    assert [(word.start, word.end) for word in tree] == list(places)
    assert flaw([word.head for word in tree]) is None
