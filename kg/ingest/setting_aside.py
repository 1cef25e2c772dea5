"""Leaving out records of RDF files that are wrong, together with what hangs on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from kg.errors import InputError
from kg.ingest.findings import Finding
from kg.ingest.shape_checks import check_graphs, store_asks
from kg.vocabulary import OBJECT, PARTICIPATION_PROPERTY, SUBJECT

if TYPE_CHECKING:
    from pathlib import Path

    import pyoxigraph as ox

    from kg.ingest.reports import FileReport

ROUNDS: Final = 20
"""How often the rest is checked again; each round leaves out what the last one broke."""


def set_aside(
    working: ox.Store,
    graphs: Sequence[str],
    findings: Sequence[Finding],
    files: list[FileReport],
    target: Path | None,
) -> list[Finding]:
    """Take wrong records out of some graphs, until what is left is right.

    What is taken out is written to a Turtle file, with the reasons as comments.

    Args:
        working: The working copy.
        graphs: The graphs that were imported.
        findings: What is wrong with them.
        files: Reports to bring up to date.
        target: File for what is left out; none is written when ``None``.

    Returns:
        The findings, all about records that were left out or only warnings.
    """
    reported = list(findings)
    wrong = {item.iri for item in findings if item.severity == "error" and item.iri}
    removed: list[ox.Quad] = []
    for _ in range(ROUNDS):
        if not wrong:
            break
        for iri in sorted(wrong):
            removed += _take(working, graphs, iri)
        later = [
            item
            for item in check_graphs(store_asks(working), graphs)
            if item.severity == "error"
        ]
        wrong = {item.iri for item in later if item.iri}
        reported += later
    else:
        raise InputError("too much of it is wrong to leave the wrong records out")
    if target is not None:
        _write(target, removed, reported)
    left_out = len({quad.subject for quad in removed})
    for report in files:
        if not report.rows:
            report.left_out, report.rejected_file = left_out, str(target or "")
            break
    return reported


def _take(working: ox.Store, graphs: Sequence[str], iri: str) -> list[ox.Quad]:
    """Remove a record, links from and to it, its participations, and mentions of it."""
    import pyoxigraph as ox

    try:
        node: ox.NamedNode | ox.BlankNode = ox.NamedNode(iri)
    except ValueError:
        node = ox.BlankNode(iri)
    taken: list[ox.Quad] = []
    for graph in graphs:
        name = ox.NamedNode(graph)
        nodes: set[ox.NamedNode | ox.BlankNode] = {node}
        for predicate in (SUBJECT, OBJECT):
            for quad in working.quads_for_pattern(None, ox.NamedNode(predicate), node, name):
                nodes.add(quad.subject)  # type: ignore[arg-type]
        part = ox.NamedNode(PARTICIPATION_PROPERTY)
        for quad in working.quads_for_pattern(node, part, None, name):
            nodes.add(quad.object)  # type: ignore[arg-type]
        for item in nodes:
            taken += list(working.quads_for_pattern(item, None, None, name))
            taken += list(working.quads_for_pattern(None, None, item, name))
    for quad in taken:
        working.remove(quad)
    return taken


def _write(place: Path, removed: Iterable[ox.Quad], findings: Sequence[Finding]) -> None:
    import pyoxigraph as ox

    lines = [
        f"# {finding}".replace("\n", " ") for finding in findings if finding.severity == "error"
    ]
    triples = {quad.triple for quad in removed}
    text = ox.serialize(sorted(triples, key=str), format=ox.RdfFormat.TURTLE)
    assert text is not None
    try:
        place.write_text("\n".join(lines) + "\n\n" + text.decode(), encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"what is left out cannot be written: {error.strerror}; choose a place with "
            "--rejected", file=str(place)
        ) from error
