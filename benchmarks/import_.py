"""How fast data come in: tables against the clock, N-Triples against Oxigraph's own bulk loader.

    python benchmarks/import_.py tables --cases 100000 --links 700000
    python benchmarks/import_.py triples --triples 2000000
    python benchmarks/import_.py linked --cases 200000
    python benchmarks/import_.py writes --cases 100000 --links 700000

Prints one line of figures per run. The tables have seven links per case in a links table, with
reasons. The linked triples have seven link records per case and no plain triples, so that all of
them are derived. Peak memory is that of the whole process. ``writes`` imports the tables and then
changes a little of what they made, each change published before the next.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from kg.ingest.carrying import ImportOptions, import_files
from kg.store import open_store

TARGETS = ["1.3", "2.4", "3.8", "4.4", "5.2", "6.3", "7.2", "8.5", "9.5", "10.2", "11.2", "12.5",
           "13.1", "14.4", "15.1", "16.6", "17.6", "3.4", "3.d", "9.1"]
PRINCIPLES = ["privacy", "fairness", "transparency", "accountability", "beneficence"]
COUNTRIES = ["KE", "DE", "BR", "IN", "Japan", "United States", "XZ"]


def write_tables(directory: Path, cases: int, links: int) -> list[Path]:
    """A cases table and a links table."""
    draw = random.Random(1)
    case_file, link_file = directory / "cases.csv", directory / "links.csv"
    with case_file.open("w", encoding="utf-8") as stream:
        stream.write("id,title,summary,organisations,countries,start_year,status,technologies,"
                     "source_url,source_title,source_kind,source_year\n")
        for number in range(cases):
            stream.write(
                f"case-{number},Case number {number},A generated case about topic {number % 997}.,"
                f"Organisation {number % 5000} (developer); Agency {number % 300} (deployer),"
                f"{draw.choice(COUNTRIES)},{draw.randint(2000, 2025)},deployed,,"
                f"https://example.org/source/{number},Report {number},report,2024\n"
            )
    per_case = links // cases
    with link_file.open("w", encoding="utf-8") as stream:
        stream.write("case,predicate,object,directness,rationale\n")
        for number in range(cases):
            chosen = draw.sample(TARGETS, per_case - 2)
            for index, target in enumerate(chosen):
                word = "supports" if index % 3 else "undermines"
                stream.write(f"case-{number},{word},{target},direct,It bears on {target}.\n")
            for word, principle in zip(("upholds", "violates"), draw.sample(PRINCIPLES, 2),
                                       strict=True):
                stream.write(f"case-{number},{word},{principle},,It bears on {principle}.\n")
    return [case_file, link_file]


def write_triples(path: Path, triples: int) -> None:
    """N-Triples about things, ten statements each."""
    things = triples // 10
    with path.open("w", encoding="utf-8") as stream:
        for number in range(things):
            subject = f"<https://example.org/thing/{number}>"
            lines = [
                (f"{subject} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
                "<https://example.org/o#Thing> .\n"),
                f'{subject} <http://www.w3.org/2000/01/rdf-schema#label> "Thing {number}"@en .\n',
            ]
            lines += [
                f"{subject} <https://example.org/o#p{k}> "
                f"<https://example.org/thing/{(number * 7919 + k * 104_729) % things}> .\n"
                for k in range(8)
            ]
            stream.write("".join(lines))


def write_linked(path: Path, cases: int) -> None:
    """N-Triples of cases with seven link records each."""
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    eq, things = "https://w3id.org/equipoise/ontology#", "https://w3id.org/equipoise/id"
    with path.open("w", encoding="utf-8") as stream:
        for number in range(cases):
            case = f"<{things}/case/case-{number}>"
            lines = [
                f"{case} <{rdf}type> <{eq}Case> .\n",
                f'{case} <http://purl.org/dc/terms/title> "Case number {number}"@en .\n',
            ]
            for place in range(7):
                link = f"<{things}/link/{number:016x}{place:08x}>"
                target = TARGETS[(number + place * 3) % len(TARGETS)]
                lines += [
                    f"{link} <{rdf}type> <{eq}Link> .\n",
                    f"{link} <{rdf}subject> {case} .\n",
                    f"{link} <{rdf}predicate> <{eq}supports> .\n",
                    f"{link} <{rdf}object> <http://metadata.un.org/sdg/{target}> .\n",
                    f'{link} <{eq}rationale> "It bears on {target}."@en .\n',
                ]
            stream.write("".join(lines))


def run_tables(cases: int, links: int) -> None:
    """Import generated tables into a fresh shipped store."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        files = write_tables(directory, cases, links)
        store = open_store(directory / "store")
        begun = time.perf_counter()
        report = import_files(store, files, ImportOptions(dataset="bench"))
        seconds = time.perf_counter() - begun
        rows = sum(item.taken for item in report.files)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"tables: {cases:,} cases, {links:,} links, {rows:,} rows taken: {seconds:.1f} s, "
              f"peak {peak:.2f} GB, {report.findings.errors} errors")


