"""The columns of the three tables: the one declaration that reading, templates and docs follow.

A column is known by its name or any alias, whatever the case, spaces, hyphens or punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from kg.errors import InputError

TableName = Literal["cases", "frameworks", "links"]
CellType = Literal[
    "text", "id", "year", "boolean", "decimal", "url", "list", "organisations", "links"
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        name: As templates write it.
        help: What goes in, in a sentence or two.
        examples: A cell for each of the template's three example rows.
        type: How a cell is read.
        required: Whether every row must fill it.
        aliases: Other headings it is known by.
        vocabulary: Kind of thing its cells name (``target``, ``principle`` …).
        choices: The only values allowed, where there are few.
    """

    name: str
    help: str
    examples: tuple[str, str, str] = ("", "", "")
    type: CellType = "text"
    required: bool = False
    aliases: tuple[str, ...] = ()
    vocabulary: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, what a row is, and its columns in order."""

    name: TableName
    row: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)

    def headings(self) -> dict[str, str]:
        """Every folded heading with the column it means; names win over aliases."""
        found = {folded(alias): item.name for item in self.columns for alias in item.aliases}
        return found | {item.name: item.name for item in self.columns}


_SOURCE_COLUMNS: Final = (
    Column(
        "source_url",
        "Web address of the source; several per cell, one per line or with | between.",
        ("https://example.org/grid-report", "https://example.org/audit", ""),
        "url",
        aliases=("source_urls", "sources", "source", "link_to_source", "reference",
                 "references", "source_link", "source_links", "url", "urls"),
    ),
    Column(
        "source_title",
        "Title of the source; with several addresses as many titles, with | between.",
        ("Forecasting demand on small grids", "Audit of the scoring system", ""),
        aliases=("source_titles", "source_name"),
    ),
    Column(
        "source_publisher",
        "Who published it; with several addresses one name for all, or as many with | between.",
        ("Example Energy Review", "Example Audit Office", ""),
        aliases=("source_publishers", "source_organisation"),
    ),
    Column(
        "source_kind",
        "What kind of source it is.",
        ("report", "official", ""),
        aliases=("source_kinds", "source_type", "source_types"),
        vocabulary="source-kind",
    ),
    Column(
        "source_year",
        "Year of publication.",
        ("2023", "2022", ""),
        "year",
        aliases=("source_years", "source_date", "publication_year"),
    ),
)
_DIRECTNESS: Final = ("direct", "indirect")
_LINK_CELL: Final = (
    "Several per cell, with ; or | between or one per line. After each may stand direct or "
    "indirect, and a reason in round brackets: 7.3 direct (cuts losses in the grid)."
)

CASES: Final = Table(
    "cases",
    "a real use of AI",
    (
        Column(
            "id",
            "Short identifier, unique in the table. Made from the title when left empty.",
            ("example-grid-forecast", "example-benefit-scoring", "example-river-sensors"),
            "id",
            aliases=("case_id", "identifier", "code", "key", "slug"),
        ),
        Column(
            "title",
            "What the case is called, in one line.",
            ("Forecasting demand on island grids", "Scoring of benefit claims",
             "Sensors watch a river"),
            required=True,
            aliases=("case", "case_title", "name", "case_name"),
        ),
        Column(
            "summary",
            "What is done, by whom, where, in one to three sentences.",
            ("A utility forecasts demand to run fewer diesel hours.",
             "An office ranked claims by risk of fraud.",
             "A city measures water quality and warns downstream villages."),
            aliases=("description", "abstract", "case_summary", "text"),
        ),
        Column(
            "organisations",
            "Who takes part: name, and in round brackets the role, and if you like the type: "
            "Example Power (developer, company). Several with ; between.",
            ("Example Power (deployer); Example Labs (developer, company)",
             "Example Benefits Office (deployer, government)", "Example City (deployer)"),
            "organisations",
            aliases=("organizations", "organisation", "organization", "actors", "company",
                     "companies", "stakeholders", "participants"),
            vocabulary="organisation",
        ),
        Column(
            "countries",
            "Where: ISO codes or names; XZ for the whole world.",
            ("KE", "NL; BE", "Brazil"),
            "list",
            aliases=("country", "location", "locations", "country_code", "countries_codes",
                     "place"),
            vocabulary="country",
        ),
        Column(
            "start_year",
            "Year it began.",
            ("2021", "2018", "2020"),
            "year",
            aliases=("year", "start", "started", "start_date", "from", "year_start", "begin",
                     "date"),
        ),
        Column(
            "end_year",
            "Year it ended; empty while it goes on.",
            ("", "2020", ""),
            "year",
            aliases=("end", "ended", "end_date", "until", "year_end", "to"),
        ),
        Column(
            "status",
            "How far it has come.",
            ("deployed", "discontinued", "pilot"),
            aliases=("stage", "phase", "state", "case_status"),
            vocabulary="status",
        ),
        Column(
            "technologies",
            "Which AI it uses: ids or labels of the technology scheme.",
            ("machine-learning", "machine-learning", "deep-learning"),
            "links",
            aliases=("technology", "tech", "methods", "ai_technologies", "ai_technology",
                     "uses_technology"),
            vocabulary="technology",
        ),
        Column(
            "supports",
            f"SDG targets or goals it helps to reach: 7.3, SDG 7, or labels. {_LINK_CELL}",
            ("7.2 direct (less diesel is burnt); 13.2 indirect", "", "6.3 direct"),
            "links",
            aliases=("sdg", "sdgs", "sdg_targets", "sdg_target", "targets", "target", "goals",
                     "goal", "sdg_goals", "supported_targets", "supports_sdg"),
            vocabulary="target",
        ),
        Column(
            "undermines",
            f"SDG targets or goals it works against. {_LINK_CELL}",
            ("", "1.3 direct (valid claims were held back); 10.3", ""),
            "links",
            aliases=("undermined_targets", "harms", "negative_sdgs", "negative_targets",
                     "undermines_sdg"),
            vocabulary="target",
        ),
        Column(
            "upholds",
            f"Principles it puts into practice: ids or labels. {_LINK_CELL}",
            ("sustainability", "", "transparency (all readings are published)"),
            "links",
            aliases=("principles", "principle", "upheld_principles", "upholds_principles"),
            vocabulary="principle",
        ),
        Column(
            "violates",
            f"Principles it breaks with. {_LINK_CELL}",
            ("", "fairness (families with two nationalities were singled out)", ""),
            "links",
            aliases=("violated_principles", "breaches", "violates_principles"),
            vocabulary="principle",
        ),
        Column(
            "outcome",
            "What came of it, with figures.",
            ("Diesel hours fell by a fifth in the first year.", "The system was withdrawn.", ""),
            aliases=("outcomes", "result", "results", "impact", "impacts"),
        ),
        *_SOURCE_COLUMNS,
        Column(
            "evidence_status",
            "How far the sources carry the links of this row.",
            ("confirmed", "confirmed", ""),
            aliases=("evidence_quality", "confirmation"),
            choices=("confirmed", "self-reported", "alleged", "unverified"),
        ),
        Column(
            "verified",
            "Whether the row was checked against its sources.",
            ("yes", "yes", "no"),
            "boolean",
            aliases=("checked", "is_verified"),
            choices=("yes", "no"),
        ),
        Column(
            "note",
            "Anything a reader should know: doubts, gaps, how it was found out.",
            ("Figures are the utility's own.", "", ""),
            aliases=("notes", "evidence", "comment", "comments", "remark", "remarks",
                     "editorial_note"),
        ),
    ),
)

FRAMEWORKS: Final = Table(
    "frameworks",
    "a document that sets out principles for AI",
    (
        Column(
            "id",
            "Short identifier, unique in the table. Made from the title when left empty.",
            ("example-city-2021", "example-bank-2022", "example-forum-2020"),
            "id",
            aliases=("framework_id", "identifier", "code", "key", "slug", "document_id", "no",
                     "number"),
        ),
        Column(
            "title",
            "Title of the document.",
            ("AI charter of Example City", "Responsible AI at Example Bank",
             "Example Forum guidelines"),
            required=True,
            aliases=("name", "framework", "document", "name_of_document", "document_title",
                     "guideline"),
        ),
        Column(
            "publisher",
            "Who published it.",
            ("Example City", "Example Bank", "Example Forum"),
            "organisations",
            aliases=("institution", "organisation", "organization", "author", "issuer",
                     "published_by"),
            vocabulary="organisation",
        ),
        Column(
            "publisher_type",
            "What kind of body the publisher is; a new kind is added with a warning.",
            ("government", "company", "multi"),
            "list",
            aliases=("type", "institution_type", "type_of_publisher", "organisation_type",
                     "organization_type", "sector"),
            vocabulary="organisation-type",
        ),
        Column(
            "country",
            "Home country of the publisher: ISO code or name; XZ for international bodies.",
            ("NL", "Kenya", "XZ"),
            "list",
            aliases=("countries", "country_code", "location", "jurisdiction"),
            vocabulary="country",
        ),
        Column(
            "year",
            "Year of publication.",
            ("2021", "2022", "2020"),
            "year",
            aliases=("date", "publication_year", "published", "year_of_publication"),
        ),
        Column(
            "url",
            "Web address of the document.",
            ("https://example.org/charter", "https://example.org/bank", ""),
            "url",
            aliases=("link", "address", "website", "source_url", "source", "web_address"),
        ),
        Column(
            "binding",
            "Whether it is law: yes or no; empty when unknown.",
            ("no", "no", ""),
            "boolean",
            aliases=("is_binding", "legally_binding", "binding_or_not"),
            choices=("yes", "no"),
        ),
        Column(
            "principles",
            "The principles it sets out: ids or labels of pivot principles, or of another "
            "framework's; several with ; between.",
            ("privacy; transparency", "fairness; accountability; privacy", "human-rights"),
            "list",
            aliases=("principle", "includes_principles", "includes", "values"),
            vocabulary="principle",
        ),
        Column(
            "summary",
            "What the document is, in a sentence or two.",
            ("Rules for automated decisions of the city.", "", ""),
            aliases=("description", "abstract"),
        ),
        Column(
            "verified",
            "Whether the row was checked against the document.",
            ("yes", "yes", "no"),
            "boolean",
            aliases=("checked", "is_verified"),
            choices=("yes", "no"),
        ),
        Column(
            "note",
            "Anything a reader should know.",
            aliases=("notes", "evidence", "comment", "comments", "remark", "remarks",
                     "editorial_note"),
        ),
    ),
)

LINKS: Final = Table(
    "links",
    "one statement: a case supports or undermines a target, upholds or violates a principle, or "
    "uses a technology",
    (
        Column(
            "case",
            "The case: id, IRI or title. It must be in the graph or in a table imported with this "
            "one.",
            ("example-grid-forecast", "example-benefit-scoring", "example-river-sensors"),
            required=True,
            aliases=("id", "subject", "case_id", "subject_id", "case_iri", "from"),
            vocabulary="case",
        ),
        Column(
            "predicate",
            "What is stated. May be left out when the object and the polarity tell.",
            ("supports", "violates", "uses-technology"),
            aliases=("relation", "link", "property", "link_type"),
            choices=("supports", "undermines", "upholds", "violates", "uses-technology",
                     "relates-to-goal"),
        ),
        Column(
            "kind",
            "Kind of the object, when its label alone would not tell.",
            ("target", "principle", "technology"),
            aliases=("object_kind", "type", "concept_kind"),
            choices=("goal", "target", "principle", "technology"),
        ),
        Column(
            "object",
            "Target, goal, principle or technology: code, id, label or IRI.",
            ("7.1", "transparency", "machine-learning"),
            required=True,
            aliases=("concept", "target", "object_id", "concept_id", "principle", "goal",
                     "concept_iri", "to", "sdg"),
        ),
        Column(
            "label",
            "For your eyes only; not read.",
            aliases=("object_label", "concept_label", "target_label"),
        ),
        Column(
            "polarity",
            "positive (supports, upholds) or negative (undermines, violates).",
            ("positive", "negative", ""),
            aliases=("sign", "direction"),
            choices=("positive", "negative"),
        ),
        Column(
            "directness",
            "Whether the effect is direct or comes about through something else.",
            ("direct", "direct", ""),
            aliases=("direct",),
            choices=_DIRECTNESS,
        ),
        Column(
            "rationale",
            "Why it holds, in a sentence.",
            ("More hours of power reach the island.", "Nobody was told of the score.", ""),
            aliases=("quote", "why", "reason", "justification", "explanation"),
        ),
        Column(
            "confidence",
            "How sure, from 0 to 1.",
            ("0.9", "0.8", "0.7"),
            "decimal",
            aliases=("probability", "score", "certainty"),
        ),
        Column(
            "review_status",
            "proposed links wait for kg review and are not counted. Default: accepted, or "
            "proposed in a file written by kg link.",
            ("accepted", "accepted", "proposed"),
            aliases=("review", "reviewed"),
            choices=("accepted", "proposed", "rejected"),
        ),
        Column(
            "evidence_status",
            "How far the sources carry it.",
            ("confirmed", "alleged", ""),
            aliases=("evidence", "evidence_quality"),
            choices=("confirmed", "self-reported", "alleged", "unverified"),
        ),
        *_SOURCE_COLUMNS,
        Column(
            "attributed_to",
            "Who says so: name of an organisation.",
            ("", "Example Audit Office", ""),
            "organisations",
            aliases=("asserted_by", "said_by", "who", "attribution"),
            vocabulary="organisation",
        ),
        Column(
            "note",
            "Anything a reader should know.",
            aliases=("notes", "comment", "comments", "remark", "remarks"),
        ),
        Column(
            "start", "Written by kg link: where the quote begins in the text, in characters."
        ),
        Column("end", "Written by kg link: where the quote ends."),
        Column(
            "method",
            "Written by kg link: how the link was found. Its presence makes rows proposals.",
            aliases=("methods",),
        ),
    ),
)
TABLES: Final[dict[str, Table]] = {table.name: table for table in (CASES, FRAMEWORKS, LINKS)}


def folded(heading: object) -> str:
    """A heading without case, accents, spaces and punctuation.

    Example:
        >>> folded(" Start-Year * "), folded("Publisher type")
        ('start_year', 'publisher_type')
    """
    text = unicodedata.normalize("NFKD", str(heading)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", text).strip("_")


def table_named(name: str) -> Table:
    """The table of that name.

    Raises:
        InputError: There is none; names those there are.

    Example:
        >>> table_named("links").row.split(":")[0]
        'one statement'
    """
    if name not in TABLES:
        raise InputError(f"no table {name!r}; there are {', '.join(TABLES)}")
    return TABLES[name]
