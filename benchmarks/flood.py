"""Eight runaway queries at a time for a minute, with look-ups beside them.

    python benchmarks/flood.py [--seconds 60] [--cases 20000]

Prints how late the latest answer to a runaway came, how long look-ups took meanwhile, how much
memory the whole process tree held, and how much CPU it used after the flood.
"""

from __future__ import annotations

import argparse
import http.client
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import quote, urlsplit

from engines import EQ, ID, equipoise, free_port, generate, tree, tree_cpu, tree_memory

DEADLINE = 5.0
MEMORY = 512
PROCESSES = 2
WORKERS = 2
RUNAWAYS = [
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    (f"SELECT (COUNT(*) AS ?n) {{ ?a (<{EQ}supports>|^<{EQ}supports>)* ?b . "
    f"?b (<{EQ}usesTechnology>|^<{EQ}usesTechnology>)* ?c }}"),
    "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?a",
    "ASK " + "{" * 10_000 + "}" * 10_000,
    "ASK { FILTER(" + "!" * 30_000 + "true) }",
    "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?f))) AS ?t) { ?a ?b ?c . ?d ?e ?f }",
    'SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), CONCAT(STR(?f), "+"))) }',
    "SELECT DISTINCT ?a ?f { ?a ?b ?c . ?d ?e ?f }",
]


def fetch(port: int, path: str, body: bytes | None = None, timeout: float = 60) -> int:
    """Status of one request, its whole answer read."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        headers = {"Accept": "application/sparql-results+json"}
        if body is None:
            connection.request("GET", path, headers=headers)
        else:
            headers["Content-Type"] = "application/sparql-query"
            connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        while answer.read(1 << 16):
            pass
        return answer.status
    finally:
        connection.close()


def flood(port: int, seconds: float, pid: int) -> dict[str, object]:
    """Run the flood; what was seen."""
    end = time.monotonic() + seconds
    runaways: list[tuple[int, float]] = []
    lookups: list[float] = []
    peak, largest = 0, 0
    guard = threading.Lock()

    def runaway(number: int) -> None:
        while time.monotonic() < end:
            query = RUNAWAYS[number % len(RUNAWAYS)]
            number += 1
            began = time.monotonic()
            try:
                status = fetch(port, "/sparql", query.encode())
            except (OSError, http.client.HTTPException):
                status = 0  # an answer that had begun was broken off
            with guard:
                runaways.append((status, time.monotonic() - began))

    def look_up() -> None:
        number = 0
        while time.monotonic() < end:
            number += 1
            query = quote(f"SELECT ?p ?o WHERE {{ <{ID}case/c{number % 19_000}> ?p ?o }}")
            began = time.monotonic()
            assert fetch(port, f"/sparql?query={query}") == 200
            with guard:
                lookups.append(time.monotonic() - began)
            time.sleep(0.01)

    threads = [threading.Thread(target=runaway, args=(n,)) for n in range(8)]
    threads += [threading.Thread(target=look_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        peak = max(peak, tree_memory(pid))
        largest = max(largest, len(tree(pid)))
        time.sleep(0.2)
    time.sleep(2)
    before = tree_cpu(pid)
    time.sleep(2)
    lookups.sort()
    return {
        "statuses": dict(Counter(status for status, _ in runaways)),
        "latest answer, s": max(took for _, took in runaways),
        "look-ups": len(lookups),
        "look-up median, ms": lookups[len(lookups) // 2] * 1e3,
        "look-up p99, ms": lookups[int(len(lookups) * 0.99)] * 1e3,
        "peak memory, MB": peak / 1e6,
        "processes": largest,
        "CPU in the two seconds after, s": tree_cpu(pid) - before,
    }


def main() -> None:
    """Serve, flood, and compare with the bars."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--cases", type=int, default=20_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "cases.nt"
        generate(data, options.cases)
        limits = ["--query-timeout", str(DEADLINE), "--query-memory", str(MEMORY),
                  "--query-processes", str(PROCESSES)]
        with equipoise(folder, data, free_port(), *limits, cases=options.cases) as engine:
            port = urlsplit(engine.url).port
            assert port is not None
            found = flood(port, options.seconds, engine.pid)
    for key, value in found.items():
        print(f"{key}: {value:.1f}" if isinstance(value, float) else f"{key}: {value}")
    bound = WORKERS * 2 * PROCESSES * (MEMORY + 150) + 300 * (WORKERS + 1)
    bars = {
        "every answer within the deadline and a second": found["latest answer, s"] <= DEADLINE + 1,
        "look-ups p99 under 250 ms": found["look-up p99, ms"] < 250,
        f"memory under its bound of {bound} MB": found["peak memory, MB"] < bound,
        "idle two seconds after": found["CPU in the two seconds after, s"] < 0.2,
        "nothing but documented answers": set(found["statuses"]) <= {200, 400, 413, 503, 504},
    }
    for bar, met in bars.items():
        print(f"{'met ' if met else 'MISSED'} {bar}")
    raise SystemExit(not all(bars.values()))


if __name__ == "__main__":
    main()
