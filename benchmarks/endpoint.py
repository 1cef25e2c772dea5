"""Look-ups, aggregates and long answers, against other servers on the same data in the same run.

    python benchmarks/endpoint.py [--cases 100000] [--seconds 8] [--rdflib-endpoint PYTHON]

Needs ``wrk``; takes Oxigraph's server from the environment, Virtuoso from Debian's
``virtuoso-opensource-7`` and rdflib-endpoint from the environment of the Python named (in memory,
the same data). Prints Markdown.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from engines import (
    EQ,
    ID,
    Engine,
    Growth,
    equipoise,
    free_port,
    generate,
    oxigraph,
    rdflib_endpoint,
    require,
    virtuoso,
)

LOOKUP = f"SELECT ?p ?o WHERE {{ <{ID}case/c%NUMBER%> ?p ?o }}"
# The limit differs from request to request, so that no server answers from a cache.
AGGREGATE = (
    f"SELECT ?t (COUNT(DISTINCT ?c) AS ?n) WHERE {{ ?c <{EQ}usesTechnology> ?t ; "
    f"<{EQ}country> <{ID}country/C7> }} GROUP BY ?t ORDER BY DESC(?n) LIMIT %NUMBER%"
)
HEAVY = (
    f"SELECT ?t (COUNT(?c) AS ?n) WHERE {{ ?c <{EQ}supports> ?t }} "
    "GROUP BY ?t ORDER BY DESC(?n) LIMIT %NUMBER%"
)
_ENOUGH = 60_000.0
STREAM = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
_LUA = """
math.randomseed({seed})
local a, b = [[{head}]], [[{tail}]]
request = function()
  return wrk.format("GET", a .. math.random(1, {top}) .. b,
    {{["Accept"] = "application/sparql-results+json"}})
