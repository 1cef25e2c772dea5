"""Methods with references and limits, and how to make the same report again."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Final

from kg.report.document import Code, Heading, Items, Section, Span, paragraph, text
from kg.report.language import message
from kg.report.section_gaps import TABLE_NAMES

if TYPE_CHECKING:
    from kg.report.document import Block
    from kg.report.findings import Findings

_REFERENCES: Final = (
    (message("Wilson 1927: interval of a share"),
     "https://doi.org/10.1080/01621459.1927.10502953"),
    (message("Benjamini and Hochberg 1995: correction for many tests"),
     "https://doi.org/10.1111/j.2517-6161.1995.tb02031.x"),
    (message("Strona and others 2014: curveball sampling"), "https://doi.org/10.1038/ncomms5114"),
    (message("Saracco and others 2015: bipartite configuration model"),
     "https://doi.org/10.1038/srep10595"),
    (message("Saracco and others 2017: validated projections"),
     "https://doi.org/10.1088/1367-2630/aa6b38"),
    (message("Tumminello and others 2011: statistically validated networks"),
     "https://doi.org/10.1371/journal.pone.0017994"),
    (message("Hidalgo and others 2007: proximity"), "https://doi.org/10.1126/science.1144581"),
    (message("Simonsohn and others 2020: specification curve"),
     "https://doi.org/10.1038/s41562-020-0912-z"),
)


def methods(found: Findings) -> Section:
    """How the numbers come about, and what they cannot say."""
    say, alpha = found.say, found.gaps.choices.alpha
    blocks: list[Block] = [
        Heading(say("What is counted"), "methods-counting"),
        paragraph(
            say(
                "The unit is the case. A case counts once for a goal, target, principle or "
                "technology, however many links and sources it has. Targets count for their goal; "
                "principles of frameworks count for the common principles they match exactly, "
                "closely or more narrowly. Positive links (supports, upholds) and negative ones "
                "(undermines, violates) are counted apart and never subtracted from each other."
            )
        ),
        Heading(say("What is expected"), "methods-expected"),
        paragraph(
            say(
                "A single member (a target, a principle) is held against a yardstick from outside: "
                "even attention to all members in scope, or the shares in a reference dataset. A "
                "null model that keeps how common each member is could never call one uncommon. "
                "Pairs are held against a model that keeps how many members each case touches and "
                "how many cases touch each member, and joins them otherwise at random."
            )
        ),
        Items(tuple(text(line) for line in _models(found))),
        Heading(say("Classes"), "methods-classes"),
        paragraph(
            say(
                "E is the expected number and m the number of comparisons. A place is a "
                "significant gap where the chance of so few, corrected by Benjamini and Hochberg, "
                "is below {alpha:g}. It is untestable where even an empty place would be too "
                "likely for a verdict (P(0) above {alpha:g}/m, about E < ln(m/{alpha:g})). "
                "Otherwise it is consistent with chance. Intervals of shares are Wilson’s, at "
                "95 %.",
                alpha=alpha,
            )
        ),
        Heading(say("Limits"), "methods-limits"),
        Items(
            (
                text(
                    say("No link means that no evidence was found, not that there is no relation.")
                ),
                text(
                    say(
                        "Cases are collected, not sampled: shares describe this collection, and "
                        "speak of the world only as far as the collection does."
                    )
                ),
                text(
                    say(
                        "Links are judgements with a rationale and sources. Other people would "
                        "draw some of them otherwise; the section on robustness shows how far "
                        "results depend on such choices."
                    )
                ),
                text(
                    say(
                        "Naive tests of co-occurrence find gaps that are none, and most empty "
                        "places carry no information. The classes above are made for this."
                    )
                ),
            )
        ),
        Heading(say("References"), "methods-references"),
        Items(tuple((Span(say(label), href),) for label, href in _REFERENCES)),
    ]
    return Section("methods", say("Methods and limits"), tuple(blocks))


def _models(found: Findings) -> list[str]:
    say = found.say
    lines = []
    for model in found.gaps.models:
        drawn = (
            say(", {draws:,} draws, seed {seed}", draws=model["draws"], seed=model["seed"])
            if model.get("draws")
            else ""
        )
        lines.append(
            say(
                "{table}: {model}, {tests:,} comparisons{drawn}; {pairs} rarer than chance "
                "explains",
                table=say(TABLE_NAMES[f"{model['rows']} × {model['cols']}"]),
                model=found.quoted(model["model"]),
                tests=model["tests"],
                drawn=drawn,
                pairs=say.count("{number:,} pair", "{number:,} pairs", model["rarer"]),
            )
        )
    significant = found.gaps.agreement.get("significant", {})
    if significant:
        counts = ", ".join(
            f"{found.quoted(name)} {say.number(count, 'd')}" for name, count in significant.items()
        )
        lines.append(
            say(
                "agreement of the models on goal × principle, significant gaps: {counts}",
                counts=counts,
            )
        )
    return lines


def reproduce(found: Findings) -> Section:
    """How to make the same report again."""
    say, contents = found.say, found.contents
    version = metadata.version("equipoise")
    blocks: list[Block] = [
        paragraph(
            say(
                "Equipoise {version}, revision {revision}, content hash {hash}. The same revision "
                "and options give the same bytes.",
                version=version, revision=contents.revision.id, hash=contents.content_hash,
            )
        ),
        Code(f"pip install equipoise=={version}\n{found.options.command()}"),
        paragraph(say("The numbers behind the report as data:")),
        Code("kg report -o report.json\nkg coverage --format json\nkg gaps --format json"),
        paragraph(say("One number of the matrix, asked in SPARQL:")),
        Code(found.positive.sparql),
    ]
    return Section("reproduce", say("How to reproduce"), tuple(blocks))
