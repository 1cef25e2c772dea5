"""Reports: findings told once, written in any format."""

from __future__ import annotations

from kg.report.formats import REPORT_FORMATS, ReportFormat, report_format, report_format_of
from kg.report.options import ReportOptions

__all__ = [
    "REPORT_FORMATS",
    "ReportFormat",
    "ReportOptions",
    "report_format",
    "report_format_of",
]
