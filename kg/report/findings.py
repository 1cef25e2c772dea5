"""Everything a report tells, gathered from the analyses once, before a word is written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from kg import vocabulary as v
from kg.analysis.compare import Comparison, compare
from kg.analysis.coverage import CoverageTable, coverage
from kg.analysis.crosswalk import Crosswalk, crosswalk
from kg.analysis.gap_context import Choices
from kg.analysis.gaps import GapReport, gaps
from kg.analysis.robustness import Robustness, robustness
from kg.analysis.suggest import CoverPlan, Predictions, suggest_cover, suggest_links
from kg.errors import InputError
from kg.export.palette import goal_colors, node_color
from kg.identifiers import slugify
from kg.projection import Projection
from kg.projection.records import CaseRecord, case_records
from kg.report.foreign import foreign
from kg.report.gap_sentences import retold
from kg.report.labels import Labels
from kg.report.language import Language, language
from kg.store.contents import Contents, describe

if TYPE_CHECKING:
    from kg.model import Source
    from kg.projection import Incidence, Member
    from kg.projection.filters import Polarity
    from kg.report.options import ReportOptions
    from kg.store import GraphStore, Snapshot


@dataclass(frozen=True)
class Findings:
    """What the analyses found.

    Attributes:
        options: As asked for.
        projection: Of the revision.
        snapshot: The revision.
        contents: Datasets, counts, content hash.
        positive: Goals or targets × principles, supporting and upholding links.
        negative: The same, undermining and violating links.
        by_region: Regions × goals, any link.
        by_year: Years × goals, any link.
        gaps: The ranked gaps.
        cases: Records of the cases that the filters leave, in order of their titles.
        sources: Sources of these cases and their links, in order of their titles.
        crosswalk: Frameworks against the common principles.
        robustness: Specification curves of goals and principles.
        plan: Known cases that would close gaps of the portfolio; none without limits.
        candidates: Technologies that could serve goals; none where too little is known.
        since: Comparisons with an earlier revision, per dimension.
        colors: Official colour per goal or target.
    """

    options: ReportOptions
    projection: Projection
    snapshot: Snapshot
    contents: Contents
    positive: CoverageTable
    negative: CoverageTable
    by_region: CoverageTable
    by_year: CoverageTable
    gaps: GapReport
    cases: tuple[CaseRecord, ...]
    sources: tuple[Source, ...]
    crosswalk: Crosswalk
    robustness: tuple[Robustness, ...]
    plan: CoverPlan | None
    candidates: Predictions | None
    since: tuple[Comparison, ...] = ()
    colors: dict[str, str] = field(default_factory=dict)

    @cached_property
    def say(self) -> Language:
        """The language of the report."""
        return language(self.options.lang)

    def quoted(self, text: str) -> str:
        """A text of the data that has no other language."""
        return text if self.say.native else foreign(text)

    @property
    def goals(self) -> tuple[Member, ...]:
        """The goals in order."""
        return self.projection.members("goal")

    @cached_property
    def framework_principles(self) -> frozenset[str]:
        """Principles of the framework that the report is about."""
        return frozenset(self.projection.principles_of(self.options.framework))

    @cached_property
    def _frameworks(self) -> dict[str, str]:
        return frameworks_of(self.projection)

    def framework_of(self, principle: str) -> str:
        """Label of the framework that states a principle."""
        return self._frameworks.get(principle, "")

    def color(self, iri: str) -> str:
        """Colour of a goal or target."""
        return node_color(iri, "goal", self.colors)

    def incidence(self, dimension: str, polarity: Polarity = "both") -> Incidence:
        """Incidence of a dimension under the report's limits."""
        chosen = self.options
        return self.projection.incidence(
            "case", dimension, polarity, chosen.filters, links=chosen.links
        )

    @cached_property
    def case_names(self) -> dict[str, str]:
        """Short name per case, ``C1`` and on, in the order of the appendix."""
        return {case.id: f"C{place}" for place, case in enumerate(self.cases, start=1)}

    @cached_property
    def source_names(self) -> dict[str, str]:
        """Short name per source, ``S1`` and on."""
        return {source.id: f"S{place}" for place, source in enumerate(self.sources, start=1)}

    @cached_property
    def titles(self) -> dict[str, str]:
        """Title per case."""
        return {case.id: case.title for case in self.cases}


