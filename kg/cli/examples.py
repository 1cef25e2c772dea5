"""Examples of every command: printed under its help, and run in this order by a test.

Together they tell one story in one folder: a table is filled in, imported, counted, reported on.
"""

from __future__ import annotations

from typing import Final

EXAMPLES: Final[dict[str, tuple[str, ...]]] = {
    "init": ("kg init", "kg init --store ./blank --empty"),
    "info": ("kg info", "kg info --format json"),
    "serve": ("kg serve", "kg serve --host 0.0.0.0 --port 8080 --workers 4"),
    "query": (
        "kg query 'SELECT ?case { ?case eq:supports sdg:7.3 }'",
        "kg query --list",
        "kg query cases-for-target --param target=3.8 --format csv",
        "kg query 'SELECT ?case ?what { ?case eq:violates ?what }' --format csv -o violations.csv",
    ),
    "update": ("kg update 'DELETE WHERE { GRAPH dataset:portfolio { ?case eq:outcome ?text } }'",),
    "template": ("kg template cases.csv", "kg template portfolio.xlsx --table cases"),
    "validate": ("kg validate cases.csv", "kg validate"),
    "import": (
        "kg import cases.csv --dataset portfolio --license CC-BY-4.0",
        "kg import cases.csv --dataset portfolio --replace --dry-run",
    ),
    "dataset": (
        "kg dataset list",
        "kg dataset export cases -o cases-crate.zip",
        "kg dataset remove portfolio --yes",
    ),
    "coverage": (
        "kg coverage",
        "kg coverage --rows target --cols region --polarity both --format csv -o coverage.csv",
        "kg coverage --units frameworks --rows principle --cols publisher-type",
    ),
    "gaps": (
        "kg gaps --limit 10",
        "kg gaps --kind members --kind pairs --region 145 --format json -o gaps.json",
    ),
    "crosswalk": (
        "kg crosswalk",
        "kg crosswalk --framework unesco-2021 --framework sensetime-2021 --show mappings",
    ),
    "compare": (
        "kg compare --dataset sensetime",
        "kg compare --frameworks unesco-2021 oecd-2019",
        "kg compare --trend --over goal",
    ),
    "network": ("kg network --limit 10",),
    "profile": ("kg profile --by country --top 5", "kg profile CN --by country"),
    "suggest": (
        "kg suggest --of target --region 145 --most 5",
        "kg suggest --what links --region 145 --top 5",
    ),
    "link": (
        "kg link 'A chatbot gives farmers weather warnings in Swahili.'",
        "kg link policy.txt --kind principle,goal --format json",
        "kg link passages.csv --text-column text --id-column id -o links.csv",
        "kg link policy.txt --case amazon-alexa-children-voice-data --propose portfolio",
    ),
    "review": ("kg review list", "kg review next", "kg review log"),
    "evaluate": ("kg evaluate passages.csv --picture reliability.svg",),
    "export": (
        "kg export -o graph.graphml",
        "kg export 7.3 --graph ego --depth 1 -o energy.gexf",
        "kg export --list",
    ),
    "report": (
        "kg report -o report.html",
        "kg report -o report.md --region 145 --title 'AI in Western Asia'",
    ),
    "backup": ("kg backup equipoise.backup",),
    "restore": ("kg restore equipoise.backup --store ./copy", "kg restore --list"),
}
"""By command; those of a subcommand begin with its full name."""


def epilog(*names: str) -> str:
    """The examples of a command as click prints them, line by line.

    Example:
        >>> print(epilog("backup").replace(chr(8), "#"))
        #
        Examples:
          kg backup equipoise.backup
    """
    path = " ".join(("kg", *names))
    listed = [
        line for line in EXAMPLES.get(names[0], ()) if line == path or line.startswith(f"{path} ")
    ]
    # The character after which click keeps lines as they are.
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in listed)]) if listed else ""
