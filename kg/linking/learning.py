"""Learning thresholds from reviews: ``kg link --learn``.

Reviewed proposals carry the probability they were proposed with and a verdict. From twenty
verdicts of a kind on, the thresholds of its presets are chosen anew on them and kept in the
graph, where every process that links sees them. The weights stay as shipped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg import vocabulary as v
from kg.linking.calibration import PRESETS, choose_thresholds, expected_calibration_error
from kg.linking.concepts import Queryable

if TYPE_CHECKING:
    from kg.store.protocol import GraphStore

THRESHOLDS_GRAPH: Final = f"{v.DATASET}link-thresholds"
ENOUGH: Final = 20
"""Verdicts of a kind that are needed before anything is learnt from them."""
_VALUE: Final = f"{v.RDF}value"


@dataclass(frozen=True, slots=True)
class Learnt:
    """What changed for one kind.

    Args:
        kind: Kind of concept.
        verdicts: Reviewed proposals.
        accepted: How many of them were accepted.
        calibration_error: Of the probabilities they were proposed with.
        before: Thresholds in use until now, by preset.
        after: Thresholds from now on; the same where there were too few verdicts.
    """

    kind: str
    verdicts: int
    accepted: int
    calibration_error: float
    before: dict[str, float]
    after: dict[str, float]

    def to_rows(self) -> list[dict[str, object]]:
        """One row per preset."""
        return [
            {
                "kind": self.kind,
                "preset": preset,
                "verdicts": self.verdicts,
                "accepted": self.accepted,
                "calibration_error": round(self.calibration_error, 4),
                "before": self.before[preset],
                "after": self.after[preset],
            }
            for preset in PRESETS
        ]


def learnt_thresholds(store: Queryable) -> dict[str, dict[str, float]]:
    """Thresholds learnt from reviews, by kind and preset; empty when nothing was learnt."""
    rows: Any = store.query(
        f"SELECT ?name ?value {{ GRAPH <{THRESHOLDS_GRAPH}> "
        "{ ?t dcterms:identifier ?name ; rdf:value ?value } }"
    )
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for row in rows:
        kind, _, preset = row[0].value.partition("/")
        found[kind][preset] = float(row[1].value)
    return dict(found)


def learn(
    store: GraphStore,
    verdicts: Sequence[tuple[str, float, bool]],
    current: dict[str, dict[str, float]],
) -> list[Learnt]:
    """Choose thresholds on verdicts and publish them.

    Args:
        store: Where to keep them.
        verdicts: ``(kind, probability, accepted)`` of every reviewed proposal.
        current: Thresholds in use, by kind and preset.

    Returns:
        What changed, by kind; nothing is written when no kind has enough verdicts.
    """
    by_kind: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for kind, probability, accepted in verdicts:
        by_kind[kind].append((probability, accepted))
    report: list[Learnt] = []
    for kind in sorted(by_kind):
        probabilities = [p for p, _ in by_kind[kind]]
        labels = [label for _, label in by_kind[kind]]
        before = current.get(kind, dict.fromkeys(PRESETS, 0.5))
        enough = len(labels) >= ENOUGH and any(labels)
        after = choose_thresholds(probabilities, labels) if enough else before
        error = expected_calibration_error(probabilities, labels)
        report.append(
            Learnt(kind, len(labels), sum(labels), error, before, {p: after[p] for p in PRESETS})
        )
    changed = [item for item in report if item.after != item.before]
    if changed:
        _publish(store, changed)
    return report


def _publish(store: GraphStore, changed: Sequence[Learnt]) -> None:
    from datetime import UTC, datetime

    import pyoxigraph as ox

    now = ox.Literal(
        datetime.now(UTC).replace(microsecond=0).isoformat(),
        datatype=ox.NamedNode(f"{v.XSD}dateTime"),
    )
    decimal = ox.NamedNode(f"{v.XSD}decimal")
    kept = learnt_thresholds(store)
    for item in changed:
        kept[item.kind] = item.after
    triples: list[ox.Triple] = []
    for kind, thresholds in sorted(kept.items()):
        for preset, value in sorted(thresholds.items()):
            node = ox.NamedNode(f"{v.ID}threshold/{kind}-{preset}")
            label = ox.Literal(f"Threshold of {kind} proposals, {preset}", language="en")
            triples += [
                ox.Triple(node, ox.NamedNode(v.LABEL), label),
                ox.Triple(node, ox.NamedNode(v.IDENTIFIER), ox.Literal(f"{kind}/{preset}")),
                ox.Triple(node, ox.NamedNode(_VALUE), ox.Literal(f"{value:.6f}", datatype=decimal)),
                ox.Triple(node, ox.NamedNode(v.CREATED), now),
            ]
    with store.writer("link thresholds learnt from reviews") as write:
        write.replace_graph(THRESHOLDS_GRAPH, triples)
