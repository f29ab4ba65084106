"""Make documents searchable: read them, cut them into passages, embed these, and keep all in a store."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tasktune.core import InputError, Lost
from tasktune.documents import Document, Found, digest, found, gone, passages, read
from tasktune.documents.formats import FORMATS
from tasktune.documents.names import printable
from tasktune.documents.reading import is_passing
from tasktune.documents.splitting import Measure
from tasktune.notations.amounts import amount
from tasktune.passages import Passage
from tasktune.recipe import Recipe
from tasktune.retrieval.ways import titled
from tasktune.stores.base import MAIN, Facts, Store
from tasktune.stores.opening import open_store
from tasktune.stores.sqlite_file import BESIDE
from tasktune.stores.words import words
from tasktune.verbs.progress import counted

if TYPE_CHECKING:
    from tasktune.models.model import Model

LIMIT = 256
"""Tokens of a passage at most, where the model reads as many; words, where there is no model."""
_AT_ONCE = 512
"""Passages that are gathered before they are embedded and written, from no more files: texts of like lengths are embedded faster
together.
"""


Places = Path | str | Sequence[Path | str]
"""Files, folders or globs."""
Cut = Callable[[Document], Iterator[Passage]]


@dataclass(slots=True)
class Indexed:
    """What indexing did: how many files that say something were `written`, of how many `passages`; how many were the `same` as
    before, how many `gone` from the folders and so from the store; and what was lost on the way.
    """

    written: int = 0
    passages: int = 0
    same: int = 0
    gone: int = 0
    lost: Lost = field(default_factory=Lost)


def index(
    documents: Places,
    into: Path | str,
    model: Model | Path | str | None = "minilm",
    collection: str = MAIN,
    limit: int | None = None,
    overlap: int = 0,
    again: bool = False,
    recipe: Recipe | None = None,
) -> Indexed:
    """Read files, folders or globs into the store `into`, which is made where it is not there.

    Only what has changed since the last time is read, and what is gone from a folder is removed. `model` embeds: a name, folder,
    hub id or tuned `embedding` model; `None` for a search by words alone. Passages are of `limit` of its tokens at most (256, or
    as many as it reads), `overlap` of them repeated from the one before. `again` embeds all anew, by another model than before.
    A file that cannot be read is counted in `lost`, with its name, and the rest goes on. Raises `InputError` where nothing at all
    can be read, where `again` would leave files of the store without vectors, and where without it a file would take the place
    of one elsewhere that is called the same.
    """
    lost = Lost()
    with open_store(into, "write") as store:
        paths = store.paths(collection)
        mine = {source for source, path in paths.items() if again or not _is_another(path, source)}
        files = [file for file in found(documents, lost, mine) if not _is_store(file.path, into)]
        named = {file.source for file in files}
        if not again:
            _refuse_namesakes(files, paths, into)
        vectors = None if model is None else _embedder(model, recipe or Recipe())
        longest = _longest(vectors, limit)
        cut = partial(passages, measure=_measure(vectors), limit=longest, overlap=overlap)
        list(cut(Document("", "", "")))  # where nothing can be cut so, no store is begun
        facts = _facts(model, vectors, longest, overlap)
        if again:
            _refuse_others(store, collection, named, documents, into)
        (store.renew if again and store.facts() else store.begin)(facts)
        done = Indexed(lost=lost)
        known = store.digests(collection)
        if not again:
            store.move(_moved(files, paths), collection)
        for source in gone(mine, named, documents):
            store.drop(source, collection)
            done.gone += 1
        for batch in _batches(_read(counted(files, "indexing"), known, cut, done)):
            _put(store, batch, vectors, collection)
            done.written += sum(1 for file in batch if file.passages)
            done.passages += sum(len(each.passages) for each in batch)
        if not known and not any(map(store.count, store.collections())):
            raise _nothing(len(files), lost, into)
    return done


def _is_another(before: str, now: Path | str) -> bool:
    """Whether the file that lay at `before` is there still, and what lies at `now` is another or nothing."""
    try:
        return os.path.lexists(before) and not Path(before).samefile(now)
    except OSError:
        return True


def _refuse_namesakes(files: Sequence[Found], paths: Mapping[str, str], into: Path | str) -> None:
    """Raises `InputError` where a file is called as one of the store that is another, and there still."""
    for file in files:
        if _is_another(before := paths.get(file.source, ""), file.path):
            raise InputError(
                f"{into} has a {file.source} already, {before}, and this is another, {file.path}. Names begin where you are: "
                "index both from one folder above them, or give another --collection or store; --again puts this one in its place"
            )


def _moved(files: Iterable[Found], paths: Mapping[str, str]) -> dict[str, str]:
    """Where the files of the store lie that lay elsewhere before, or of which that is not known."""
    return {file.source: now for file in files if paths.get(file.source, now := _path(file)) != now}


def _path(file: Found) -> str:
    return printable(os.fspath(file.path))


def _refuse_others(store: Store, collection: str, named: Set[str], documents: Places, into: Path | str) -> None:
    """Raises `InputError` where a store has files besides those that are indexed again: they would lose their vectors."""
    for each in store.collections():
        known = store.digests(each)
        left = known.keys() - named - {*gone(known, named, documents)} if each == collection else known.keys()
        if left:
            raise InputError(
                f"--again embeds all of {into} anew, but {amount(len(left), 'file')} of its collection {each!r} would be left "
                f"out (first: {min(left)}). Name these documents, too; of several collections, make a new store (--into another)"
            )


def _nothing(looked_at: int, lost: Lost, into: Path | str) -> InputError:
    """What is said where nothing that was looked at is a document."""
    reasons = "; ".join(f"{reason}: {said['count']} (first: {said['records'][0]})" for reason, said in lost.as_json().items())
    suffixes = ", ".join(each.suffixes[0] for each in FORMATS.values())
    return InputError(
        f"{amount(looked_at, 'file')} looked at, and nothing to be read in any, so that {into} would be empty"
        f"{f' ({reasons})' if reasons else ''}. What is read: {suffixes} and others"
    )


def _is_store(path: Path, into: Path | str) -> bool:
    """Whether a file is the store that is written, which may lie among the documents, or one that SQLite keeps beside it."""
    store = Path(into).absolute()
    return path.parent == store.parent.resolve() and path.name in {f"{store.name}{end}" for end in ("", *BESIDE)}


@dataclass(frozen=True, slots=True)
class _File:
    """A file to be written: what it is called, where it lies, its digest, and its passages."""

    source: str
    path: str
    digest: str
    passages: list[Passage]


def _read(files: Iterable[Found], known: Mapping[str, str], cut: Cut, done: Indexed) -> Iterator[_File]:
    """The files that are not as they were, read and cut. One that gives nothing is written too, so as not to be read again.

    Where that may be another time, what was of the file stays, and what is of it now has no digest, by which it would be done.
    """
    for file in files:
        try:
            now = digest(file)
        except OSError as why:
            done.lost.add(why.strerror or str(why), file.source)
            continue
        if known.get(file.source) == now:
            done.same += 1
            continue
        lost = Lost()
        cuts = [passage for document in read(file, lost) for passage in cut(document)]
        done.lost.join(lost)
        if cuts or not is_passing(lost):
            yield _File(file.source, _path(file), "" if is_passing(lost) else now, cuts)


def _batches(files: Iterable[_File]) -> Iterator[list[_File]]:
    """Files together, until they have so many passages, or are so many."""
    held, count = list[_File](), 0
    for file in files:
        held.append(file)
        count += len(file.passages)
        if max(count, len(held)) >= _AT_ONCE:
            yield held
            held, count = [], 0
    if held:
        yield held


def _put(store: Store, files: Sequence[_File], model: Model | None, collection: str) -> None:
    """Write files, each with the vectors of its passages, as the model reads them with their titles."""
    texts = [titled(passage) for file in files for passage in file.passages]
    vectors = None if model is None else model.embed(texts, "document")
    start = 0
    for file in files:
        end = start + len(file.passages)
        some = None if vectors is None else vectors[start:end]
        store.put(file.source, file.digest, file.passages, some, collection, file.path)
        start = end


def _embedder(model: Model | Path | str, recipe: Recipe) -> Model:
    from tasktune.models.embedder import embedder  # loads torch, which words alone do without

    return embedder(model, recipe)


def _longest(model: Model | None, limit: int | None) -> int:
    """How long passages are. Raises `InputError` where the model does not read as much."""
    reads = LIMIT if model is None else model.head.max_length
    if limit is not None and model is not None and limit > reads:
        raise InputError(
            f"the model reads {reads} tokens at once, and passages of {limit} would be cut; give --limit {reads} or less"
        )
    return min(LIMIT, reads) if limit is None else limit


def _measure(model: Model | None) -> Measure:
    """How long texts are: in tokens of the model, or where there is none in words."""
    if model is None:
        return lambda texts: [len(words(text)) for text in texts]
    tokenizer = model.head.tokenizer
    return lambda texts: [len(ids) for ids in tokenizer(list(texts), add_special_tokens=True, truncation=False)["input_ids"]]


def _facts(model: Model | Path | str | None, opened: Model | None, limit: int, overlap: int) -> Facts:
    """A model's folder is named whole, so that it is found from anywhere."""
    chunking = f"{limit} {'words' if opened is None else 'tokens'}, overlap {overlap}"
    if opened is None:
        return Facts(chunking=chunking)
    from tasktune.models.embedder import vectors_identity

    name = str(model) if isinstance(model, str | Path) else ""
    (vector,) = opened.embed(["a"])
    whole = str(Path(name).resolve()) if name and Path(name).is_dir() else name
    return Facts(whole, vectors_identity(opened), len(vector), chunking)
