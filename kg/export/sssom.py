"""The crosswalk of principles as SSSOM (Simple Standard for Sharing Ontological Mappings), TSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final

from kg import vocabulary as v
from kg.export.characters import printable
from kg.identifiers import compact

if TYPE_CHECKING:
    from kg.export.exporting import Selection
    from kg.projection import Projection
    from kg.store import Snapshot

_PREDICATES: Final = {
    "exact": "skos:exactMatch",
    "close": "skos:closeMatch",
    "narrow": "skos:narrowMatch",
    "broad": "skos:broadMatch",
    "related": "skos:relatedMatch",
}
_CURIES: Final = {
    "framework": f"{v.ID}framework/",
    "principle": f"{v.ID}principle/",
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": v.SKOS,
}
_COLUMNS: Final = (
    "subject_id",
    "subject_label",
    "subject_source",
    "predicate_id",
    "object_id",
    "object_label",
    "object_source",
    "mapping_justification",
)


def write_sssom(
    projection: Projection, snapshot: Snapshot, out: BinaryIO, selection: Selection
) -> None:
    """Write every mapping of a framework's principle to the pivot.

    The header is the mapping set's metadata as commented YAML, as the standard has it. Filters
    on cases do not concern mappings.
    """
    del selection
    walk = projection.crosswalk()
    framework_of = {
        principle: entry["id"]
        for entry in walk["frameworks"]
        if not entry["pivot"]
        for principle in entry["principles"]
    }
    lines = ["#curie_map:\n"]
    lines += [f'#  {prefix}: "{iri}"\n' for prefix, iri in _CURIES.items()]
    lines += [
        f'#mapping_set_id: "{v.DATASET}principles"\n',
        f'#mapping_set_version: "{snapshot.revision.id}"\n',
        f'#mapping_date: "{snapshot.revision.created[:10]}"\n',
        '#mapping_set_title: "Principles of AI frameworks mapped to common principles"\n',
        '#license: "https://creativecommons.org/licenses/by/4.0/"\n',
        "\t".join(_COLUMNS) + "\n",
    ]
    labels = {iri: item["label"] for iri, item in walk["principles"].items()}
    for principle, pivot, match in walk["mappings"]:
        lines.append(
            "\t".join(
                (
                    _curie(principle),
                    _one_line(labels.get(principle, "")),
                    _curie(framework_of.get(principle, "")),
                    _PREDICATES[match],
                    _curie(pivot),
                    _one_line(labels.get(pivot, "")),
                    _curie(v.PIVOT_FRAMEWORK),
                    "semapv:ManualMappingCuration",
                )
            )
            + "\n"
        )
    out.write("".join(lines).encode())


def _curie(iri: str) -> str:
    for prefix, base in _CURIES.items():
        if iri.startswith(base):
            return f"{prefix}:{iri.removeprefix(base)}"
    return compact(iri)


def _one_line(text: str) -> str:
    return " ".join(printable(text).split())