end
"""


def load(
    engine: Engine, query: str, *, connections: int, seconds: int, top: int
) -> dict[str, float]:
    """Requests a second and latencies, as wrk sees them."""
    from urllib.parse import quote, urlsplit

    parts = urlsplit(engine.url)
    head, tail = (quote(part, safe="") for part in query.split("%NUMBER%"))
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(
            _LUA.format(seed=connections, head=f"{parts.path}?query={head}", tail=tail, top=top)
        )
        script.flush()
        text = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--timeout", "30", "--latency", "-s",
             script.name, f"http://{parts.netloc}/"],
            check=True, capture_output=True, text=True,
        ).stdout
    if "Non-2xx" in text:
        raise RuntimeError(f"{engine.name}: {text}")
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]),
        "median": _milliseconds(re.search(r"50%\s+([\d.]+\w+)", text)[1]),
        "p99": _milliseconds(re.search(r"99%\s+([\d.]+\w+)", text)[1]),
    }


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(\w+)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}[unit]


def best_of(engine: Engine, query: str, repeats: int = 12) -> float:
    """Shortest time of one client on one connection, in milliseconds.

    As many repeats as it takes for every process of a server to have answered before.
    """
    from http.client import HTTPConnection
    from urllib.parse import urlencode, urlsplit

    parts = urlsplit(engine.url)
    connection = HTTPConnection(parts.netloc, timeout=600)
    headers = {"Accept": "application/sparql-results+json"}
    times: list[float] = []
    while len(times) < repeats and sum(times) < _ENOUGH:
        text = query.replace("%NUMBER%", str(100 + len(times)))
        began = time.perf_counter()
        connection.request("GET", f"{parts.path}?{urlencode({'query': text})}", headers=headers)
        answer = connection.getresponse()
        data = answer.read()
        times.append((time.perf_counter() - began) * 1e3)
        assert answer.status == 200, data[:300]
    connection.close()
    return min(times)


def stream(engine: Engine) -> tuple[float, float, float]:
    """Seconds, megabytes received, and megabytes of memory the server grew by."""
    from urllib.parse import urlencode
    from urllib.request import Request, urlopen

    growth = Growth(engine.pid)
    began, size = time.perf_counter(), 0
    request = Request(f"{engine.url}?{urlencode({'query': STREAM})}",
                      headers={"Accept": "application/sparql-results+json"})
    with growth, urlopen(request, timeout=1200) as answer:
        while chunk := answer.read(1 << 20):
            size += len(chunk)
        took = time.perf_counter() - began
    return took, size / 1e6, growth.bytes / 1e6


def in_process(folder: Path, cases: int) -> dict[str, float]:
    """The engine called directly, in milliseconds."""
    import pyoxigraph as ox

    from kg.store.embedded import EmbeddedStore

    snapshot = EmbeddedStore(folder / f"store-{cases}").snapshot()
    found = {}
    for name, query in (("aggregate", AGGREGATE), ("heavy", HEAVY)):
        times = []
        for number in range(12):
            began = time.perf_counter()
            snapshot.query(query.replace("%NUMBER%", str(100 + number))).serialize(
                format=ox.QueryResultsFormat.JSON
            )
            times.append((time.perf_counter() - began) * 1e3)
        found[name] = min(times)
    return found


def measure(engine: Engine, seconds: int) -> dict[str, object]:
    """Everything about one server."""
    found: dict[str, object] = {"name": engine.name, "cases": engine.cases}
    for connections in (1, 8, 64):
        found[f"lookup {connections}"] = load(
            engine, LOOKUP, connections=connections, seconds=seconds, top=engine.cases - 1
        )
    found["aggregate"] = best_of(engine, AGGREGATE)
    found["heavy"] = best_of(engine, HEAVY)
    found["stream"] = stream(engine)
    print(found, file=sys.stderr, flush=True)
    return found


def table(rows: list[dict[str, object]], direct: dict[str, float]) -> str:
    """The results as Markdown."""
    lines = [
        ("| server | cases | look-ups/s ×1 | ×8 | ×64 | p99 at 8, ms | small aggregate, ms | "
        "large aggregate, ms | whole dataset, s | MB | memory, MB |"),
        "| --- " * 11 + "|",
    ]
    for row in rows:
        rates = [f"{row[f'lookup {n}']['rate']:,.0f}" for n in (1, 8, 64)]
        took, size, memory = row["stream"]
        lines.append(
            f"| {row['name']} | {row['cases']:,} | {' | '.join(rates)} | "
            f"{row['lookup 8']['p99']:.1f} | {row['aggregate']:.1f} | {row['heavy']:.0f} | "
            f"{took:.1f} | {size:.0f} | {memory:.0f} |"
        )
    lines.append(
        f"| engine in process | | | | | | {direct['aggregate']:.1f} | {direct['heavy']:.0f} | | | |"
    )
    return "\n".join(lines)


def main() -> None:
    """Run all servers, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--folder", type=Path, help="Keep generated data here.")
    parser.add_argument("--rdflib-endpoint", type=Path, metavar="PYTHON")
    options = parser.parse_args()
    require("wrk")
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        data = folder / f"{options.cases}.nt"
        generate(data, options.cases)
        rows = []
        with equipoise(folder, data, free_port(), "--query-timeout", "600",
                       cases=options.cases) as engine:
            rows.append(measure(engine, options.seconds))
        direct = in_process(folder, options.cases)
        with oxigraph(folder, data, free_port(), cases=options.cases) as engine:
            rows.append(measure(engine, options.seconds))
        if shutil.which("virtuoso-t"):
            with virtuoso(folder, data, free_port(), cases=options.cases) as engine:
                rows.append(measure(engine, options.seconds))
        if options.rdflib_endpoint:
            with rdflib_endpoint(options.rdflib_endpoint, data, free_port(),
                                 cases=options.cases) as engine:
                rows.append(measure(engine, options.seconds))
        print(table(rows, direct))


if __name__ == "__main__":
    main()
