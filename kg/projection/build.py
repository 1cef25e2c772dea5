"""From segments to everything an analysis needs, as named arrays and documents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg import vocabulary as v
from kg.projection.filters import MATCHES
from kg.projection.segment import Segment, Source, literal_text
from kg.projection.statements import (
    Pool,
    join,
    link_tables,
    participants,
    pool,
    positions,
    units_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeAlias

    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]

VIA_SELF: Final = 0
VIA: Final = {name: place + 1 for place, name in enumerate(MATCHES)}
VIA_BROADER: Final = len(MATCHES) + 1
"""How a statement about a thing came to count for a member; see :class:`Rollups`."""

_LABEL_RANK: Final = {v.PREF_LABEL: 0, v.LABEL: 2, v.TITLE: 4}
_BATCH: Final = 400
Built = tuple[dict[str, "NDArray[Any]"], dict[str, Any]]


def build(segments: Sequence[Segment], source: Source) -> Built:
    """Work out all tables.

    Args:
        segments: One per graph of the revision.
        source: The same revision, asked for the labels of members only.

    Returns:
        Arrays and JSON documents by name; see the module for which.
    """
    every = pool(segments)
    arrays: dict[str, NDArray[Any]] = {}
    members: dict[str, list[str]] = {}
    pivots = _pivot_frameworks(every)
    cases = units_of(every, "Case")
    frameworks = units_of(every, "PrincipleFramework", leave_out=pivots)
    arrays["case.units"] = cases.astype(np.int32)
    arrays["framework.units"] = frameworks.astype(np.int32)
    _case_tables(every, cases, arrays)
    _framework_tables(every, frameworks, arrays)
    hierarchy = _Hierarchy(every, pivots)
    for unit in ("case", "framework"):
        for name, rolled in _rollups(every, hierarchy, unit, arrays).items():
            members[f"{unit}.{name}"] = rolled.attach(f"{unit}.{name}", arrays)
    wanted = {iri for iris in members.values() for iri in iris}
    all_frameworks = sorted(every.text(code) for code in every.members("PrincipleFramework"))
    labels = read_labels(source, wanted.union(all_frameworks, hierarchy.principle_iris(every)))
    documents: dict[str, Any] = {
        "graphs": every.graphs,
        "counts": {"case": len(cases), "framework": len(frameworks)},
    }
    documents["crosswalk"] = _crosswalk(every, hierarchy, all_frameworks, pivots, labels)
    for name, iris in members.items():
        described = [describe(iri, labels.get(iri, {})) for iri in iris]
        order = sorted(range(len(iris)), key=lambda place: sort_key(described[place]))
        rank = np.empty(len(iris), dtype=np.int32)
        rank[order] = np.arange(len(iris), dtype=np.int32)
        arrays[f"rollup.{name}.member"] = rank[arrays[f"rollup.{name}.member"]]
        documents[f"members.{name}"] = [described[place] for place in order]
    _concept_edges(every, arrays)
    blob = b"\n".join(every.terms)
    arrays["terms.blob"] = np.frombuffer(blob, dtype=np.uint8)
    lengths = np.fromiter(map(len, every.terms), dtype=np.int64, count=len(every.terms))
    arrays["terms.end"] = np.cumsum(lengths + 1) - 1
    return arrays, documents


class _Rolled:
    """Objects of a statement table and the members they count for."""

    def __init__(self, closed: Iterable[int | str] = ()) -> None:
        self._members: dict[int | str, int] = {}
        self.rows: list[tuple[int, int, int]] = []
        for member in closed:
            self._members.setdefault(member, len(self._members))

    def add(self, target: int, member: int | str, via: int = VIA_SELF) -> None:
        """A statement about ``target`` counts for ``member``."""
        place = self._members.setdefault(member, len(self._members))
        self.rows.append((target, place, via))

    def attach(self, name: str, arrays: dict[str, NDArray[Any]]) -> list[str]:
        """Write the arrays, sorted by object; give the members."""
        rows = np.array(sorted(set(self.rows)), dtype=np.int64).reshape(-1, 3)
        arrays[f"rollup.{name}.object"] = rows[:, 0].astype(np.int32)
        arrays[f"rollup.{name}.member"] = rows[:, 1].astype(np.int32)
        arrays[f"rollup.{name}.via"] = rows[:, 2].astype(np.int8)
        return [str(member) for member in self._members]


class _Hierarchy:
    """The concepts and how they hang together, as small dictionaries."""

    def __init__(self, every: Pool, pivots: set[int]) -> None:
        self.broader = _grouped(*every.pairs("broader"))
        self.region = _grouped(*every.pairs("region"))
        self.organisation_type = _grouped(*every.pairs("organisation-type"))
        scheme = _grouped(*every.pairs("in-scheme"))
        included = _grouped(*every.pairs("includes-principle"))
        of_pivot = {code for pivot in pivots for code in included.get(pivot, ())}
        principles = every.members("Principle")
        self.pivot = {
            code
            for code in principles
            if code in of_pivot or any(parent in pivots for parent in scheme.get(code, ()))
        }
        self.framework_principles = principles - self.pivot
        self.in_scheme = scheme
        self.mappings = [
            (principle, other, VIA[match])
            for match in MATCHES
            for principle, others in _grouped(*every.pairs(match)).items()
            for other in others
            if principle in self.framework_principles and other in self.pivot
        ]

    def ancestors(self, code: int) -> set[int]:
        """The code itself and everything broader."""
        found = {code}
        queue = [code]
        while queue:
            for parent in self.broader.get(queue.pop(), ()):
                if parent not in found:
                    found.add(parent)
                    queue.append(parent)
        return found

    def principle_iris(self, every: Pool) -> set[str]:
        """IRIs of all principles, of the pivot and of frameworks."""
        return {every.text(code) for code in self.pivot | self.framework_principles}

    def scheme_members(self, iri_code: int) -> list[int]:
        """Concepts of a scheme."""
        return [code for code, schemes in self.in_scheme.items() if iri_code in schemes]


def _grouped(subjects: Ints, objects: Ints) -> dict[int, list[int]]:
    grouped: dict[int, list[int]] = {}
    for subject, target in zip(subjects.tolist(), objects.tolist(), strict=True):
        grouped.setdefault(subject, []).append(target)
    return grouped


def _pivot_frameworks(every: Pool) -> set[int]:
    subjects, values = every.pairs("is-pivot")
    pivots = {
        subject
        for subject, value in zip(subjects.tolist(), values.tolist(), strict=True)
        if literal_text(every.terms[value]) in ("true", "1")
    }
    if (named := every.code(v.PIVOT_FRAMEWORK)) >= 0:
        pivots.add(named)
    return pivots


def _case_tables(every: Pool, cases: Ints, arrays: dict[str, NDArray[Any]]) -> None:
    case_of = positions(every, cases)
    links = link_tables(every, case_of)
    for name, values in links.items():
        arrays[f"case.{name}"] = values
    typed = every.columns["Case"]
    about = every.columns["link-subject"]
    tables = ("sdg", "principle", "technology")
    # A case belongs to every dataset that types it, links it, or records a link about it.
    unit = np.concatenate(
        [case_of[typed[1]], case_of[about[2]], *(links[f"{name}.unit"] for name in tables)]
    )
    graph = np.concatenate([typed[0], about[0], *(links[f"{name}.graph"] for name in tables)])
    _attribute("case.dataset", unit, graph, arrays)
    left, body = participants(every)
    _attribute("case.organisation", case_of[left], body, arrays)
    for table, column in (("country", "country"), ("year", "start-year"), ("status", "status")):
        subject, value = every.pairs(column)
        _attribute(f"case.{table}", case_of[subject], value, arrays)
    outcome = np.zeros(len(cases), dtype=np.bool_)
    with_outcome = case_of[every.columns["outcome"][1]]
    outcome[with_outcome[with_outcome >= 0]] = True
    arrays["case.outcome"] = outcome
    described, cited = _cited(every)
    unit = case_of[described]
    distinct = np.unique(np.stack([unit[unit >= 0], cited[unit >= 0]], axis=1), axis=0)
    arrays["case.sources"] = np.bincount(distinct[:, 0], minlength=len(cases)).astype(np.int16)


def _cited(every: Pool) -> tuple[Ints, Ints]:
    """Things and their sources; a link's sources count for its subject too."""
    described, cited = every.pairs("source")
    record, subject = every.pairs("link-subject")
    left, right = join(described, record)
    return np.concatenate([described, subject[right]]), np.concatenate([cited, cited[left]])


