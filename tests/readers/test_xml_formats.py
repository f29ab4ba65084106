"""TMX and XLIFF, and what XML from outside may not do."""

import tempfile
from contextlib import suppress
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.core import InputError
from tasktune.readers import FORMATS, rows, tmx, xliff
from tasktune.readers.source import Source
from tasktune.readers.units import translated

TMX = """<?xml version="1.0"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="en" note="a>b"/>
<body>
  <!-- kept -->
  <tu tuid="1">
    <tuv xml:lang="en"><seg>Hello <bpt i="1">&lt;b></bpt><hi>world</hi><ept i="1">&lt;/b></ept> &amp; all</seg></tuv>
    <tuv xml:lang="de"><seg>Hallo Welt</seg></tuv>
    <tuv xml:lang="fr"><seg/></tuv>
  </tu>
  <tu><tuv xml:lang="en"><seg>Bye</seg></tuv></tu>
</body></tmx>
"""
XLIFF_1 = """<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
<file original="f" source-language="en" target-language="de" datatype="plaintext"><body>
  <trans-unit id="a"><source>One <g id="1">two</g><x id="2"/></source><target xml:lang="de" state="new">One</target></trans-unit>
  <trans-unit id="b"><source>B</source><target state="final">Be</target></trans-unit>
  <trans-unit id="c" translate="no"><source>C</source></trans-unit>
  <trans-unit id="d">
    <source>D</source>
    <alt-trans><source>DD</source><target>no</target></alt-trans>
  </trans-unit>
</body></file></xliff>
"""
XLIFF_2 = """<x:xliff xmlns:x="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en"><x:file id="f">
<x:unit id="u"><x:segment id="s" state="initial"><x:source>Hi</x:source></x:segment>
<x:ignorable><x:source> </x:source></x:ignorable>
<x:segment id="t"><x:source>You</x:source><x:target>Du</x:target></x:segment></x:unit></x:file></x:xliff>
"""


def filled(path, format, translate, language="de"):
    units = FORMATS[format].units
    with Source(path) as source:
        found = [*units(source)]
    data = path.read_bytes()
    edits = (edit for unit in found if unit.fill for edit in unit.fill(data, translate(unit.row.string("text")), language))
    return translated(data, edits)


def test_tmx_has_a_row_for_each_other_language(values):
    first = {"text": "Hello world & all", "source_language": "en", "id": "1"}
    assert values(TMX, "tmx") == [
        {**first, "answer": "Hallo Welt", "target_language": "de"},
        {**first, "target_language": "fr"},
        {"text": "Bye", "source_language": "en"},
    ]


def test_tmx_is_filled_and_all_else_kept(file):
    made = '<tuv xml:lang="de" creationid="MT"><seg>&lt;BYE></seg></tuv>'.replace("E>", "E&gt;")
    expected = TMX.replace("<seg/>", "<seg>&lt;HELLO WORLD &amp; ALL&gt;</seg>").replace(
        "Bye</seg></tuv>", f"Bye</seg></tuv>{made}"
    )
    assert filled(file(TMX), "tmx", lambda text: f"<{text.upper()}>") == expected


def test_tmx_needs_to_know_the_language_of_what_is_put_in(file):
    with pytest.raises(InputError, match="--map target_language==de"):
        filled(file(TMX), "tmx", str, language="")


def test_a_unit_without_its_source_language_is_refused(file):
    with pytest.raises(InputError, match=r":2: this unit has no <tuv> in the source language en, only: de"):
        list(rows(file('<tmx><header srclang="en"/>\n<tu><tuv xml:lang="de"><seg>x</seg></tuv></tu></tmx>'), "tmx"))


@pytest.mark.parametrize(("named", "found"), [("en", "en-US"), ("EN-us", "en-US"), ("en-AU", "en-US"), ("en_GB", "en-US")])
def test_a_source_language_is_found_by_the_language_alone(file, named, found):
    variants = "".join(f"<tuv xml:lang='{name}'><seg>{name}</seg></tuv>" for name in ("de", "en-US", "en-GB"))
    first, *_ = rows(file(f"<tmx><header srclang='{named}'/><tu>{variants}</tu></tmx>"), "tmx")
    assert (first.values["source_language"], first.values["text"], first.values["answer"]) == (found, found, "de")


def test_xliff_of_both_versions(values):
    pair = {"source_language": "en", "target_language": "de"}
    assert values(XLIFF_1, "xliff") == [
        {"text": "One two", **pair, "id": "a"},
        {"text": "B", "answer": "Be", **pair, "id": "b"},
        {"text": "D", **pair, "id": "d"},
    ]
    assert values(XLIFF_2, "xliff") == [
        {"text": "Hi", "source_language": "en", "id": "u/s"},
        {"text": "You", "answer": "Du", "source_language": "en", "id": "u/t"},
    ]


