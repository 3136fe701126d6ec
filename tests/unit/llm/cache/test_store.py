import json
import os
import stat
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from chargehand.core.errors import InputError
from chargehand.llm.cache.store import FOLDER, KEPT_BYTES, KEPT_DAYS, LARGEST_BYTES, CacheStore, Room, key_of

KEY, OTHER = key_of("test", 1), key_of("test", 2)
DAY_S = 24 * 60 * 60
has_modes = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
is_not_root = pytest.mark.skipif(
    sys.platform != "win32" and os.geteuid() == 0, reason="root may write anywhere"
)


def store(path: Path, secret: str = "the key") -> CacheStore:  # noqa: S107  # no secret
    return CacheStore.below(path, secret)


def entry(path: Path, key: str = KEY) -> Path:
    return path / FOLDER / f"{key}.json"


def test_what_was_put_is_there_for_the_next_run(tmp_path: Path) -> None:
    store(tmp_path).put(KEY, "an answer: é \u2028")
    assert store(tmp_path).get(KEY) == "an answer: é \u2028"
    assert store(tmp_path).get(OTHER) is None


def test_the_last_writer_of_a_key_wins(tmp_path: Path) -> None:
    mine, theirs = store(tmp_path), store(tmp_path)
    mine.put(KEY, "first")
    theirs.put(KEY, "second")
    assert mine.get(KEY) == "second"


def test_a_key_depends_on_each_part_and_on_where_it_ends() -> None:
    keys = {key_of("a", "b", "c"), key_of("a", "bc"), key_of("ab", "c"), key_of("a", "b", "C"), key_of("a")}
    assert len(keys) == 5


@has_modes
def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir(mode=0o755)
    store(tmp_path).put(KEY, "code")
    assert stat.S_IMODE((tmp_path / FOLDER).stat().st_mode) == 0o700
    assert stat.S_IMODE(entry(tmp_path).stat().st_mode) == 0o600


def test_git_passes_over_it_and_nothing_else_in_the_folder_is_touched(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    store(tmp_path)
    assert (tmp_path / FOLDER / ".gitignore").read_text() == "*\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [FOLDER, "mine.txt"]


def test_an_entry_that_was_sealed_with_another_secret_is_absent(tmp_path: Path) -> None:
    store(tmp_path, "their key").put(KEY, '{"claims":[]}')
    assert store(tmp_path).get(KEY) is None
    assert store(tmp_path, "").get(KEY) is None


@pytest.mark.parametrize("field", ["key", "seal", "value"])
def test_an_entry_that_was_changed_is_absent(tmp_path: Path, field: str) -> None:
    store(tmp_path).put(KEY, "the answer")
    kept = json.loads(entry(tmp_path).read_text())
    kept[field] = kept[field][:-1] + ("0" if kept[field][-1] != "0" else "1")
    entry(tmp_path).write_text(json.dumps(kept))
    assert store(tmp_path).get(KEY) is None


def test_an_entry_under_the_name_of_another_is_absent(tmp_path: Path) -> None:
    store(tmp_path).put(OTHER, "the answer to another question")
    entry(tmp_path, OTHER).rename(entry(tmp_path))
    assert store(tmp_path).get(KEY) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"chargehand_cache": 2}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b" " * (LARGEST_BYTES + 1),
    ],
)
def test_what_is_no_entry_is_absent(tmp_path: Path, content: bytes) -> None:
    reader = store(tmp_path)
    entry(tmp_path).write_bytes(content)
    assert reader.get(KEY) is None
    reader.put(KEY, "an answer")
    assert reader.get(KEY) == "an answer"


def test_a_torn_entry_is_absent(tmp_path: Path) -> None:
    store(tmp_path).put(KEY, "an answer that is somewhat long")
    whole = entry(tmp_path).read_bytes()
    for size in range(0, len(whole), 7):
        entry(tmp_path).write_bytes(whole[:size])
        assert store(tmp_path).get(KEY) is None


@has_modes
def test_links_pipes_and_folders_are_no_entries_and_are_not_waited_for(tmp_path: Path) -> None:
    reader = store(tmp_path)
    reader.put(OTHER, "x")
    entry(tmp_path).symlink_to(entry(tmp_path, OTHER))
    assert reader.get(KEY) is None
    entry(tmp_path).unlink()
    os.mkfifo(entry(tmp_path))
    assert reader.get(KEY) is None
    entry(tmp_path).unlink()
    entry(tmp_path).mkdir()
    assert reader.get(KEY) is None


@has_modes
def test_a_link_in_place_of_the_folder_or_its_ignore_file_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "a" / FOLDER).mkdir(parents=True)
    (tmp_path / "a" / FOLDER / ".gitignore").symlink_to(victim)
    store(tmp_path / "a").put(KEY, "x")
    assert victim.read_text() == "precious"
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / FOLDER).symlink_to(tmp_path / "a", target_is_directory=True)
    with pytest.raises(InputError, match="is a link"):
        store(tmp_path / "b")


