"""The W3C's SPARQL test suites over HTTP, against this service and Oxigraph's server in one run.

    python benchmarks/w3c.py FOLDER [--failed]

FOLDER holds ``sparql11/`` and, if wanted, ``dawg-data-r2/`` as the W3C publishes them (rdflib's
source archive has both under ``test/data/suites/w3c``); nothing of them is kept here. Every test
starts from an empty store: its graphs go in by the Graph Store Protocol, its request by the SPARQL
Protocol, and what comes back is compared by value and up to the names of blank nodes. Suites of
other things (entailment, service, protocol, service description, Graph Store) are left out.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pyoxigraph as ox
from engines import free_port, process
from w3c_suites import MF, QT, UT, Manifest, as_graph, canonical, expected, same_triples, solutions

LEFT_OUT = {"entailment", "service", "protocol", "service-description", "http-rdf-update"}
MEDIA = {"json": "application/sparql-results+json", "csv": "text/csv",
         "tsv": "text/tab-separated-values", "nt": "application/n-triples"}


@dataclass
class Server:
    """Where to send what.

    Args:
        name: For the table.
        query: Query address.
        update: Update address.
        graphs: Graph Store address.
    """

    name: str
    query: str
    update: str
    graphs: str
    connection: HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = HTTPConnection(urlsplit(self.query).netloc, timeout=60)

    def send(self, method: str, url: str, body: str = "", **headers: str) -> tuple[int, bytes]:
        """One request: status and body of the answer."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        address = url.removeprefix(f"http://{urlsplit(url).netloc}")
        self.connection.request(method, address, body.encode(), named)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def change(self, update: str) -> tuple[int, bytes]:
        """Run an update."""
        return self.send("POST", self.update, update, Content_Type="application/sparql-update")

    def ask(self, query: str, media: str) -> tuple[int, bytes]:
        """Run a query."""
        return self.send("POST", self.query, query, Content_Type="application/sparql-query",
                         Accept=media)

    def fill(self, dataset: dict[str, str]) -> None:
        """Make the store hold these graphs of N-Triples and nothing else; ``""`` is the default."""
        assert self.change("DROP ALL")[0] < 300
        for graph, triples in dataset.items():
            place = f"graph={quote(graph, safe='')}" if graph else "default"
            status, said = self.send("PUT", f"{self.graphs}?{place}", triples,
                                     Content_Type=MEDIA["nt"])
            assert status < 300, (status, said[:300])

    def holdings(self) -> dict[str, str]:
        """All graphs that hold something."""
        found = {"": self.send("GET", f"{self.graphs}?default", Accept=MEDIA["nt"])[1].decode()}
        _, data = self.ask("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", MEDIA["json"])
        for row in ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON):
            address = f"{self.graphs}?graph={quote(row['g'].value, safe='')}"
            found[row["g"].value] = self.send("GET", address, Accept=MEDIA["nt"])[1].decode()
        return {name: text for name, text in found.items() if text.strip()}


def check_query(server: Server, manifest: Manifest, test: Any) -> str:
    """Run a query test; what is wrong, if anything is."""
    action = manifest.value(test, MF + "action")
    query = manifest.value(action, QT + "query")
    text = manifest.file(query).read_text("utf-8-sig")
    dataset = manifest.dataset(action, QT)
    for name in re.findall(r"\bFROM\s+(?:NAMED\s+)?<([^>]*)>", text):
        iri = ox.NamedNode(urljoin(query.value, name))  # a service has them before it is asked
        dataset.setdefault(iri.value, manifest.triples(iri))
    server.fill(dataset)
    result = manifest.value(test, MF + "result")
    if manifest.file(result).suffix == ".csv":
        status, data = server.ask(text, MEDIA["csv"])
        lines = Counter(data.decode().splitlines())
        wanted_lines = Counter(manifest.file(result).read_text().splitlines())
        return "" if status == 200 and lines == wanted_lines else f"{status}, other rows"
    wanted = expected(manifest, result)
    media = MEDIA["nt"] if isinstance(wanted, str) else MEDIA["json"]
    if manifest.file(result).suffix == ".tsv":
        media = MEDIA["tsv"]
    status, data = server.ask(f"BASE <{query.value}>\n{text}", media)
    if status != 200:
        return f"{status} {data[:200]!r}"
    if isinstance(wanted, str):
        return "" if same_triples(data.decode(), wanted) else "another graph"
    form = ox.QueryResultsFormat.from_media_type(media)
    found = solutions(ox.parse_query_results(data, format=form))
    if isinstance(wanted, bool) or isinstance(found, bool):
        return "" if found is wanted else f"{found}"
    if manifest.value(test, MF + "resultCardinality") is not None:
        return "" if all(row in wanted for row in found) else "other rows"
    if "ORDER BY" in text.upper() and not any(
        isinstance(term, ox.BlankNode) for row in wanted for term in row.values()
    ):
        ordered = [[(key, canonical(row[key])) for key in sorted(row)] for row in found]
        like = [[(key, canonical(row[key])) for key in sorted(row)] for row in wanted]
        return "" if ordered == like else "other rows, or in another order"
    return "" if as_graph(found) == as_graph(wanted) else "other rows"