def run_triples(write: Callable[[Path, int], None], size: int) -> None:
    """Import generated N-Triples; the same file through Oxigraph's bulk loader for comparison."""
    import pyoxigraph as ox

    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        path = directory / "things.nt"
        write(path, size)
        store = open_store(directory / "store")
        for turn in range(2):
            begun, spent = time.perf_counter(), time.process_time()
            plain = ox.Store(str(directory / f"plain{turn}"))
            plain.bulk_load(path=str(path), format=ox.RdfFormat.N_TRIPLES,
                            to_graph=ox.NamedNode("https://example.org/g"))
            plain.flush()
            del plain
            reference, spent = time.perf_counter() - begun, time.process_time() - spent
            begun, ours_spent = time.perf_counter(), time.process_time()
            import_files(store, [path], ImportOptions(dataset=f"things-{turn}"))
            ours, ours_spent = time.perf_counter() - begun, time.process_time() - ours_spent
            print(f"{write.__name__.removeprefix('write_')}: {size:,}: bulk loader "
                  f"{reference:.1f} s, kg import {ours:.1f} s, "
                  f"speed {reference / ours:.0%} of the bulk loader's; processor time "
                  f"{spent:.1f} s and {ours_spent:.1f} s, {spent / ours_spent:.0%}", flush=True)


def run_writes(cases: int, links: int) -> None:
    """Small changes in a large dataset."""
    from kg.linking.review import decide

    graph = "https://w3id.org/equipoise/dataset/bench"
    label = f"GRAPH <{graph}> {{ <https://example.org/x> rdfs:label %s }}"
    updates = {
        "INSERT DATA": f"INSERT DATA {{ {label % '1'} }}",
        "INSERT ... WHERE": f"INSERT {{ {label % '?n'} }} WHERE {{ BIND(2 AS ?n) }}",
        "DELETE ... WHERE": f"DELETE {{ {label % '?n'} }} WHERE {{ {label % '?n'} }}",
    }
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        store = open_store(directory / "store")
        import_files(store, write_tables(directory, cases, links), ImportOptions(dataset="bench"))
        for what, update in updates.items():
            begun = time.perf_counter()
            with store.writer(what) as write:
                write.update(update)
            print(f"writes: {what}: {time.perf_counter() - begun:.2f} s", flush=True)
        store.refresh()
        found = store.query(
            f"SELECT ?l {{ GRAPH <{graph}> {{ ?l a eq:Link ; rdf:predicate eq:upholds }} }} LIMIT 1"
        )
        link = next(iter(found))["l"].value
        begun = time.perf_counter()
        decide(store, [link], "rejected", reviewer="Benchmark")
        print(f"writes: a verdict on one link: {time.perf_counter() - begun:.2f} s", flush=True)


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["tables", "triples", "linked", "writes"])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--links", type=int, default=700_000)
    parser.add_argument("--triples", type=int, default=2_000_000)
    given = parser.parse_args()
    if given.what == "tables":
        run_tables(given.cases, given.links)
    elif given.what == "writes":
        run_writes(given.cases, given.links)
    elif given.what == "triples":
        run_triples(write_triples, given.triples)
    else:
        run_triples(write_linked, given.cases)


if __name__ == "__main__":
    main()
