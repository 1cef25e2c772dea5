"""Mutated queries, updates, headers and paths, by the thousand, against a running service.

    python benchmarks/fuzz.py [--requests 20000]

No answer may be a 5xx that is not documented (503 with Retry-After, 504), none may show a
traceback, and the service must answer as before when it is over. `benchmarks/described.py` asks by
the description of the API instead.
"""

from __future__ import annotations

import argparse
import http.client
import random
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import quote, urlsplit

from engines import equipoise, free_port, generate

from kg.sparql.library import questions

SEEDS = [item.text for item in questions()] + [
    "SELECT * WHERE { ?s ?p ?o } LIMIT 5",
    "ASK { ?s ?p 'x'@en, 1.5e3, true, <http://e/> }",
    "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } } LIMIT 3",
    "DESCRIBE <http://metadata.un.org/sdg/7>",
    "SELECT (COUNT(*) AS ?n) FROM <http://e/> { ?s <p>/<q>*|^<r> ?o FILTER(?o > 3 && !BOUND(?x)) }",
    "INSERT DATA { <a> <b> 1 }",
    "DELETE WHERE { ?s ?p ?o }",
    "LOAD <http://127.0.0.1/x>",
    "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
]
PIECES = ["{", "}", "(", ")", "SELECT", "WHERE", "'''", '"', "<", ">", "\\", "\\u0000", "\x00", "#",
          "?x", "$", "*", "|", "^", "!", "FILTER", "OPTIONAL", "UNION", "SERVICE", "BIND", "VALUES",
          "GROUP BY", "ORDER BY", "LIMIT -1", "LIMIT 99999999999999999999", "\ud800",
          "é", "\U0001f600", "%", "&", ";", ".", "<<", ">>", "1e999", "a", "[]",
          "()", "@en", "^^", "\r\n", "EXISTS"]
TYPES = ["application/sparql-query", "application/sparql-update",
         "application/x-www-form-urlencoded", "text/turtle", "multipart/form-data", "text/plain",
         "application/sparql-query; charset=utf-16", "", ";;", "application/json"]
ACCEPTS = ["*/*", "", "application/sparql-results+json", "text/html", "text/csv;q=0.1", "q=;",
           "application/rdf+xml", "image/png", "a/b;q=nan", ",,,", "text/*;q=1e9", "x" * 5000]
PATHS = ["/sparql", "/sparql/", "/graphs", "/graphs?default", "/graphs?graph=http%3A%2F%2Fe%2F",
         "/graphs/x", "/id/case/c1", "/id/%00", "/id/../../etc/passwd", "/dataset/x", "/sdg/7",
         "/ontology", "/.well-known/void", "/api/v1/questions", "/api/v1/questions/cases-by-year",
         "/api/v1/questions/cases-for-target", "/healthz", "/readyz", "/metrics",
         "/api/v1/openapi.json", "/nothing", "//", "/%ff%fe", "/id/case/%F0%9F%98%80"]
METHODS = ["GET", "GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS",
           "TRACE"]
DOCUMENTED = {503, 504}


def mutated(text: str, pick: random.Random) -> str:
    """A text with a few things wrong."""
    for _ in range(pick.randint(1, 6)):
        at = pick.randint(0, len(text))
        match pick.randint(0, 5):
            case 0:
                text = text[:at] + text[at + pick.randint(1, 10):]
            case 1:
                text = text[:at] + pick.choice(PIECES) + text[at:]
            case 2:
                text = text[:at] + chr(pick.randint(0, 0x2FF)) + text[at + 1:]
            case 3:
                other = pick.choice(SEEDS)
                cut = pick.randint(0, len(other))
                text = text[:at] + other[cut:cut + 40]
            case 4:
                text = text[:at] + pick.choice(PIECES) * pick.choice([2, 20, 400]) + text[at:]
            case _:
                text = text[:at] + text[at:][::-1] if pick.random() < 0.2 else text
    return text[:20_000]


def request(pick: random.Random) -> tuple[str, str, bytes | None, dict[str, str]]:
    """One request that is wrong in some way."""
    method, path = pick.choice(METHODS), pick.choice(PATHS)
    text = mutated(pick.choice(SEEDS), pick)
    raw = text.encode("utf-8", "surrogatepass")
    headers = {"Accept": pick.choice(ACCEPTS)}
    body = None
    if pick.random() < 0.6:
        path = "/sparql"
        if pick.random() < 0.5:
            method, path = "GET", f"/sparql?query={quote(raw)}"
            if pick.random() < 0.2:
                extra = pick.choice(["format=csv", "format=x", "default-graph-uri=http://e/",
                                     "named-graph-uri=%00", "update=x", "query=ASK{}"])
                path += f"&{extra}"
        else:
            method = "POST"
    elif "?" not in path and pick.random() < 0.5:
        path += f"?{pick.choice(['q', 'format', 'target', 'rows', 'x'])}={quote(raw[:300])}"
    if method in {"POST", "PUT", "PATCH"}:
        headers["Content-Type"] = pick.choice(TYPES)
        body = raw if pick.random() < 0.7 else b"query=" + quote(raw).encode()
    if pick.random() < 0.1:
        headers[pick.choice(["If-None-Match", "Accept-Encoding", "Authorization", "Range"])] = (
            pick.choice(["x", "*", 'W/"', "gzip;q=x", "Bearer ", "bytes=0-0"])
        )
    return method, path, body, headers


def run(port: int, count: int, seed: int, seen: Counter, bad: list[str]) -> None:
    """Send some requests and note what is wrong with the answers."""
    pick = random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for _ in range(count):
        method, path, body, headers = request(pick)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
            connection.close()
            seen[type(error).__name__] += 1
            continue
        seen[answer.status] += 1
        if answer.status >= 500 and answer.status not in DOCUMENTED:
            bad.append(f"{answer.status} {method} {path[:200]} {headers} {body!r:.300}")
        if b"Traceback" in data or b'File "/' in data:
            bad.append(f"traceback {method} {path[:200]} {headers} {body!r:.300}")


def main() -> None:
    """Serve, fuzz, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    options = parser.parse_args()
    seen: Counter = Counter()
    bad: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "cases.nt"
        generate(data, 2_000)
        limits = ["--query-timeout", "2", "--query-memory", "256"]
        with equipoise(folder, data, free_port(), *limits, cases=2_000) as engine:
            port = urlsplit(engine.url).port
            assert port is not None
            began = time.monotonic()
            threads = [
                threading.Thread(target=run, args=(port, options.requests // 8, seed, seen, bad))
                for seed in range(8)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            took = time.monotonic() - began
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", "/sparql?query=ASK%7B%7D")
            alive = connection.getresponse().status == 200
    print(f"{sum(seen.values()):,} requests in {took:.0f} s: {dict(seen.most_common())}")
    print(f"alive after: {alive}; wrong answers: {len(bad)}")
    for line in bad[:20]:
        print(" ", line)
    raise SystemExit(bool(bad) or not alive)


if __name__ == "__main__":
    main()
