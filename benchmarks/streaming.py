"""Memory of the whole process tree while long answers are read, format by format.

    python benchmarks/streaming.py [--megabytes 500] [--cases 20000] [--only SELECT|CONSTRUCT|graph]

Every kind of answer that may be long: SELECT, CONSTRUCT and whole graphs, plain and compressed,
read as fast as they come. Prints Markdown; fails when the tree grew by more than the bound.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from engines import GRAPH, Engine, Growth, equipoise, free_port, generate

BOUNDS = {"SELECT": 150, "graph": 150, "CONSTRUCT": 150}
"""Megabytes that the tree may grow by: the buffers of one answer, what the engine keeps of a large
store, and for CONSTRUCT the window within which repeats are left out."""
SELECT = "SELECT ?s ?p ?o ?x {{ ?s ?p ?o VALUES ?x {{ {numbers} }} }}"
CONSTRUCT = ("CONSTRUCT {{ ?t ?p ?o }} WHERE {{ ?s ?p ?o VALUES ?x {{ {numbers} }} "
             "BIND(IRI(CONCAT(STR(?s), '-', STR(?x))) AS ?t) }}")


@dataclass(frozen=True)
class Read:
    """What reading one answer took: megabytes as sent and unpacked, seconds, growth of the tree."""

    name: str
    sent: float
    unpacked: float
    seconds: float
    grown: float


def read(engine: Engine, name: str, path: str, accept: str, *, gzip: bool) -> Read:
    """Read an answer to the end, watching the server's memory."""
    headers = {"Accept": accept} | ({"Accept-Encoding": "gzip"} if gzip else {})
    root = engine.url.rsplit("/", 1)[0]
    growth = Growth(engine.pid)
    began, sent, unpacked = time.perf_counter(), 0, 0
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS) if gzip else None
    tail = b""
    request = Request(root + path, headers=headers)
    with growth, urlopen(request, timeout=3600) as answer:
        while chunk := answer.read(1 << 18):
            sent += len(chunk)
            data = unpack.decompress(chunk) if unpack else chunk
            unpacked += len(data)
            tail = (tail + data)[-200:]
        took = time.perf_counter() - began
    if b"incomplete" in tail:
        raise RuntimeError(f"{name}: {tail!r}")
    return Read(name + (" gzip" if gzip else ""), sent / 1e6, unpacked / 1e6, took,
                growth.bytes / 1e6)


def main() -> None:
    """Serve, read everything there is to read, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--megabytes", type=int, default=500, help="About how long answers are.")
    parser.add_argument("--only", default="", help="Answers whose name begins so; graphs are as "
                        "large as the data: 20,000 cases are 20 MB.")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "cases.nt"
        generate(data, options.cases)
        # A row of the whole is some 150 bytes in N-Triples, more in JSON and XML.
        times = max(1, options.megabytes * 1_000_000 // (options.cases * 10 * 150))
        numbers = " ".join(map(str, range(times)))
        asked = [
            *((f"SELECT, {kind}", SELECT, f"application/sparql-results+{kind}")
              for kind in ("json", "xml")),
            ("SELECT, csv", SELECT, "text/csv"),
            ("SELECT, tsv", SELECT, "text/tab-separated-values"),
            *((f"CONSTRUCT, {kind}", CONSTRUCT, kind)
              for kind in ("text/turtle", "application/n-triples", "application/rdf+xml",
                           "application/ld+json")),
        ]
        limits = ["--query-timeout", "3600"]
        with equipoise(folder, data, free_port(), *limits, cases=options.cases) as engine:
            read(engine, "warm", f"/graphs?graph={quote(GRAPH, safe='')}", "text/turtle",
                 gzip=False)
            for label, text, accept in asked:
                if not label.startswith(options.only):
                    continue
                path = f"/sparql?{urlencode({'query': text.format(numbers=numbers)})}"
                for gzip in (False, True):
                    rows.append(read(engine, label, path, accept, gzip=gzip))
                    print(rows[-1], flush=True)
            for kind in ("text/turtle", "application/rdf+xml", "application/ld+json"):
                for gzip in (False, True) if "graph".startswith(options.only) else ():
                    rows.append(read(engine, f"graph, {kind}",
                                     f"/graphs?graph={quote(GRAPH, safe='')}", kind, gzip=gzip))
                    print(rows[-1], flush=True)
    print("| answer | MB sent | MB unpacked | seconds | tree grew by, MB |")
    print("| --- " * 5 + "|")
    for row in rows:
        print(f"| {row.name} | {row.sent:.0f} | {row.unpacked:.0f} | {row.seconds:.0f} | "
              f"{row.grown:.0f} |")
    raise SystemExit(any(row.grown > BOUNDS[row.name.partition(",")[0]] for row in rows))


if __name__ == "__main__":
    main()
