"""The columns of the three tables: the one declaration that reading, templates and docs follow."""

from __future__ import annotations

from typing import Final

from kg.errors import InputError
from kg.ingest.case_columns import CASES, DIRECTNESS_WORDS, SOURCE_COLUMNS
from kg.ingest.column import CellType, Column, Table, TableName, folded

__all__ = [
    "CASES",
    "FRAMEWORKS",
    "LINKS",
    "TABLES",
    "CellType",
    "Column",
    "Table",
    "TableName",
    "folded",
    "table_named",
]

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
            choices=DIRECTNESS_WORDS,
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
        *SOURCE_COLUMNS,
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
