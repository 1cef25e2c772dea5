"""What a report is about and how it counts."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Final, Literal

from kg.analysis.scope import NO_SCOPE, Scope
from kg.errors import InputError
from kg.projection.filters import NO_FILTERS, Filters, Links
from kg.report.language import language

Counting = Literal["full", "fractional"]
Level = Literal["goal", "target"]


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """Options of a report.

    Attributes:
        filters: Limits on cases and links.
        links: Accepted links, or proposed ones too.
        scope: Members out of scope or relevant beforehand.
        baseline: IRI of a reference dataset, or ``uniform``.
        framework: IRI of a framework whose principles the matrix shows; pivot when empty.
        counting: ``full`` counts a case once per pair, ``fractional`` once in all.
        level: Rows of the matrix: goals or targets.
        since: Identifier of an earlier revision to compare with, or empty.
        title: Title; a plain one when empty.
        author: Who hands it in.
        lang: Language.

    Raises:
        InputError: A value that is not among the choices.

    Example:
        >>> ReportOptions(level="target").level
        'target'
    """

    filters: Filters = NO_FILTERS
    links: Links = "accepted"
    scope: Scope = NO_SCOPE
    baseline: str = "uniform"
    framework: str = ""
    counting: Counting = "full"
    level: Level = "goal"
    since: str = ""
    title: str = ""
    author: str = ""
    lang: str = "en"

    def __post_init__(self) -> None:
        language(self.lang)
        for name, value, choices in (
            ("counting", self.counting, ("full", "fractional")),
            ("level", self.level, ("goal", "target")),
        ):
            if value not in choices:
                raise InputError(f"{name} must be {' or '.join(choices)}, not {value!r}")

    def command(self) -> str:
        """The command line that makes the same report.

        Example:
            >>> ReportOptions(level="target", author="A. Reader").command()
            "kg report --level target --author 'A. Reader' -o report.html"
        """
        parts = ["kg", "report"]
        limits = self.filters
        for option, values in (
            ("--dataset", limits.datasets),
            ("--country", limits.countries),
            ("--region", limits.regions),
            ("--status", limits.statuses),
            ("--technology", limits.technologies),
            ("--organisation", limits.organisations),
        ):
            for value in values:
                parts += [option, value]
        if limits.years is not None:
            first, last = limits.years
            parts += ["--years", f"{first or ''}-{last or ''}"]
        if self.links == "all":
            parts += ["--links", "all"]
        for option, value, default in (
            ("--scope", self.scope.name, ""),
            ("--baseline", self.baseline, "uniform"),
            ("--framework", self.framework, ""),
            ("--counting", self.counting, "full"),
            ("--level", self.level, "goal"),
            ("--since", self.since, ""),
            ("--title", self.title, ""),
            ("--author", self.author, ""),
            ("--lang", self.lang, "en"),
        ):
            if value != default:
                parts += [option, value]
        return shlex.join([*parts, "-o", "report.html"])


DEFAULT_OPTIONS: Final = ReportOptions()
