"""Schemathesis on the description of the API: every check, on every operation, with and without a
token.

    pip install schemathesis
    python benchmarks/described.py [--examples 100] [--schemathesis st]

Nothing may be accepted that the description forbids, answered that it does not know, or fail. What
it allows may still be refused for the reasons below, which no description can hold.
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engines import free_port

REFUSALS = {
    "names that mean nothing in this graph, or nothing together": [
        "coverage", "gaps", "robustness", "crosswalk", "compare", "network", "profile", "suggest",
        "export", "report", "review", "decide", "getDataset",
    ],
    "a question has parameters of its own, and answers rows or triples": ["question"],
    "JSON inside a parameter, and identifiers of things": [
        "reconcile", "reconcile_post", "preview", "view", "propose_properties",
    ],
    "a file whose content is no document, kinds that are none": ["link"],
}
"""Why a request that fits the description may get 400 all the same, by operation."""
TOKEN = "a token of this run"


def configuration() -> str:
    """Settings of schemathesis: where a refusal of described data is right."""
    accepted = "checks.positive_data_acceptance.expected-statuses = "
    found = ["warnings = false", f'{accepted}["2xx", "3xx", "401", "403", "404"]']
    for reason, operations in REFUSALS.items():
        for operation in operations:
            found += [
                f"# {reason}", "[[operations]]", f'include-operation-id = "{operation}"',
                f'{accepted}["2xx", "3xx", "400", "401", "403", "404", "406"]',
            ]
    return "\n".join(found)


@contextmanager
def serving(store: Path) -> Iterator[str]:
    """The shipped graph behind a token."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "kg.cli", "serve", "--store", str(store), "--port", str(port),
         "--workers", "1"],
        env={**os.environ, "KG_TOKEN": TOKEN}, stdout=subprocess.DEVNULL,
    )
    root = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            with suppress(OSError), urllib.request.urlopen(f"{root}/readyz") as answer:
                if answer.status == 200:
                    break
            time.sleep(0.1)
        yield root
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def main() -> None:
    """Serve and check; ends with the worse of both exit codes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--schemathesis", default="st", help="The command.")
    options = parser.parse_args()
    codes = []
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder, "schemathesis.toml")
        settings.write_text(configuration())
        store = Path(folder, "store")
        subprocess.run([sys.executable, "-m", "kg.cli", "init", "--store", str(store)], check=True)
        with serving(store) as root:
            for token in ([], ["-H", f"Authorization: Bearer {TOKEN}"]):
                print("with a token" if token else "without a token", flush=True)
                codes.append(subprocess.run(
                    [*shlex.split(options.schemathesis), "--config-file", str(settings), "run",
                     f"{root}/api/v1/openapi.json", "--checks", "all", "--continue-on-failure",
                     "--max-examples", str(options.examples), "--seed", str(options.seed),
                     "--phases", "examples,coverage,fuzzing,stateful", "--no-shrink",
                     "--suppress-health-check", "all", "--request-timeout", "60", *token],
                    cwd=folder, check=False,
                ).returncode)
    raise SystemExit(max(codes))


if __name__ == "__main__":
    main()
