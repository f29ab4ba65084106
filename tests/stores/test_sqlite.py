"""The file: what is left of it when its writer is killed or the disk is full, and what is no store."""

from __future__ import annotations

import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tasktune.core import InputError
from tasktune.passages import Passage
from tasktune.stores import Facts, Store, inverted, open_store
from tasktune.stores.words import counted

ONE = np.ones((1, 8), np.float32)


def one(file: str, text: str = "cat") -> list[Passage]:
    return [Passage(file, 0, len(text), text)]


def writing(place: Path, seed: int, renewed: float = 0.0) -> subprocess.Popen[bytes]:
    program = [sys.executable, str(Path(__file__).parent / "writer.py")]
    return subprocess.Popen([*program, str(place), str(seed), str(renewed)], stdout=subprocess.PIPE)


def check_whole(store: Store) -> None:
    """Each file is there with all its passages, its words and its vectors, and nothing else is. A file that was there when the
    store was begun again has no digest and no vectors.
    """
    passages = list(store.passages())
    files = store.digests()
    counts = {passage.source: int(passage.text.split()[1][2:]) for passage in passages if not files[passage.source]}
    assert Counter(passage.source for passage in passages) == {file: int(files[file] or counts[file]) for file in files}
    assert store.count() == len(passages)
    assert len(store.by_vector(ONE[0], 10**6)) == sum(int(count) for count in files.values() if count)
    assert {hit.passage.id for hit in store.by_words("txt", 10**6)} == {passage.id for passage in passages}
    for word in {word for passage in passages[:50] for word in counted(passage)}:
        assert len(store.by_words(word, 10**6)) == sum(word in counted(passage) for passage in passages)


@pytest.mark.parametrize("kills", [6, pytest.param(100, marks=pytest.mark.long)])
def test_a_writer_that_is_killed_leaves_each_file_whole_or_absent(tmp_path: Path, kills: int) -> None:
    place, draw = tmp_path / "kb.db", random.Random(kills)
    for seed in range(kills):
        with writing(place, seed, renewed=0.05) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(draw.uniform(0, 0.6))
            process.kill()
        with open_store(place) as store:
            check_whole(store)
    assert sqlite3.connect(place).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_readers_read_while_a_writer_works(tmp_path: Path) -> None:
    place = tmp_path / "kb.db"
    with writing(place, 7) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with open_store(place) as store:
            counts = set()
            for _ in range(8):
                hits = store.by_words("txt", 10**6)
                assert Counter(hit.passage.source for hit in hits) == {
                    hit.passage.source: int(hit.passage.text.split()[1][2:]) for hit in hits
                }
                assert len(store.by_vector(ONE[0], 10)) in (0, 10) or store.count() < 10
                counts.add(len(hits))
                time.sleep(0.1)
        process.kill()
    assert len(counts) > 1


def test_a_full_disk_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    place = tmp_path / "kb.db"
    with open_store(place, "write") as store:
        store.begin(Facts("m", "w", 8, "c"))
        store.put("a.txt", "1", one("a.txt", "a txt"), ONE)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, hard))
        try:
            big = [Passage("b.txt", 3000 * k, 3000 * k + 3000, f"txt {k} " * 300) for k in range(2000)]
            with pytest.raises(InputError, match=r"kb\.db"):
                store.put("b.txt", "2000", big, np.ones((2000, 8), np.float32))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, before)
        check_whole(store)
        store.put("c.txt", "1", one("c.txt", "c txt"), ONE)
    with open_store(place) as store:
        check_whole(store)


