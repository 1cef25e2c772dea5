"""What happens to a store when its writer, its disk or its files fail."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.errors import (
    DiskFull,
    InputError,
    KGError,
    NotFound,
    ReadOnlyStore,
    StoreCorrupt,
    StoreLayoutError,
    StoreLocked,
    StoreMissing,
)
from kg.store.backup import restore_backup, write_backup
from kg.store.embedded import EmbeddedStore

S, P = "http://example.org/s", "http://example.org/p"


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    made = EmbeddedStore.create(tmp_path / "store", keep=2)
    put(made, 0)
    return made


def put(store: EmbeddedStore, value: int) -> None:
    with store.writer(f"value {value}") as write:
        write.update(f"DELETE WHERE {{ <{S}> <{P}> ?o }} ; INSERT DATA {{ <{S}> <{P}> {value} }}")


def value(store: EmbeddedStore) -> int:
    store.refresh()
    (row,) = list(store.query(f"SELECT ?o {{ <{S}> <{P}> ?o }}"))
    return int(row["o"].value)


def program(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own."""
    head = "import os, signal, sys; from pathlib import Path\n"
    return subprocess.run(
        [sys.executable, "-c", head + code, *map(str, arguments)],
        check=False, capture_output=True, text=True, timeout=60,
    )


WRITE = (
    "from kg.store.embedded import EmbeddedStore\n"
    "with EmbeddedStore(Path(sys.argv[1])).writer() as w:\n"
    f"    w.update('DELETE WHERE {{ <{S}> <{P}> ?o }}; INSERT DATA {{ <{S}> <{P}> %s }}'"
    " % sys.argv[2])\n"
)


def test_a_writer_killed_between_any_two_steps_leaves_the_old_or_the_new_state(
    tmp_path: Path,
) -> None:
    script = Path(__file__).with_name("killing.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "store")],
        check=False, capture_output=True, text=True, timeout=240,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["problems"] == []
    assert report["deaths"] >= 15
    assert len(report["revisions"]) <= 3
    assert not report["incoming"]


def test_a_reader_keeps_its_revision_while_others_write(store: EmbeddedStore) -> None:
    with store.reader() as snapshot:
        for number in range(1, 6):
            put(EmbeddedStore(store.root, keep=1), number)
        (row,) = list(snapshot.query(f"SELECT ?o {{ <{S}> <{P}> ?o }}"))
        assert row["o"].value == "0"
    assert value(store) == 5


def test_a_process_sees_what_another_wrote(store: EmbeddedStore) -> None:
    assert value(store) == 0
    assert program(WRITE, store.root, 41).returncode == 0
    assert store.refresh()
    assert value(store) == 41
    assert not store.refresh()


def test_the_lock_of_a_dead_process_does_not_hold(store: EmbeddedStore) -> None:
    died = program(
        "import fcntl\n"
        "fd = os.open(Path(sys.argv[1]) / 'LOCK', os.O_RDWR | os.O_CREAT)\n"
        "fcntl.flock(fd, fcntl.LOCK_EX)\n"
        "os.kill(os.getpid(), signal.SIGKILL)",
        store.root,
    )
    assert died.returncode == -signal.SIGKILL
    put(store, 5)
    assert value(store) == 5


def test_the_lock_of_a_living_process_is_waited_for_and_named(store: EmbeddedStore) -> None:
    program = (
        "import sys; from pathlib import Path; from kg.store.embedded import EmbeddedStore\n"
        "with EmbeddedStore(Path(sys.argv[1])).writer() as w:\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(store.root)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        impatient = EmbeddedStore(store.root, lock_timeout=0.2)
        began = time.monotonic()
        with pytest.raises(StoreLocked, match=str(holder.pid)):
            put(impatient, 6)
        assert 0.15 < time.monotonic() - began < 2
        assert value(store) == 0
    finally:
        holder.communicate()
    put(store, 6)
    assert value(store) == 6


def test_an_exception_changes_nothing(store: EmbeddedStore) -> None:
    def clear_and_fail() -> None:
        with store.writer() as write:
            write.update("CLEAR ALL")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        clear_and_fail()
    assert value(store) == 0
    assert not (store.root / "incoming").exists()


# Disks


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)],
        check=False, capture_output=True,
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a small file system needs privileges")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk(small_disk: Path) -> None:
    store = EmbeddedStore.create(small_disk / "store")
    put(store, 1)
    rows = "".join(f"<{S}> <{P}{n}> '{os.urandom(24).hex()}' . " for n in range(60_000))
    with pytest.raises(DiskFull, match="free some"), store.writer() as write:
        write.update(f"INSERT DATA {{ {rows} }}")
    assert value(EmbeddedStore(store.root)) == 1
    assert not (store.root / "incoming").exists()
    put(store, 2)
    assert value(store) == 2


