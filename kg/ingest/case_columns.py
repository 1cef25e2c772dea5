"""The columns of a table of cases, and those that say where a row comes from."""

from __future__ import annotations

from typing import Final

from kg.ingest.column import Column, Table

SOURCE_COLUMNS: Final = (
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
DIRECTNESS_WORDS: Final = ("direct", "indirect")
_SEVERAL: Final = "Several per cell, with ; or | between or one per line."
_TARGETS: Final = (
    f"{_SEVERAL} After each may stand direct or indirect, and a reason in round brackets: "
    "7.3 direct (cuts losses in the grid)."
)
_PRINCIPLES: Final = (
    f"{_SEVERAL} After each may stand a reason in round brackets: "
    "transparency (all readings are published)."
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
            f"Which AI it uses: ids or labels of the technology scheme. {_SEVERAL}",
            ("machine-learning", "machine-learning", "deep-learning"),
            "links",
            aliases=("technology", "tech", "methods", "ai_technologies", "ai_technology",
                     "uses_technology"),
            vocabulary="technology",
        ),
        Column(
            "supports",
            f"SDG targets or goals it helps to reach: 7.3, SDG 7, or labels. {_TARGETS}",
            ("7.2 direct (less diesel is burnt); 13.2 indirect", "", "6.3 direct"),
            "links",
            aliases=("sdg", "sdgs", "sdg_targets", "sdg_target", "targets", "target", "goals",
                     "goal", "sdg_goals", "supported_targets", "supports_sdg"),
            vocabulary="target",
        ),
        Column(
            "undermines",
            f"SDG targets or goals it works against. {_TARGETS}",
            ("", "1.3 direct (valid claims were held back); 10.3", ""),
            "links",
            aliases=("undermined_targets", "harms", "negative_sdgs", "negative_targets",
                     "undermines_sdg"),
            vocabulary="target",
        ),
        Column(
            "upholds",
            f"Principles it puts into practice: ids or labels. {_PRINCIPLES}",
            ("sustainability", "", "transparency (all readings are published)"),
            "links",
            aliases=("principles", "principle", "upheld_principles", "upholds_principles"),
            vocabulary="principle",
        ),
        Column(
            "violates",
            f"Principles it breaks with. {_PRINCIPLES}",
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
        *SOURCE_COLUMNS,
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
