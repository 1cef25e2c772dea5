"""Words of the graph's own vocabulary in tables: relations, statuses, kinds of source."""

from __future__ import annotations

from typing import Final

from kg.report.language import message

RELATIONS: Final = {
    "supports": message("supports"),
    "undermines": message("undermines"),
    "upholds": message("upholds"),
    "violates": message("violates"),
    "usesTechnology": message("uses technology"),
}
"""Predicates of links, as rows of a table."""
TERMS: Final = {
    "supports": RELATIONS["supports"],
    "undermines": RELATIONS["undermines"],
    "upholds": RELATIONS["upholds"],
    "violates": RELATIONS["violates"],
    "uses": message("uses"),
    "usesTechnology": message("usesTechnology"),
    "accepted": message("accepted"),
    "proposed": message("proposed"),
    "rejected": message("rejected"),
    "direct": message("direct"),
    "indirect": message("indirect"),
    "confirmed": message("confirmed"),
    "self-reported": message("self-reported"),
    "alleged": message("alleged"),
    "unverified": message("unverified"),
    "exact": message("exact"),
    "close": message("close"),
    "narrow": message("narrow"),
    "broad": message("broad"),
    "related": message("related"),
    "database": message("database"),
    "news": message("news"),
    "official": message("official"),
    "paper": message("paper"),
    "press-release": message("press-release"),
    "report": message("report"),
    "website": message("website"),
    "appeared": message("appeared"),
    "vanished": message("vanished"),
    "more": message("more"),
    "fewer": message("fewer"),
    "same": message("same"),
}
"""Single words that stand in cells; a word of the data that is not among them stays as it is."""
