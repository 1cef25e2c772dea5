"""The shapes checked by pySHACL, as the reference for our own compiled checks.

Slower by a factor of a hundred or more; for people who want a second opinion, and for the test
that both agree.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import MissingExtra
from kg.ingest.carrying import ImportOptions, carry_for_check
from kg.ingest.findings import Finding
from kg.ingest.scratch import scratch_copy
from kg.locations import ontology_dir
from kg.vocabulary import ONTOLOGY_GRAPH, SH, TYPE

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store import GraphStore


def reference_findings(
    store: GraphStore,
    paths: Sequence[Path],
    *,
    dataset: str = "",
    graphs: Sequence[str] = (),
) -> Iterator[Finding]:
    """Findings of pySHACL about the nodes of some files, or of some of the store's graphs.

    Raises:
        MissingExtra: pySHACL is not installed.

    Cost: half a minute for the shipped graph.
    """
    try:
        import pyshacl
        import rdflib
    except ImportError:
        raise MissingExtra("checking with pySHACL", extra="shacl") from None
    import pyoxigraph as ox

    with scratch_copy(store) as working:
        if paths:
            graphs = carry_for_check(working, paths, ImportOptions(dataset=dataset))
        focus = {
            getattr(quad.subject, "value", "")
            for graph in graphs
            for quad in working.quads_for_pattern(
                None, ox.NamedNode(TYPE), None, ox.NamedNode(graph)
            )
        }
        data = rdflib.Graph()
        ontology_graph = ox.NamedNode(ONTOLOGY_GRAPH)
        triples = (
            _surroundings(working, focus)
            if paths
            else {quad.triple for quad in working if quad.graph_name != ontology_graph}
        )
        text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
        assert text is not None
        data.parse(data=text, format="nt")
    directory = ontology_dir()
    ontology = rdflib.Graph().parse(directory / "equipoise.ttl")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pySHACL's own, a line per triple
        _, report, _ = pyshacl.validate(
            data,
            shacl_graph=str(directory / "shapes.ttl"),
            ont_graph=ontology,
            inference="none",
            advanced=False,
            allow_warnings=True,
        )
    yield from _findings(report, focus)


def _surroundings(working: ox.Store, focus: set[str]) -> set[ox.Triple]:
    """What is said about some nodes, and about what they point at: all that Core shapes look at."""
    import pyoxigraph as ox

    about = [quad.triple for quad in working if getattr(quad.subject, "value", "") in focus]
    found = set(about)
    for node in {triple.object for triple in about if isinstance(triple.object, ox.NamedNode)}:
        found |= {quad.triple for quad in working.quads_for_pattern(node, None, None)}
    return found


def _findings(report: Any, focus: set[str]) -> Iterator[Finding]:
    import rdflib

    sh = rdflib.Namespace(SH)
    for result in report.subjects(rdflib.RDF.type, sh.ValidationResult):
        node = str(report.value(result, sh.focusNode) or "")
        if focus and node not in focus:
            continue
        if report.value(predicate=sh.detail, object=result) is not None:
            continue  # a part of another result
        component = str(report.value(result, sh.sourceConstraintComponent) or "")
        severity = report.value(result, sh.resultSeverity)
        value = report.value(result, sh.value)
        yield Finding(
            str(report.value(result, sh.resultMessage) or ""),
            "error" if severity == sh.Violation else "warning",
            column=str(report.value(result, sh.resultPath) or ""),
            iri=node,
            value="" if value is None else str(value),
            check=component.removeprefix(SH).removesuffix("ConstraintComponent"),
            shape=str(report.value(result, sh.sourceShape) or ""),
        )
