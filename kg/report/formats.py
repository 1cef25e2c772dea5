"""The formats of a report, and who writes each."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from kg.errors import InputError, UnknownTermError

if TYPE_CHECKING:
    from kg.report.document import ReportModel


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """One report format.

    Attributes:
        name: As in ``--format``; also the file ending.
        media_type: For HTTP.
        title: What it is.
        writer: ``module:function``.
    """

    name: str
    media_type: str
    title: str
    writer: str

    def write(self, model: ReportModel, out: BinaryIO) -> None:
        """Write a report.

        Raises:
            MissingExtra: The format needs an optional library.
        """
        module, _, name = self.writer.partition(":")
        function: Callable[..., None] = getattr(importlib.import_module(module), name)
        function(model, out)


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
REPORT_FORMATS: Final = {
    item.name: item
    for item in (
        ReportFormat("html", "text/html", "One page, nothing outside it needed",
                     "kg.report.writing_html:write_html"),
        ReportFormat("md", "text/markdown", "Markdown, pictures inside",
                     "kg.report.writing_markdown:write_markdown"),
        ReportFormat("json", "application/json", "Numbers and document as data",
                     "kg.report.writing_json:write_json"),
        ReportFormat("pdf", "application/pdf", "PDF, tagged for screen readers",
                     "kg.report.writing_pdf:write_pdf"),
        ReportFormat("docx", f"{_OFFICE}.wordprocessingml.document", "Word document",
                     "kg.report.writing_docx:write_docx"),
        ReportFormat("xlsx", f"{_OFFICE}.spreadsheetml.sheet", "Workbook, a sheet per table",
                     "kg.report.writing_xlsx:write_xlsx"),
    )
}
"""Every report format by name."""
_OTHER_NAMES: Final = {"markdown": "md", "htm": "html"}


def report_format(name: str) -> ReportFormat:
    """The report format of that name or file ending.

    Raises:
        UnknownTermError: There is none.

    Example:
        >>> report_format("markdown").name
        'md'
    """
    wanted = name.strip().lower().removeprefix(".")
    wanted = _OTHER_NAMES.get(wanted, wanted)
    if wanted not in REPORT_FORMATS:
        raise UnknownTermError(
            f"No report format {name!r}; there are {', '.join(REPORT_FORMATS)}.",
            suggestions=difflib.get_close_matches(wanted, REPORT_FORMATS, n=2),
        )
    return REPORT_FORMATS[wanted]


def report_format_of(path: Path) -> ReportFormat:
    """The report format that a file name's ending means.

    Raises:
        InputError: The name has no ending.
    """
    if not path.suffix:
        raise InputError(
            f"{path.name} does not say which format is meant: give --format, one of "
            f"{', '.join(REPORT_FORMATS)}"
        )
    return report_format(path.suffix)
