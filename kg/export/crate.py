"""One dataset with its description: an RO-Crate 1.1, or Turtle with a DCAT record beside it.

RO-Crate: https://www.researchobject.org/ro-crate/1.1/. The same dataset gives the same bytes,
also inside a zip archive.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg import vocabulary as v
from kg.errors import InputError, NotFound
from kg.identifiers import dataset_iri, dataset_name

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store import GraphStore, Snapshot

FORMS: Final = ("rocrate", "dcat")
_DATE: Final = (1980, 1, 1, 0, 0, 0)
_MODIFIED: Final = f"{v.DCTERMS}modified"
_CREATOR: Final = f"{v.DCTERMS}creator"


def export_dataset(
    store: GraphStore, name: str, output: Path, *, form: str = "rocrate"
) -> list[str]:
    """Write one dataset into a directory or a zip archive.

    Args:
        store: Where from.
        name: Name or IRI of the dataset.
        output: A directory (made when missing) or a path that ends in ``.zip``.
        form: ``rocrate`` (``ro-crate-metadata.json`` and Turtle) or ``dcat`` (``dcat.ttl`` and
            Turtle).

    Returns:
        Names of the files written.

    Raises:
        NotFound: There is no such dataset.
        InputError: Unknown form, or the place cannot be written.
    """
    if form not in FORMS:
        raise InputError(f"unknown form {form!r}; there are {', '.join(FORMS)}")
    graph = dataset_iri(name)
    with store.reader() as snapshot:
        body, triples = _turtle(snapshot, graph)
        if not triples:
            raise NotFound(f"there is no dataset {name!r} (kg dataset list shows all)")
        record = _record(snapshot, graph)
        data_file = f"{dataset_name(graph).rstrip('/').rsplit('/', 1)[-1]}.ttl"
        files = {data_file: body}
        if form == "rocrate":
            crate = _crate(graph, record, data_file, len(body), triples)
            text = json.dumps(crate, ensure_ascii=False, indent=2) + "\n"
            files["ro-crate-metadata.json"] = text.encode()
        else:
            files["dcat.ttl"] = _dcat(snapshot, graph, data_file, len(body), triples)
    _write(output, files)
    return sorted(files)


def _turtle(snapshot: Snapshot, graph: str) -> tuple[bytes, int]:
    import pyoxigraph as ox

    rows = snapshot.query(
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", default_graphs=[graph], union=False
    )
    triples = sorted(rows, key=str)  # type: ignore[arg-type]
    prefixes = dict(v.PREFIXES)
    return _serialized(triples, prefixes, ox.RdfFormat.TURTLE), len(triples)


def _serialized(triples: Any, prefixes: dict[str, str], form: ox.RdfFormat) -> bytes:
    import pyoxigraph as ox

    used = dict(sorted(prefixes.items()))
    body = ox.serialize(triples, format=form, prefixes=used)
    assert body is not None
    # Declarations come out in no fixed order; the same data shall give the same bytes.
    lines = body.decode().split("\n")
    head = sorted(line for line in lines if line.startswith("@prefix "))
    rest = [line for line in lines if not line.startswith("@prefix ")]
    return "\n".join((*head, *rest)).encode()


def _record(snapshot: Snapshot, graph: str) -> dict[str, str]:
    rows = snapshot.query(
        f"SELECT ?p ?o {{ GRAPH <{v.CATALOG_GRAPH}> {{ <{graph}> ?p ?o }} }} ORDER BY ?p ?o",
        union=False,
    )
    found: dict[str, str] = {}
    for row in rows:  # type: ignore[union-attr]
        found.setdefault(row["p"].value, row["o"].value)
    return found


def _crate(
    graph: str, record: dict[str, str], data_file: str, size: int, triples: int
) -> dict[str, Any]:
    title = record.get(v.TITLE) or dataset_name(graph)
    described = record.get(v.DESCRIPTION) or f"{triples:,} statements of the dataset {title}."
    issued = (record.get(_MODIFIED) or record.get(v.ISSUED) or "1970-01-01")[:10]
    licence = record.get(v.LICENSE, "")
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": title,
        "description": described,
        "datePublished": issued,
        "identifier": graph,
        "hasPart": [{"@id": data_file}],
    }
    entities: list[dict[str, Any]] = []
    if licence.startswith("http"):
        root["license"] = {"@id": licence}
        entities.append({"@id": licence, "@type": "CreativeWork", "name": licence})
    else:
        root["license"] = licence or "No licence is stated."
    if version := record.get(v.VERSION):
        root["version"] = version
    if source := record.get(v.DCT_SOURCE):
        root["isBasedOn"] = {"@id": source} if source.startswith("http") else source
    if creator := record.get(_CREATOR):
        named = {"@id": creator} if creator.startswith("http") else {"@id": "#creator"}
        root["creator"] = named
        entities.append(
            {**named, "@type": "Organization",
             "name": creator.rstrip("/").rsplit("/", 1)[-1].replace("-", " ")}
        )
    return {
        "@context": "https://w3id.org/ro/crate/1.1/context",
        "@graph": [
            {
                "@id": "ro-crate-metadata.json",
                "@type": "CreativeWork",
                "about": {"@id": "./"},
                "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            },
            root,
            {
                "@id": data_file,
                "@type": "File",
                "name": f"{title} as Turtle",
                "encodingFormat": "text/turtle",
                "contentSize": str(size),
                "conformsTo": {"@id": v.ONTOLOGY},
            },
            *entities,
        ],
    }


def _dcat(
    snapshot: Snapshot, graph: str, data_file: str, size: int, triples: int
) -> bytes:
    import pyoxigraph as ox

    subject = ox.NamedNode(graph)
    rows = snapshot.query(
        f"CONSTRUCT {{ <{graph}> ?p ?o }} WHERE {{ GRAPH <{v.CATALOG_GRAPH}> "
        f"{{ <{graph}> ?p ?o }} }}",
        union=False,
    )
    found = {
        triple for triple in rows  # type: ignore[union-attr]
        if triple.predicate.value != v.TRIPLE_COUNT
    }
    part = ox.NamedNode(f"{graph}#turtle")

    def dcat(local: str) -> ox.NamedNode:
        return ox.NamedNode(f"{v.DCAT}{local}")

    found |= {
        ox.Triple(subject, ox.NamedNode(v.TYPE), dcat("Dataset")),
        ox.Triple(subject, ox.NamedNode(v.TRIPLE_COUNT), ox.Literal(triples)),
        ox.Triple(subject, dcat("distribution"), part),
        ox.Triple(part, ox.NamedNode(v.TYPE), dcat("Distribution")),
        ox.Triple(part, dcat("downloadURL"), ox.Literal(data_file)),
        ox.Triple(part, dcat("byteSize"), ox.Literal(size)),
        ox.Triple(
            part, dcat("mediaType"),
            ox.NamedNode("https://www.iana.org/assignments/media-types/text/turtle"),
        ),
    }
    return _serialized(sorted(found, key=str), dict(v.PREFIXES), ox.RdfFormat.TURTLE)


def _write(output: Path, files: dict[str, bytes]) -> None:
    try:
        if output.suffix.lower() == ".zip":
            with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
                for name in sorted(files):
                    archive.writestr(zipfile.ZipInfo(name, _DATE), files[name])
            return
        output.mkdir(parents=True, exist_ok=True)
        for name in sorted(files):
            (output / name).write_bytes(files[name])
    except OSError as error:
        raise InputError(f"it cannot be written: {error.strerror}", file=str(output)) from error