def _framework_tables(every: Pool, frameworks: Ints, arrays: dict[str, NDArray[Any]]) -> None:
    number = positions(every, frameworks)
    graph, subject, principle = every.columns["includes-principle"]
    keep = number[subject] >= 0
    rows = np.stack([number[subject][keep], principle[keep], graph[keep]], axis=1)
    rows = np.unique(rows, axis=0)
    for place, column in enumerate(("unit", "object", "graph")):
        arrays[f"framework.principle.{column}"] = rows[:, place].astype(np.int32)
    for table, column in (
        ("publisher-type", "publisher-type"),
        ("country", "country"),
        ("year", "year"),
        ("binding", "binding"),
        ("publisher", "publisher"),
    ):
        subject, value = every.pairs(column)
        _attribute(f"framework.{table}", number[subject], value, arrays)
    typed = every.columns["PrincipleFramework"]
    unit = np.concatenate([number[typed[1]], rows[:, 0]])
    graph = np.concatenate([typed[0], rows[:, 2]])
    _attribute("framework.dataset", unit, graph, arrays)


def _attribute(
    name: str, unit: NDArray[Any], value: NDArray[Any], arrays: dict[str, NDArray[Any]]
) -> None:
    keep = unit >= 0
    span = int(value.max(initial=0)) + 1
    key = np.unique(unit[keep].astype(np.int64) * span + value[keep])
    arrays[f"{name}.unit"] = (key // span).astype(np.int32)
    arrays[f"{name}.object"] = (key % span).astype(np.int32)


def _rollups(
    every: Pool, hierarchy: _Hierarchy, unit: str, arrays: dict[str, NDArray[Any]]
) -> dict[str, _Rolled]:
    def objects(table: str) -> list[int]:
        return np.unique(arrays[f"{unit}.{table}.object"]).tolist()  # type: ignore[no-any-return]

    def named(codes: Iterable[int]) -> list[str]:
        return [every.text(code) for code in codes]

    country, region = _Rolled(), _Rolled(named(sorted(every.members("Region"))))
    regions = every.members("Region")
    for code in objects("country"):
        country.add(code, every.text(code))
        near = {
            step for first in hierarchy.region.get(code, ()) for step in hierarchy.ancestors(first)
        }
        for step in sorted(near & regions):
            region.add(code, every.text(step))
    year = _Rolled()
    for code in objects("year"):
        year.add(code, literal_text(every.terms[code])[:4])
    dataset = _Rolled()
    for code in objects("dataset"):
        dataset.add(code, every.graphs[code])
    principle = _principles(every, hierarchy, objects("principle"))
    rolled = {"country": country, "region": region, "year": year, "dataset": dataset}
    if unit == "framework":
        publisher_type = _scheme(every, hierarchy, "organisation-type")
        binding = _Rolled(("true", "false"))
        publisher = _Rolled()
        for code in objects("publisher-type"):
            publisher_type.add(code, every.text(code))
        for code in objects("binding"):
            truth = literal_text(every.terms[code]) in ("true", "1")
            binding.add(code, "true" if truth else "false")
        for code in objects("publisher"):
            publisher.add(code, every.text(code))
        return rolled | {
            "principle": principle,
            "publisher-type": publisher_type,
            "binding": binding,
            "publisher": publisher,
        }
    return rolled | _case_rollups(every, hierarchy, principle, objects)


def _principles(every: Pool, hierarchy: _Hierarchy, objects: list[int]) -> _Rolled:
    principle = _Rolled(every.text(code) for code in sorted(hierarchy.pivot))
    for code in objects:
        if code in hierarchy.pivot:
            principle.add(code, every.text(code))
    for code, pivot, via in hierarchy.mappings:
        principle.add(code, every.text(pivot), via)
    return principle


def _case_rollups(
    every: Pool, hierarchy: _Hierarchy, principle: _Rolled, objects: Any
) -> dict[str, _Rolled]:
    goals, targets = every.members("Goal"), every.members("Target")
    goal = _Rolled(every.text(code) for code in sorted(goals))
    target = _Rolled(every.text(code) for code in sorted(targets))
    for code in objects("sdg"):
        above = hierarchy.ancestors(code)
        for step in above & goals:
            goal.add(code, every.text(step))
        for step in above & targets:
            target.add(code, every.text(step))
    own = _Rolled(every.text(code) for code in sorted(hierarchy.framework_principles))
    for code in objects("principle"):
        if code in hierarchy.framework_principles:
            own.add(code, every.text(code))
    for code, pivot, via in hierarchy.mappings:
        own.add(pivot, every.text(code), via)
    technologies = every.members("Technology")
    technology = _Rolled(every.text(code) for code in sorted(technologies))
    for code in objects("technology"):
        technology.add(code, every.text(code))
        for step in (hierarchy.ancestors(code) - {code}) & technologies:
            technology.add(code, every.text(step), VIA_BROADER)
    organisation, kind = _Rolled(), _scheme(every, hierarchy, "organisation-type")
    for code in objects("organisation"):
        organisation.add(code, every.text(code))
        for of_type in hierarchy.organisation_type.get(code, ()):
            kind.add(code, every.text(of_type))
    status = _scheme(every, hierarchy, "status")
    for code in objects("status"):
        status.add(code, every.text(code))
    return {
        "goal": goal,
        "target": target,
        "principle": principle,
        "framework-principle": own,
        "technology": technology,
        "organisation": organisation,
        "organisation-type": kind,
        "status": status,
    }


def _crosswalk(
    every: Pool,
    hierarchy: _Hierarchy,
    frameworks: list[str],
    pivots: set[int],
    labels: dict[str, dict[str, str]],
) -> dict[str, Any]:
    """Frameworks with their principles, and the mappings to the pivot."""
    principles = every.members("Principle")
    own: dict[str, set[str]] = {iri: set() for iri in frameworks}
    for column, framework_first in (("includes-principle", True), ("in-scheme", False)):
        for pair in zip(*(part.tolist() for part in every.pairs(column)), strict=True):
            framework, principle = pair if framework_first else pair[::-1]
            if principle in principles and (name := every.text(framework)) in own:
                own[name].add(every.text(principle))
    names = {every.text(code) for code in pivots}
    strength = {code: name for name, code in VIA.items()}
    return {
        "frameworks": [
            {
                **describe(iri, labels.get(iri, {})),
                "pivot": iri in names,
                "principles": sorted(own[iri]),
            }
            for iri in frameworks
        ],
        "principles": {
            iri: describe(iri, labels.get(iri, {}))
            for iri in sorted(hierarchy.principle_iris(every))
        },
        "mappings": sorted(
            [every.text(principle), every.text(pivot), strength[via]]
            for principle, pivot, via in hierarchy.mappings
        ),
    }


def _scheme(every: Pool, hierarchy: _Hierarchy, name: str) -> _Rolled:
    scheme = every.code(f"{v.ID}scheme/{name}")
    codes = hierarchy.scheme_members(scheme) if scheme >= 0 else []
    return _Rolled(sorted(every.text(code) for code in codes))


def _concept_edges(every: Pool, arrays: dict[str, NDArray[Any]]) -> None:
    for name, column in (("relates", "relates-to-goal"), ("broader", "broader")):
        subject, target = every.pairs(column)
        rows = np.unique(np.stack([subject, target], axis=1), axis=0).astype(np.int32)
        arrays[f"edges.{name}.from"], arrays[f"edges.{name}.to"] = rows[:, 0], rows[:, 1]
    for name, column, kind in (
        ("scheme", "in-scheme", "Principle"),
        ("publisher", "publisher", "PrincipleFramework"),
    ):
        subject, target = every.pairs(column)
        kept = np.isin(subject, every.columns[kind][1])
        rows = np.unique(np.stack([subject[kept], target[kept]], axis=1), axis=0)
        arrays[f"edges.{name}.from"] = rows[:, 0].astype(np.int32)
        arrays[f"edges.{name}.to"] = rows[:, 1].astype(np.int32)


def read_labels(source: Source, iris: Iterable[str]) -> dict[str, dict[str, str]]:
    """Labels and notations of things.

    Returns:
        Per IRI ``label`` (English preferred: skos:prefLabel, rdfs:label, dcterms:title) and,
        where stated, ``notation``.
    """
    wanted = sorted(iri for iri in iris if iri.startswith(("http", "urn:")) and iri.isprintable())
    best: dict[str, tuple[int, str]] = {}
    out: dict[str, dict[str, str]] = {}
    for start in range(0, len(wanted), _BATCH):
        values = " ".join(f"<{iri}>" for iri in wanted[start : start + _BATCH])
        query = (
            f"SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ {values} }} ?s ?p ?o FILTER(?p IN "
            f"(<{v.PREF_LABEL}>, <{v.LABEL}>, <{v.TITLE}>, <{v.NOTATION}>)) }}"
        )
        for subject, predicate, value in source.query(query):
            iri, text = subject.value, value.value
            if predicate.value == v.NOTATION:
                entry = out.setdefault(iri, {})
                entry["notation"] = min(entry.get("notation", text), text)
                continue
            foreign = (value.language or "en") != "en"
            candidate = (_LABEL_RANK[predicate.value] + foreign, text)
            if iri not in best or candidate < best[iri]:
                best[iri] = candidate
    for iri, (_, text) in best.items():
        out.setdefault(iri, {})["label"] = text
    return out


def describe(iri: str, known: dict[str, str]) -> dict[str, str]:
    """A member as it is kept: id, label (the IRI's tail when it has none), notation."""
    tail = re.split(r"[/#]", iri.rstrip("/#"))[-1] or iri
    return {"id": iri, "label": known.get("label", tail), "notation": known.get("notation", "")}


def sort_key(member: dict[str, str]) -> tuple[Any, ...]:
    """Numbers before letters within a code, so that 7.3 < 7.10 < 7.a; then labels."""
    code = member["notation"]
    parts = tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part)
        for part in re.findall(r"\d+|[^\d.]+", code)
    )
    numbered = bool(code) and code[0].isdigit()
    return (not numbered, parts if numbered else (), member["label"].casefold(), member["id"])