def test_a_full_disk_for_a_backup(small_disk: Path, shipped_store: Path) -> None:
    target = small_disk / "x.backup"
    (small_disk / "ballast").write_bytes(b"x" * (6 * 1024 * 1024 - 200_000))
    with pytest.raises(DiskFull):
        write_backup(EmbeddedStore(shipped_store), target)
    assert [entry.name for entry in small_disk.iterdir()] == ["ballast"]


def test_a_read_only_disk(small_disk: Path) -> None:
    store = EmbeddedStore.create(small_disk / "store")
    put(store, 3)
    store.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    frozen = EmbeddedStore(store.root)
    assert value(frozen) == 3
    assert frozen.snapshot().triple_count() == 1
    with pytest.raises(ReadOnlyStore, match="--store"):
        put(frozen, 4)
    with pytest.raises(ReadOnlyStore):
        EmbeddedStore.create(small_disk / "other")


# Files


def test_a_file_size_limit_is_a_full_disk(store: EmbeddedStore) -> None:
    failed = program(
        "import resource\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))\n" + WRITE,
        store.root, 9,
    )
    assert failed.returncode == 1
    assert "DiskFull" in failed.stderr
    assert value(store) == 0


@pytest.mark.parametrize("content", ["", "r9", "x\n", "\x00\x00", "r000099\n"])
def test_a_damaged_current(store: EmbeddedStore, content: str) -> None:
    store.close()
    (store.root / "CURRENT").write_text(content)
    with pytest.raises(StoreCorrupt, match="kg restore"):
        EmbeddedStore(store.root).query("ASK {}")