def test_xliff_1_is_filled_with_its_states(file):
    state = 'state="needs-review-translation" state-qualifier="mt-suggestion"'
    expected = XLIFF_1.replace('state="new">One</target>', f"{state}>ONE TWO</target>")
    expected = expected.replace("<source>D</source>\n", f"<source>D</source>\n    <target {state}>D</target>\n")
    assert filled(file(XLIFF_1), "xliff", str.upper) == expected


def test_xliff_2_is_filled_and_names_the_language(file):
    expected = XLIFF_2.replace('srcLang="en"', 'srcLang="en" trgLang="de"').replace('state="initial"', 'state="translated"')
    expected = expected.replace("Hi</x:source>", "Hi</x:source><x:target>HI</x:target>")
    assert filled(file(XLIFF_2), "xliff", str.upper) == expected


BOMB = """<?xml version="1.0"?>
<!DOCTYPE tmx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>
<tmx><header srclang="en"/><body><tu><tuv xml:lang="en"><seg>&b;</seg></tuv></tu></body></tmx>"""
OUTSIDE = BOMB.replace('<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">', '<!ENTITY b SYSTEM "file:///etc/passwd">')
UNKNOWN = '<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx><tu><tuv xml:lang="en"><seg>a &b; c</seg></tuv></tu></tmx>'


@pytest.mark.parametrize("content", [BOMB, OUTSIDE, UNKNOWN], ids=["laughs", "outside", "unknown"])
@pytest.mark.parametrize("format", ["tmx", "xliff"])
def test_entities_are_refused(file, content, format):
    with pytest.raises(InputError, match=r":2: the entity '[ab]' is the file's own"):
        list(rows(file(content.replace("<tmx>", f"<{format}>").replace("</tmx>", f"</{format}>")), format))


@pytest.mark.parametrize("content", ["<tmx><body></tmx>", "<tmx>", "no xml"])
def test_what_is_no_xml_is_refused_with_its_line(file, content):
    with pytest.raises(InputError, match=r":1: not XML at column"):
        list(rows(file(content), "tmx"))


def test_memory_does_not_grow_with_the_file(file):
    import tracemalloc

    unit = "<tu><tuv xml:lang='en'><seg>" + "word " * 100 + "</seg></tuv></tu>\n"
    path = file(f"<tmx><body>\n{unit * 3000}</body></tmx>")
    tracemalloc.start()
    assert sum(1 for _ in rows(path, "tmx")) == 3000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < path.stat().st_size / 5


def test_time_and_depth_do_not_grow_beyond_the_file(file):
    unit = "<tu>\n<tuv xml:lang='en'><seg>" + "word " * 50 + "</seg></tuv></tu>\n"
    path = file(f"<tmx><body>\n{unit * 20_000}</body></tmx>")
    started = perf_counter()
    assert filled(path, "tmx", str.upper).count("WORD ") == 20_000 * 50
    assert perf_counter() - started < 20  # with a copy of the file for each unit it is minutes
    deep = "<hi>" * 5000 + "x" + "</hi>" * 5000
    (row,) = rows(file(f"<tmx><tu><tuv xml:lang='en'><seg>{deep}</seg></tuv></tu></tmx>"), "tmx")
    assert row.string("text") == "x"


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=15)


@given(st.lists(TEXT.filter(str.strip), min_size=1, max_size=3), st.sampled_from(["tmx", "xliff"]))
def test_what_is_put_in_reads_back(texts, format):
    opening = {"tmx": '<tu><tuv xml:lang="en"><seg>x</seg></tuv></tu>', "xliff": "<trans-unit><source>x</source></trans-unit>"}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_text(f"<{format}>{opening[format] * len(texts)}</{format}>", encoding="utf-8")
        said = iter(texts)
        written = filled(path, format, lambda text: next(said))
        path.write_text(written, encoding="utf-8", newline="")
        assert [row.optional("answer") for row in rows(path, format)] == texts


@given(st.binary(max_size=60) | st.text("<>/tusegv=\"' &;a", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(content)
        for reader in (tmx, xliff):
            with suppress(InputError), Source(path) as source:
                assert all(row.string("text") is not None for row in reader.read(source))


@pytest.mark.parametrize(("name", "root"), [("a.tmx", "xliff"), ("a.xlf", "html"), ("a.xliff", "tmx")])
def test_a_file_of_another_kind_is_refused_and_not_empty(tmp_path: Path, name: str, root: str) -> None:
    file = tmp_path / name
    file.write_text(f"<?xml version='1.0'?>\n<{root}></{root}>\n", encoding="utf-8")
    with pytest.raises(InputError, match=rf"{name}:2: this is a file of <{root}>"):
        list(rows(str(file)))
