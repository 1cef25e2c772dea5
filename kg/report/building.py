"""From a store to the report's document model."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

from kg.analysis.results import plain
from kg.report.document import ReportModel
from kg.report.findings import Findings, gather
from kg.report.language import message
from kg.report.main_findings import main_findings
from kg.report.options import DEFAULT_OPTIONS, ReportOptions
from kg.report.section_appendix import appendix
from kg.report.section_changes import changes
from kg.report.section_coverage import coverage_section
from kg.report.section_data import data, limits
from kg.report.section_evidence import evidence
from kg.report.section_frameworks import frameworks
from kg.report.section_gaps import gaps_section
from kg.report.section_methods import methods, reproduce
from kg.report.section_negative import negative
from kg.report.section_robustness import robustness_section
from kg.report.section_suggestions import suggestions
from kg.report.section_summary import summary

if TYPE_CHECKING:
    from kg.store import GraphStore

_TITLE: Final = message("Gaps in responsible AI practice")


def build_report(store: GraphStore, options: ReportOptions = DEFAULT_OPTIONS) -> ReportModel:
    """Gather all findings and write them into a document.

    Args:
        store: What to report on; its newest revision is pinned while reading.
        options: Limits, counting, title.

    Returns:
        The report, without any file format. The same revision and options give an equal model.

    Raises:
        UnknownTermError: An option names something the graph does not hold.

    Example:
        >>> from kg.store import open_store
        >>> build_report(open_store()).sections[0].title
        'Summary'
    """
    with store.reader() as snapshot:
        found = gather(store, snapshot, options)
        told = (
            summary(found),
            data(found),
            changes(found),
            coverage_section(found),
            gaps_section(found),
            negative(found),
            evidence(found),
            frameworks(found),
            robustness_section(found),
            suggestions(found),
            methods(found),
            appendix(found),
            reproduce(found),
        )
    sections = tuple(section for section in told if section is not None)
    contents = found.contents
    version = metadata.version("equipoise")
    return ReportModel(
        title=options.title or found.say(_TITLE),
        subtitle=found.say.count(
            "{number:,} case of AI use against the Sustainable Development Goals and the "
            "principles of responsible AI",
            "{number:,} cases of AI use against the Sustainable Development Goals and the "
            "principles of responsible AI",
            found.gaps.total_units,
        ),
        author=options.author,
        lang=options.lang,
        date=contents.revision.created[:10],
        created=contents.revision.created,
        meta={
            message("Revision"): contents.revision.id,
            message("Content hash"): contents.content_hash,
            message("Made with"): f"Equipoise {version}",
            message("Command"): options.command(),
        },
        sections=sections,
        findings=_numbers(found),
    )


def _numbers(found: Findings) -> dict[str, Any]:
    return {
        "revision": found.contents.revision.id,
        "content_hash": found.contents.content_hash,
        "limits": limits(found),
        "main_findings": [finding.to_dict() for finding in main_findings(found)],
        "coverage": {
            "positive": found.positive.to_dict(detail=True),
            "negative": found.negative.to_dict(detail=True),
            "regions": found.by_region.to_dict(),
            "years": found.by_year.to_dict(),
        },
        "gaps": plain(found.gaps.to_dict()),
        "crosswalk": found.crosswalk.to_dict(),
        "robustness": [curve.to_dict() for curve in found.robustness],
        "plan": found.plan.to_dict() if found.plan else None,
        "candidates": found.candidates.to_dict() if found.candidates else None,
        "changes": [comparison.to_dict() for comparison in found.since],
    }