def test_a_lost_current_is_not_taken_for_an_empty_store(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    put(store, 1)
    backup = tmp_path / "x.backup"
    write_backup(store, backup)
    store.close()
    (store.root / "CURRENT").unlink()
    lost = EmbeddedStore(store.root)
    with pytest.raises(StoreCorrupt, match="r000001, r000002; or restore"):
        lost.query("ASK {}")
    with pytest.raises(StoreCorrupt, match="missing"):
        put(lost, 2)
    assert {entry.name for entry in (store.root / "revisions").iterdir()} >= {"r000001", "r000002"}
    (store.root / "CURRENT").write_text("r000002\n")
    assert value(EmbeddedStore(store.root)) == 1
    (store.root / "CURRENT").unlink()
    assert restore_backup(EmbeddedStore(store.root), backup).number == 3
    assert value(EmbeddedStore(store.root)) == 1


def test_a_first_revision_whose_writer_died_before_current_is_the_store(tmp_path: Path) -> None:
    store = EmbeddedStore.create(tmp_path / "store")
    put(store, 4)
    store.close()
    (store.root / "CURRENT").unlink()
    again = EmbeddedStore(store.root)
    assert value(again) == 4
    put(again, 5)
    assert (store.root / "CURRENT").read_text() == "r000002\n"
    assert value(again) == 5


def test_a_damaged_database(store: EmbeddedStore, tmp_path: Path) -> None:
    backup = tmp_path / "x.backup"
    write_backup(store, backup)
    store.close()
    database = store.snapshot().database
    store.close()
    for entry in database.iterdir():
        if entry.name.startswith(("MANIFEST", "CURRENT")):
            entry.write_bytes(b"rubbish")
    damaged = EmbeddedStore(store.root)
    with pytest.raises(StoreCorrupt, match="kg restore"):
        damaged.query("ASK {}")
    with pytest.raises(StoreCorrupt):
        put(damaged, 2)
    restore_backup(damaged, backup)
    assert value(damaged) == 0


def test_a_damaged_table_file(shipped_store: Path, tmp_path: Path) -> None:
    root = tmp_path / "store"
    shutil.copytree(shipped_store, root)
    store = EmbeddedStore(root)
    database = store.snapshot().database
    store.close()
    for entry in database.glob("*.sst"):
        data = bytearray(entry.read_bytes())
        data[: len(data) // 2] = b"\x55" * (len(data) // 2)
        entry.write_bytes(bytes(data))
    with pytest.raises(StoreCorrupt):
        EmbeddedStore(root).query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")


def test_a_damaged_record(store: EmbeddedStore) -> None:
    record = store.snapshot().path / "revision.json"
    store.close()
    record.write_text("{")
    with pytest.raises(StoreCorrupt):
        EmbeddedStore(store.root).query("ASK {}")


def test_another_layout_is_refused_with_what_to_do(store: EmbeddedStore) -> None:
    (store.root / "FORMAT").write_text("equipoise-store 0\n")
    with pytest.raises(StoreLayoutError, match="kg init --store"):
        EmbeddedStore(store.root)


def test_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match="kg init"):
        EmbeddedStore(tmp_path)


# Backups


def test_a_backup_brings_everything_back(scratch_store: Path, tmp_path: Path) -> None:
    store = EmbeddedStore(scratch_store)
    with store.writer() as write:
        write.update("CREATE GRAPH <http://e/empty> ; INSERT DATA { <http://e/a> <http://e/b> 1 }")
    before = store.content_hash()
    manifest = write_backup(store, tmp_path / "x.backup")
    assert manifest.content_hash == before
    with store.writer() as write:
        write.update("CLEAR ALL")
    assert store.content_hash() != before
    restore_backup(store, tmp_path / "x.backup")
    assert store.content_hash() == before
    graphs = {str(row["g"].value) for row in store.query("SELECT ?g { GRAPH ?g {} }", union=False)}
    assert "http://e/empty" in graphs
    fresh = EmbeddedStore.create(tmp_path / "fresh")
    restore_backup(fresh, tmp_path / "x.backup")
    assert fresh.content_hash() == before


def test_damaged_backups_are_refused_and_change_nothing(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    path = tmp_path / "x.backup"
    write_backup(store, path)
    put(store, 4)
    data = bytearray(path.read_bytes())
    at = data.index(b"\x1f\x8b") + 30
    data[at] ^= 0xFF
    (tmp_path / "flipped").write_bytes(bytes(data))
    (tmp_path / "cut").write_bytes(path.read_bytes()[:1200])
    (tmp_path / "other").write_text("hello")
    (tmp_path / "folder").mkdir()
    for name, error in (
        ("flipped", StoreCorrupt), ("cut", KGError), ("other", InputError),
        ("nowhere", InputError), ("folder", InputError),
    ):
        with pytest.raises(error):
            restore_backup(store, tmp_path / name)
        assert value(store) == 4


def test_a_backup_needs_a_directory(store: EmbeddedStore, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such directory"):
        write_backup(store, tmp_path / "nowhere" / "x.backup")


def test_going_back_to_a_kept_revision(store: EmbeddedStore) -> None:
    put(store, 1)
    old = store.revision.id
    put(store, 2)
    with store.writer("back", start=old):
        pass
    assert value(store) == 1
    assert store.revision.number == 4
    with pytest.raises(NotFound, match="not kept"), store.writer(start="r000099"):
        pass
