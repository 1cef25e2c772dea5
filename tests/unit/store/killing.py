"""Kills a writer right before its n-th call that touches the file system, for every n.

Run as a program of its own: a process that has opened a database cannot be forked safely, so
this one only forks, and its children write and read. Prints what it saw as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyoxigraph  # noqa: F401 - imported once, here, before the forks

from kg.store.embedded import EmbeddedStore

EVENTS = {
    "open", "os.rename", "os.mkdir", "os.link", "os.remove", "os.rmdir", "os.truncate",
    "shutil.rmtree", "shutil.copyfile",
}


def put(root: Path, value: int) -> None:
    with EmbeddedStore(root, keep=2).writer(f"value {value}") as write:
        write.update(f"DELETE WHERE {{ <e:s> <e:p> ?o }} ; INSERT DATA {{ <e:s> <e:p> {value} }}")


def written(root: Path, number: int) -> int:
    put(root, number)
    return number


def value(root: Path) -> int:
    (row,) = list(EmbeddedStore(root).query("SELECT ?o { <e:s> <e:p> ?o }"))
    return int(row["o"].value)


def child(work: Callable[[], int]) -> tuple[int, int]:
    """What work returned in a fork, and the fork's exit status."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(write, str(work()).encode())
            os._exit(0)
        finally:
            os._exit(1)
    os.close(write)
    with os.fdopen(read) as stream:
        text = stream.read()
    _, status = os.waitpid(pid, 0)
    return int(text or -1), os.waitstatus_to_exitcode(status)


def killed_at(step: int, root: Path, wanted: int) -> int:
    seen = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if event in EVENTS and str(root) in str(arguments):
            seen += 1
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    put(root, wanted)
    return wanted


def main() -> None:
    root = Path(sys.argv[1])
    EmbeddedStore.create(root)
    expected = 0
    for expected in range(4):
        assert child(partial(written, root, expected))[1] == 0
    step = deaths = 0
    problems: list[str] = []
    while True:
        step += 1
        wanted = 100 + step
        _, status = child(partial(killed_at, step, root, wanted))
        found, reading = child(partial(value, root))
        if status == 0:
            if found != wanted:
                problems.append(f"step {step}: acknowledged {wanted}, found {found}")
            break
        deaths += 1
        if status != -signal.SIGKILL or reading != 0 or found not in {expected, wanted}:
            problems.append(f"step {step}: status {status}, reading {reading}, found {found}")
        expected = wanted + 1000
        _, writing = child(partial(written, root, expected))
        if writing != 0:
            problems.append(f"step {step}: the next write failed ({writing})")
    left = sorted(entry.name for entry in (root / "revisions").iterdir())
    print(json.dumps({"deaths": deaths, "problems": problems, "revisions": left,
                      "incoming": (root / "incoming").exists()}))


if __name__ == "__main__":
    main()