def gather(store: GraphStore, snapshot: Snapshot, options: ReportOptions) -> Findings:
    """Run every analysis a report needs.

    Cost: about 1.5 s on the shipped graph, most of it the null model and the case records.
    """
    projection = Projection.open(store)
    if projection.revision and projection.revision != snapshot.revision.id:
        raise InputError(
            f"the store moved from {snapshot.revision.id} to {projection.revision} while the "
            "report was being made: try again"
        )
    say = language(options.lang)
    labels = Labels.read(snapshot, say)
    projection = labels.on(projection)
    columns = "framework-principle" if options.framework else "principle"

    def counted(rows: str, cols: str, polarity: Polarity, *, detail: bool = False) -> CoverageTable:
        return coverage(
            projection,
            rows,
            cols,
            polarity=polarity,
            filters=options.filters,
            links=options.links,
            framework=options.framework if "framework-principle" in (rows, cols) else None,
            detail=detail,
        )

    with ThreadPoolExecutor(max_workers=1) as beside:
        # The engine reads records without holding the interpreter, so this costs no time while
        # the null model is drawn.
        reading = beside.submit(_cases, projection, snapshot, options)
        found = gaps(
            projection,
            Choices(
                filters=options.filters,
                links=options.links,
                scope=options.scope,
                baseline=options.baseline,
            ),
        )
        cases = labels.on_cases(reading.result())
    return Findings(
        options=options,
        projection=projection,
        snapshot=snapshot,
        contents=describe(snapshot, store.location),
        positive=counted(options.level, columns, "positive", detail=True),
        negative=counted(options.level, columns, "negative", detail=True),
        by_region=counted("region", "goal", "both"),
        by_year=counted("year", "goal", "both"),
        gaps=retold(found, frameworks_of(projection), say),
        cases=cases,
        sources=_sources(cases),
        crosswalk=crosswalk(projection, filters=options.filters),
        robustness=tuple(
            robustness(projection, name, filters=options.filters) for name in ("goal", "principle")
        ),
        plan=(
            None
            if options.filters.is_empty
            else suggest_cover(projection, "target", within=options.filters, links=options.links)
        ),
        candidates=_candidates(projection, options),
        since=_since(store, projection, options, labels),
        colors=goal_colors(snapshot),
    )


def _candidates(projection: Projection, options: ReportOptions) -> Predictions | None:
    try:
        return suggest_links(
            projection,
            "goal",
            rows="technology",
            filters=options.filters,
            links=options.links,
            top=12,
        )
    except InputError:  # too few links within the limits to learn from
        return None


def _since(
    store: GraphStore, projection: Projection, options: ReportOptions, labels: Labels
) -> tuple[Comparison, ...]:
    if not options.since:
        return ()
    at = getattr(store, "at", None)
    if at is None:
        raise InputError("earlier revisions are kept by the embedded store only")
    with at(options.since) as earlier:
        before = labels.on(Projection.of(earlier, earlier.revision.id))
        return tuple(
            compare(
                before,
                dimension,
                first=options.filters,
                second=options.filters,
                names=(earlier.revision.id, projection.revision),
                links=options.links,
                other=projection,
            )
            for dimension in ("goal", "target", "principle")
        )


def _cases(
    projection: Projection, snapshot: Snapshot, options: ReportOptions
) -> tuple[CaseRecord, ...]:
    mask = projection.mask("case", options.filters)
    chosen = None
    if mask is not None:
        chosen = [projection.unit_iri("case", int(number)) for number in mask.nonzero()[0]]
        if not chosen:
            return ()
    records = case_records(snapshot, chosen)
    return tuple(sorted(records, key=lambda case: (case.title.casefold(), case.id)))


def _sources(cases: tuple[CaseRecord, ...]) -> tuple[Source, ...]:
    found = {
        source.id: source
        for case in cases
        for source in (*case.sources, *(s for link in case.links for s in link.evidence.sources))
    }
    return tuple(
        sorted(found.values(), key=lambda source: (source.label.casefold(), source.id))
    )


def frameworks_of(projection: Projection) -> dict[str, str]:
    """Label of the framework, other than the pivot, that states each principle."""
    return {
        principle: entry["label"]
        for entry in projection.crosswalk()["frameworks"]
        if not entry["pivot"]
        for principle in entry["principles"]
    }


@lru_cache(maxsize=4096)
def anchor(kind: str, iri: str) -> str:
    """The place inside a report that tells of a thing.

    Example:
        >>> anchor("case", "https://w3id.org/equipoise/id/case/lead-pipes")
        'case-lead-pipes'
    """
    tail = iri.removeprefix(f"{v.ID}{kind}/").removeprefix(v.SDG)
    return f"{kind}-{slugify(tail.replace('.', '-'))}"
