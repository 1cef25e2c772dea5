"""Generated corpora: as many cases as wanted, with skewed degrees, the same for the same seed.

``python benchmarks/corpus.py 100000 corpus.nt`` writes N-Triples. The concepts (goals, targets,
principles, technologies, places) are the shipped ones, so a corpus is loaded beside them.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

EQ = "https://w3id.org/equipoise/ontology#"
ID = "https://w3id.org/equipoise/id/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
GRAPH = "https://w3id.org/equipoise/dataset/generated"
_CHUNK = 50_000
_STATUSES = ("deployed", "pilot", "research", "discontinued")
_FIELDS = 12
_RECORDED = 100
"""One case in so many carries link records with evidence; all others state plain triples."""

_LINKS = (
    ("supports", "target", 1.8),
    ("undermines", "target", 0.3),
    ("upholds", "principle", 1.3),
    ("violates", "principle", 0.3),
    ("usesTechnology", "technology", 1.4),
)
"""Predicate, kind of object, mean number per case."""


def members(kind: str, data: Path) -> list[str]:
    """IRIs of the shipped concepts of a kind, sorted."""
    import pyoxigraph as ox

    store = ox.Store()
    for path in sorted(data.glob("*.ttl")):
        if path.stem in ("sdg", "principles", "technologies", "places"):
            store.load(path=str(path), format=ox.RdfFormat.TURTLE)
    patterns = {
        "target": "?x a <http://metadata.un.org/sdg/ontology#Target>",
        "principle": (
            f"?x <http://www.w3.org/2004/02/skos/core#inScheme> <{ID}framework/pivot> ; "
            f"a <{EQ}Principle>"
        ),
        "technology": f"?x a <{EQ}Technology>",
        "country": f"?x a <{EQ}Country>",
    }
    rows = store.query(f"SELECT DISTINCT ?x WHERE {{ {patterns[kind]} }} ORDER BY ?x")
    return [row["x"].value for row in rows]


def generate(cases: int, data: Path, seed: int = 20) -> Iterator[str]:
    """Lines of N-Triples, a few megabytes at a time.

    Breadth is geometric, popularity falls off like 1/rank^0.8, cases belong to fields that favour
    some members over others, and one member per kind is left without any case, so that there is
    something to find.
    """
    rng = np.random.default_rng(seed)
    known = {kind: members(kind, data) for kind in ("target", "principle", "technology", "country")}
    chances = {}
    for kind, iris in known.items():
        weight = 1.0 / np.arange(1, len(iris) + 1) ** 0.8
        rng.shuffle(weight)
        if kind != "country":
            weight[int(rng.integers(len(iris)))] = 0.0
        # One row per field of activity: its favourites are four times as likely.
        favoured = weight * np.where(rng.random((_FIELDS, len(iris))) < 0.25, 4.0, 1.0)
        chances[kind] = favoured / favoured.sum(axis=1, keepdims=True)
    for start in range(0, cases, _CHUNK):
        count = min(_CHUNK, cases - start)
        names = [f"{ID}case/generated-{number:08d}" for number in range(start, start + count)]
        lines: list[str] = []
        year = rng.integers(2010, 2026, count).tolist()
        status = rng.integers(0, len(_STATUSES), count).tolist()
        field = rng.integers(0, _FIELDS, count)
        country = _drawn(rng, chances["country"], field).tolist()
        for place, case in enumerate(names):
            lines.append(
                f"<{case}> <{RDF}type> <{EQ}Case> .\n"
                f'<{case}> <{RDFS}label> "Generated case {start + place}"@en .\n'
                f'<{case}> <{EQ}startYear> "{year[place]}"^^<{XSD}integer> .\n'
                f"<{case}> <{EQ}status> <{ID}status/{_STATUSES[status[place]]}> .\n"
                f"<{case}> <{EQ}country> <{known['country'][country[place]]}> .\n"
            )
        for predicate, kind, mean in _LINKS:
            iris = known[kind]
            breadth = np.minimum(rng.geometric(1 / (1 + mean), count) - 1, 12)
            owner = np.repeat(np.arange(count), breadth)
            thing = _drawn(rng, chances[kind], field[owner])
            pairs = np.unique(np.stack([owner, thing], axis=1), axis=0).tolist()
            lines += [f"<{names[i]}> <{EQ}{predicate}> <{iris[j]}> .\n" for i, j in pairs]
            lines += [
                record(names[i], f"{EQ}{predicate}", iris[j], start + i)
                for i, j in pairs
                if (start + i) % _RECORDED == 0
            ]
        yield "".join(lines)


def _drawn(rng: np.random.Generator, chances: np.ndarray, field: np.ndarray) -> np.ndarray:
    """One member per entry, by the chances of its field."""
    out = np.empty(len(field), dtype=np.int64)
    for number, row in enumerate(chances):
        mine = np.flatnonzero(field == number)
        out[mine] = np.minimum(
            np.searchsorted(np.cumsum(row), rng.random(len(mine)), side="right"), len(row) - 1
        )
    return out


def record(subject: str, predicate: str, thing: str, number: int) -> str:
    """A link record with its evidence."""
    key = f"{subject}\n{predicate}\n{thing}\n{GRAPH}".encode()
    link = f"{ID}link/{hashlib.sha256(key).hexdigest()[:24]}"
    status = ("Confirmed", "SelfReported", "Unverified")[number // _RECORDED % 3]
    return (
        f"<{link}> <{RDF}type> <{EQ}Link> .\n"
        f"<{link}> <{RDF}subject> <{subject}> .\n"
        f"<{link}> <{RDF}predicate> <{predicate}> .\n"
        f"<{link}> <{RDF}object> <{thing}> .\n"
        f"<{link}> <{EQ}evidenceStatus> <{EQ}{status}> .\n"
        f'<{link}> <{EQ}confidence> "0.{number // _RECORDED % 5 + 5}"^^<{XSD}decimal> .\n'
    )


def write(path: Path, cases: int, data: Path, seed: int = 20) -> int:
    """Write a corpus; gives the number of triples."""
    triples = 0
    with path.open("w", encoding="utf-8") as file:
        for text in generate(cases, data, seed):
            file.write(text)
            triples += text.count("\n")
    return triples


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=int)
    parser.add_argument("output", type=Path)
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[1] / "data")
    parser.add_argument("--seed", type=int, default=20)
    chosen = parser.parse_args()
    print(write(chosen.output, chosen.cases, chosen.data, chosen.seed), "triples")
