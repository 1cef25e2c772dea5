"""Kills a writer at random moments, hundreds of times, while a checker reads.

    python benchmarks/crash.py [--kills 300]

The writer appends numbers to a file it has acknowledged; the checker, another process, reads all
the while. After every kill: each acknowledged write is there, the newest revision is whole (a
number, its double and its square were written together), and the next writer starts.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kg.store.embedded import EmbeddedStore

WRITER = """
import os, sys
from pathlib import Path
from kg.store.embedded import EmbeddedStore
store, log = EmbeddedStore(Path(sys.argv[1]), keep=3), sys.argv[2]
number = int(sys.argv[3])
acknowledged = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
print("ready", flush=True)
while True:
    number += 1
    with store.writer(f"number {number}") as write:
        write.update(
            "DELETE WHERE { GRAPH <e:g> { <e:s> ?p ?o } } ; INSERT DATA { GRAPH <e:g> { "
            f"<e:s> <e:n> {number} ; <e:double> {2 * number} ; <e:square> {number * number} }} }}"
        )
    os.write(acknowledged, f"{number}\\n".encode())
"""
READ = "SELECT ?n ?d ?q { <e:s> <e:n> ?n ; <e:double> ?d ; <e:square> ?q }"
CHECKER = f"""
import sys, time
from pathlib import Path
from kg.store.embedded import EmbeddedStore
store, last, reads = EmbeddedStore(Path(sys.argv[1])), 0, 0
while not Path(sys.argv[2]).exists():
    with store.reader() as snapshot:
        rows = [[int(value.value) for value in row] for row in snapshot.query({READ!r})]
    assert len(rows) == 1, rows
    n, double, square = rows[0]
    assert (double, square) == (2 * n, n * n), rows
    assert n >= last, (n, last)
    last, reads = n, reads + 1
print(reads)
"""


def state(root: Path) -> int:
    """The number in the newest revision, which must be whole."""
    store = EmbeddedStore(root)
    rows = [[int(value.value) for value in row] for row in store.query(READ)]
    assert len(rows) == 1, rows
    number, double, square = rows[0]
    assert (double, square) == (2 * number, number * number), rows
    return number


def main() -> None:
    """Kill, check, repeat."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    pick = random.Random(options.seed)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        root, log, stop = Path(name) / "store", Path(name) / "log", Path(name) / "stop"
        with EmbeddedStore.create(root).writer("begin") as write:
            write.update(
                "INSERT DATA { GRAPH <e:g> { <e:s> <e:n> 0 ; <e:double> 0 ; <e:square> 0 } }"
            )
        checker = subprocess.Popen([sys.executable, "-c", CHECKER, str(root), str(stop)],
                                   stdout=subprocess.PIPE)
        lost = 0
        for _ in range(options.kills):
            number = state(root)
            writer = subprocess.Popen([sys.executable, "-c", WRITER, str(root), str(log),
                                       str(number)], stdout=subprocess.PIPE)
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n", "a writer does not start"
            time.sleep(pick.random() * 0.6)
            assert writer.poll() is None, "a writer ended by itself"
            os.kill(writer.pid, signal.SIGKILL)
            writer.wait()
            acknowledged = int((log.read_text().split() or ["0"])[-1]) if log.exists() else 0
            found = state(root)
            lost += found < acknowledged
        stop.touch()
        reads = checker.communicate(timeout=60)[0].decode().strip()
        assert checker.returncode == 0, "the checker saw a torn revision"
        print(f"kills: {options.kills}, writes: {state(root)}, acknowledged writes lost: {lost}, "
              f"reads meanwhile: {reads}, torn: 0, failed starts: 0, "
              f"revisions left: {len(list((root / 'revisions').iterdir()))}, "
              f"seconds: {time.monotonic() - began:.0f}")
    raise SystemExit(lost > 0)


if __name__ == "__main__":
    main()