def check_update(server: Server, manifest: Manifest, test: Any) -> str:
    """Run an update test; what is wrong, if anything is."""
    action, result = (manifest.value(test, MF + part) for part in ("action", "result"))
    request = manifest.value(action, UT + "request")
    server.fill(manifest.dataset(action, UT))
    text = manifest.file(request).read_text("utf-8-sig")
    status, said = server.change(f"BASE <{request.value}>\n{text}")
    if status >= 300:
        return f"{status} {said[:200]!r}"
    wanted = manifest.dataset(result, UT)
    found = server.holdings()
    for name in wanted.keys() | found.keys():
        if not same_triples(found.get(name, ""), wanted.get(name, "")):
            return f"graph {name or 'default'} is another"
    return ""


def check_syntax(server: Server, manifest: Manifest, test: Any, kind: str) -> str:
    """Send a request that is or is not well-formed."""
    text = manifest.file(manifest.value(test, MF + "action")).read_text("utf-8")
    send = server.change if "Update" in kind else lambda words: server.ask(words, "*/*")
    status, said = send(text)
    fits = 400 <= status < 500 if "Negative" in kind else status < 300
    return "" if fits else f"{status} {said[:160]!r}"


def run(server: Server, root: Path, *, failed: bool) -> dict[str, list[int]]:
    """All tests: by group, how many passed and how many there are."""
    found: dict[str, list[int]] = {}
    for path in sorted(root.glob("*/*/manifest.ttl")):
        if path.parent.name in LEFT_OUT:
            continue
        manifest = Manifest(path, root)
        for test, kind in manifest.tests():
            group = "update" if "Update" in kind else "query"
            group = f"{path.relative_to(root).parts[0]} {group}"
            if "Syntax" in kind:
                group = "federation syntax" if path.parent.name == "syntax-fed" else (
                    f"{group} syntax")
            try:
                if "Syntax" in kind:
                    wrong = check_syntax(server, manifest, test, kind)
                elif "Update" in kind:
                    wrong = check_update(server, manifest, test)
                else:
                    wrong = check_query(server, manifest, test)
            except (AssertionError, AttributeError, SyntaxError, ValueError) as error:
                wrong = f"{type(error).__name__}: {error}"
            tally = found.setdefault(group, [0, 0])
            tally[0] += not wrong
            tally[1] += 1
            if wrong and failed:
                print(f"{server.name}: {test.value.rpartition('#')[2]} ({kind}): {wrong}",
                      file=sys.stderr, flush=True)
    return found


@contextlib.contextmanager
def equipoise(folder: Path) -> Iterator[Server]:
    """This service on an empty store, as one who tests it starts it."""
    store, address = folder / "store", f"http://127.0.0.1:{(port := free_port())}"
    kg = [sys.executable, "-m", "kg.cli"]
    subprocess.run([*kg, "init", "--empty", "--store", str(store)], check=True,
                   capture_output=True)
    command = [*kg, "serve", "--store", str(store), "--port", str(port), "--open-writes",
               "--default-graph", "strict"]
    with process(command, f"{address}/sparql"):
        yield Server("Equipoise", f"{address}/sparql", f"{address}/sparql", f"{address}/graphs")


@contextlib.contextmanager
def oxigraph(folder: Path) -> Iterator[Server]:
    """Oxigraph's own server (PyPI ``oxigraph``) on an empty store."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("oxigraph")), "serve", "-l",
               str(folder / "oxigraph"), "-b", f"127.0.0.1:{port}"]
    address = f"http://127.0.0.1:{port}"
    with process(command, f"{address}/query"):
        yield Server("Oxigraph", f"{address}/query", f"{address}/update", f"{address}/store")


def main() -> None:
    """Run everything and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--failed", action="store_true", help="say what failed, and how")
    options = parser.parse_args()
    root = options.folder.resolve()
    counted = {}
    for start in (equipoise, oxigraph):
        with tempfile.TemporaryDirectory() as name, start(Path(name)) as server:
            counted[server.name] = run(server, root, failed=options.failed)
    print(f"| suite | {' | '.join(counted)} |\n{'| --- ' * (len(counted) + 1)}|")
    for group in sorted(set().union(*counted.values())):
        cells = ["{}/{}".format(*found.get(group, [0, 0])) for found in counted.values()]
        print(f"| {group} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