def test_a_path_that_is_a_file_is_refused_before_anything_is_spent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        store(tmp_path / "file")


@is_not_root
def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_spent(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="cannot be written"):
        store(tmp_path)


def test_what_cannot_be_kept_is_told_and_stops_nothing(tmp_path: Path) -> None:
    writer = store(tmp_path)
    (tmp_path / FOLDER / ".gitignore").unlink()
    (tmp_path / FOLDER).rmdir()
    writer.put(KEY, "an answer")
    assert "Not every answer could be kept" in writer.complaint
    assert writer.get(KEY) is None
    writer.trim()


def test_too_large_an_answer_is_not_kept(tmp_path: Path) -> None:
    writer = store(tmp_path)
    writer.put(KEY, "x" * LARGEST_BYTES)
    assert not entry(tmp_path).exists()
    assert writer.complaint == ""


def test_what_was_not_used_for_long_goes_at_the_end_of_a_run(tmp_path: Path) -> None:
    now = 1_000_000_000.0
    kept = CacheStore(tmp_path, "key", clock=lambda: now + (KEPT_DAYS - 1) * DAY_S)
    for key, age_days in ((KEY, 2), (OTHER, 0.5)):
        kept.put(key, "x")
        os.utime(tmp_path / f"{key}.json", (now, now - age_days * DAY_S))
    with kept:
        pass
    assert [path.name for path in tmp_path.iterdir()] == [f"{OTHER}.json"]


def test_how_long_and_how_much_is_kept_can_be_chosen(tmp_path: Path) -> None:
    now = 1_000_000_000.0
    with CacheStore.below(tmp_path, "key", Room(days=10_000, most_bytes=1_200)) as kept:
        for number in range(4):
            kept.put(key_of("test", number), "x" * 300)
            os.utime(tmp_path / FOLDER / f"{key_of('test', number)}.json", (now, now - number))
    assert [kept.get(key_of("test", number)) is None for number in range(4)] == [False, False, True, True]
    CacheStore(tmp_path / FOLDER, "key", clock=lambda: now + 5 * DAY_S, room=Room(days=4)).trim()
    assert kept.get(key_of("test", 0))  # it was read just now
    CacheStore(tmp_path / FOLDER, "key", clock=lambda: 9e9, room=Room(days=4)).trim()
    assert kept.get(key_of("test", 0)) is None


def test_what_is_used_stays(tmp_path: Path) -> None:
    later = CacheStore(tmp_path, "key", clock=lambda: 4_000_000_000.0)
    for key in (KEY, OTHER):
        later.put(key, "x")
        os.utime(tmp_path / f"{key}.json", (1, 1))
    assert later.get(KEY) == "x"
    later.trim()
    assert (later.get(KEY), later.get(OTHER)) == ("x", None)


def test_what_was_used_longest_ago_goes_first_where_there_is_too_much(tmp_path: Path) -> None:
    full = CacheStore(tmp_path, "key", clock=lambda: 1000.0)
    size = KEPT_BYTES // 4
    for number in range(6):
        path = tmp_path / f"{key_of('test', number)}.json"
        with path.open("wb") as file:
            file.truncate(size)
        os.utime(path, (number, number))
    full.trim()
    left = {path.stem for path in tmp_path.iterdir()}
    assert left == {key_of("test", number) for number in (2, 3, 4, 5)}


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    for name in ("notes.txt", "a.json", ".gitignore"):
        (tmp_path / name).write_text("x")
        os.utime(tmp_path / name, (1, 1))
    (tmp_path / ".abc12345.tmp").write_text("a draft that a killed run left behind")
    os.utime(tmp_path / ".abc12345.tmp", (1, 1))
    CacheStore(tmp_path, "key").trim()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".gitignore", "a.json", "notes.txt"]


def _write(path: Path) -> int:
    writer = store(path)
    for number in range(40):
        writer.put(key_of("test", number % 4), f"{number % 4} " * 2000)
        value = writer.get(key_of("test", number % 4))
        if value != f"{number % 4} " * 2000:
            return 1
    writer.trim()
    return 0


def test_threads_never_show_each_other_half_an_answer(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(_write, [tmp_path] * 8)) == [0] * 8
    assert not list((tmp_path / FOLDER).glob(".*.tmp"))


def test_processes_never_show_each_other_half_an_answer(tmp_path: Path) -> None:
    # Forking a process that has threads is a warning, and warnings are errors here.
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        assert list(processes.map(_write, [tmp_path] * 4)) == [0] * 4
    assert not list((tmp_path / FOLDER).glob(".*.tmp"))
