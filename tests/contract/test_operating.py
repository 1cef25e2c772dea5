"""Backups and restores by the command line, while the service answers and writes."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path

from serving import environment, running

from kg.store.layout import write_atomically


def kg(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "kg.cli", *words], check=True, capture_output=True, text=True,
        env=environment(),
    )
    return done.stdout


def test_backup_and_restore_while_serving(scratch_store: Path, tmp_path: Path) -> None:
    backup = tmp_path / "x.backup"
    wrong: list[str] = []
    stop = threading.Event()
    with running(scratch_store, "--open-writes") as server:
        assert server.update("INSERT DATA { <urn:kept> <urn:p> 1 }").status == 204

        def read_and_write() -> None:
            number = 0
            while not stop.is_set():
                number += 1
                written = server.update(f"INSERT DATA {{ <urn:later{number}> <urn:p> 1 }}")
                found = server.query("ASK { <urn:kept> <urn:p> 1 FILTER(true) }")
                if written.status != 204 or found.status != 200 or not found.json()["boolean"]:
                    wrong.append(f"{written.status} {found.status} {found.text}")

        thread = threading.Thread(target=read_and_write)
        thread.start()
        try:
            kg("backup", str(backup), "--store", str(scratch_store))
        finally:
            stop.set()
            thread.join()
        assert wrong == []
        assert server.update("DROP ALL").status == 204
        assert not server.ask("ASK { ?s a eq:Case }")
        kg("restore", str(backup), "--store", str(scratch_store))
        assert server.ask("ASK { <urn:kept> <urn:p> 1 . ?s a eq:Case }")
        # And back again to a revision of before.
        listed = kg("restore", "--list", "--store", str(scratch_store))
        assert "restored" in listed
        revision = server.get("/readyz").json()["revision"]
        assert server.update("CLEAR ALL").status == 204
        kg("restore", "--revision", revision, "--store", str(scratch_store))
        assert server.ask("ASK { <urn:kept> <urn:p> 1 . ?s a eq:Case }")


def test_a_write_that_another_process_holds_up_is_told_so(scratch_store: Path) -> None:
    """The service waits for the writer's lock as long as a write may take, and reads meanwhile."""
    holding = (
        "import sys; from pathlib import Path; from kg.store.embedded import EmbeddedStore\n"
        "with EmbeddedStore(Path(sys.argv[1])).writer() as w:\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", holding, str(scratch_store)],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with running(scratch_store, "--open-writes", lock_timeout="1") as server:
            answer = server.update("INSERT DATA { <urn:a> <urn:p> 1 }")
            assert answer.status == 503
            assert answer.json()["type"].endswith("/store-locked")
            assert str(holder.pid) in answer.json()["detail"]
            assert server.ask("ASK { ?s a eq:Case }")
            holder.communicate()
            assert server.update("INSERT DATA { <urn:a> <urn:p> 1 }").status == 204
    finally:
        holder.kill()
        holder.wait()


def test_a_store_that_cannot_be_read_is_told_without_its_place(
    shipped_store: Path, tmp_path: Path
) -> None:
    root = tmp_path / "store"
    shutil.copytree(shipped_store, root)
    with running(root, "--open-writes") as server:
        current = (root / "CURRENT").read_text()
        write_atomically(root / "CURRENT", "r000999\n")
        for path in ("/readyz", "/sparql?query=ASK%7B%7D", "/sdg/7", "/api/v1/coverage"):
            answer = server.get(path, accept="*/*")
            assert answer.status == 503, path
            assert answer.json()["type"].endswith("/store-corrupt")
            assert "STORE/CURRENT names r000999" in answer.json()["detail"]
            assert str(tmp_path) not in answer.text
        assert server.update("CLEAR ALL").status == 503
        assert server.get("/healthz").status == 200
        metrics = server.get("/metrics")
        assert metrics.status == 200
        assert "kg_store_revision" not in metrics.text
        write_atomically(root / "CURRENT", current)
        assert server.get("/readyz").status == 200