def test_many_changes_leave_what_a_new_store_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments are made, merged and made anew; scores are those of a store that was written once."""
    monkeypatch.setattr(inverted, "_TAIL", 8)
    monkeypatch.setattr(inverted, "_FAN", 3)
    draw, there = random.Random(1), dict[str, list[Passage]]()
    with open_store(tmp_path / "kb.db", "write") as store, open_store(tmp_path / "new.db", "write") as new:
        store.begin(Facts())
        new.begin(Facts())
        levels = set()
        for _ in range(600):
            file = f"{draw.randrange(60)}"
            texts = [" ".join(f"w{int(draw.paretovariate(1))}" for _ in range(9)) for _ in range(draw.randrange(4))]
            there[file] = [Passage(file, k, k + 1, text) for k, text in enumerate(texts)]
            store.put(file, "", there[file])
            with sqlite3.connect(tmp_path / "kb.db") as file_:
                levels |= {level for (level,) in file_.execute("SELECT level FROM segments")}
        for file, passages in there.items():
            new.put(file, "", passages)
        assert levels >= {0, 1}
        for query in ("w1", "w2 w3 w3", "w7 w11", "w1 w2 w40"):
            assert store.by_words(query, 20) == new.by_words(query, 20)


def test_what_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no store .*tasktune index"):
        open_store(tmp_path / "none.db")
    with pytest.raises(InputError, match="no folder"):
        open_store(tmp_path / "none" / "kb.db", "write")
    with pytest.raises(InputError, match="is a folder"):
        open_store(tmp_path)
    (tmp_path / "text.db").write_text("Hello " * 1000)
    (tmp_path / "empty.db").touch()
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    for name in ("text.db", "other.db"):
        before = (tmp_path / name).read_bytes()
        for mode in ("read", "write"):
            with pytest.raises(InputError, match=r"no store|not a database"):
                open_store(tmp_path / name, mode)
        assert (tmp_path / name).read_bytes() == before
    with pytest.raises(InputError, match="no store"):
        open_store(tmp_path / "empty.db")
    open_store(tmp_path / "kb.db", "write").close()
    with sqlite3.connect(tmp_path / "kb.db") as ours:
        ours.execute("PRAGMA user_version = 999")
    ours.close()
    with pytest.raises(InputError, match="newer tasktune"):
        open_store(tmp_path / "kb.db")


def test_who_reads_cannot_write(tmp_path: Path) -> None:
    with open_store(tmp_path / "kb.db", "write") as store:
        store.begin(Facts())
        store.put("a.txt", "1", one("a.txt"))
    with open_store(tmp_path / "kb.db") as store:
        with pytest.raises(InputError, match="may only be read"):
            store.drop("a.txt")
        assert store.count() == 1


def test_a_store_of_before_which_knows_no_paths_is_read_and_written(tmp_path: Path) -> None:
    with open_store(tmp_path / "kb.db", "write") as store:
        store.begin(Facts())
        store.put("a.txt", "1", one("a.txt"))
    with sqlite3.connect(tmp_path / "kb.db") as file:
        file.execute("ALTER TABLE files DROP COLUMN path")
    file.close()
    with open_store(tmp_path / "kb.db") as store:
        assert store.count() == len(store.by_words("cat", 5)) == 1
    for path in ("", "/b.txt"):
        with open_store(tmp_path / "kb.db", "write") as store:
            assert store.paths() == {"a.txt": "", **({"b.txt": ""} if path else {})}
            store.put("b.txt", "1", one("b.txt"), path=path)
    with open_store(tmp_path / "kb.db") as store:
        assert store.paths() == {"a.txt": "", "b.txt": "/b.txt"}


def test_threads_take_turns(tmp_path: Path) -> None:
    with open_store(tmp_path / "kb.db", "write") as store, ThreadPoolExecutor(4) as pool:
        store.begin(Facts("m", "w", 8, "c"))
        puts = [pool.submit(store.put, f"{k}.txt", "1", one(f"{k}.txt", "a txt"), ONE) for k in range(40)]
        found = [pool.submit(store.by_words, "txt", 100) for _ in range(20)]
        found += [pool.submit(store.by_vector, ONE[0], 100) for _ in range(20)]
        for each in puts:
            each.result()
        assert max(len(each.result()) for each in found) <= 40
        check_whole(store)
        assert store.count() == 40


def test_what_fails_at_once_leaves_no_file_but_for_another_who_has_it_open(tmp_path: Path) -> None:
    place = tmp_path / "kb.db"

    def failing(after: Callable[[], None]) -> None:
        with open_store(place, "write") as store:
            store.begin(Facts())
            after()
            raise KeyboardInterrupt

    def fail(after: Callable[[], None] = lambda: None) -> None:
        with pytest.raises(KeyboardInterrupt):
            failing(after)

    fail()
    assert list(tmp_path.iterdir()) == []
    others: list[Store] = []
    fail(lambda: others.append(open_store(place, "write")))
    with others[0] as another:
        another.begin(Facts())
        another.put("a.txt", "1", one("a.txt"))
    fail()
    with open_store(place) as store:
        assert store.count() == 1


def test_where_there_is_no_room_for_a_store_none_is_left(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        for room in (0, 40_000):
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
            with pytest.raises(InputError, match="Is there room"):
                open_store(tmp_path / "kb.db", "write")
            assert list(tmp_path.iterdir()) == []
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_a_store_that_may_not_be_opened_is_told(tmp_path: Path) -> None:
    """As one may do who is root, a file of the log that is a folder stands for what may not be opened."""
    with open_store(tmp_path / "kb.db", "write") as store:
        store.begin(Facts())
    (tmp_path / "kb.db-wal").mkdir()
    with pytest.raises(InputError, match=r"kb.db cannot be opened .*may you read it, and write to its folder"):
        open_store(tmp_path / "kb.db", "write")
