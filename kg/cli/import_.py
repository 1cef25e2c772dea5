"""``kg import``: bring one's own data in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import format_option, opened, store_option
from kg.cli.output import emit_json

if TYPE_CHECKING:
    from kg.ingest.carrying import ImportOptions, ImportReport
    from kg.ingest.findings import Findings

_UN_SDG = "un-sdg"
_WEB = ("https://", "http://")
_SHOWN = 20
_ROWS = 6
"""Rows or records named for a finding that many share."""


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@store_option
@click.option("--dataset", default="", help="Name of the dataset (named graph) to import into. "
              "Default: the first file's name.")
@click.option("--replace", "replace_", is_flag=True, help="Empty the dataset first.")
@click.option("--dry-run", is_flag=True, help="Check and count, write nothing.")
@click.option("--skip-invalid", is_flag=True, help="Import what is right; write what is wrong to "
              "a file, with the reasons.")
@click.option("--rejected", type=click.Path(dir_okay=False, path_type=Path),
              help="File for what --skip-invalid leaves out. Default: beside the input.")
@click.option("--table", type=click.Choice(["cases", "frameworks", "links"]),
              help="Which table it is. Default: told by the header.")
@click.option("--language", default="en", show_default=True,
              help="Language tag of the texts in tables.")
@click.option("--title", default="", help="Title of the dataset.")
@click.option("--license", "licence", default="", help="Licence: CC-BY-4.0, an address, or text.")
@click.option("--source", default="", help="Where the data come from: an address or text.")
@click.option("--version", "version_", default="", help="Version of the data.")
@click.option("--by", "creator", default="", help="Who imports. Default: the system's user name.")
@click.option("--fetch", is_flag=True, help="With un-sdg: fetch it from the United Nations.")
@format_option("table", "json")
def import_(
    files: tuple[str, ...],
    store: str | None,
    *,
    dataset: str,
    replace_: bool,
    dry_run: bool,
    skip_invalid: bool,
    rejected: Path | None,
    table: str | None,
    language: str,
    title: str,
    licence: str,
    source: str,
    version_: str,
    creator: str,
    fetch: bool,
    format_: str,
) -> None:
    """Import RDF files, or tables of cases, frameworks and links, into a dataset.

    RDF: Turtle, TriG, N-Triples, N-Quads, RDF/XML, JSON-LD. Tables: CSV and XLSX; kg template
    writes an empty one. All or nothing: when a file is wrong, every fault is named and the store
    stays as it was.

    "kg import un-sdg FILE" (or its address, or --fetch) loads the UN's own SDG knowledge
    organisation system.
    """
    from kg.errors import InputError
    from kg.ingest.carrying import ImportOptions, import_files, validate_files
    from kg.ingest.records import DatasetDetails
    from kg.projection.preparing import prepare
    from kg.store.embedded import EmbeddedStore

    options = ImportOptions(
        dataset=dataset,
        replace=replace_,
        skip_invalid=skip_invalid,
        details=DatasetDetails(title, licence, source, version_, creator or _user()),
        table=table or "",
        language=language,
        rejected=rejected,
    )
    target = opened(store)
    if files[0] == _UN_SDG and not Path(_UN_SDG).exists():
        from kg.ingest.un_sdg import ADDRESS, un_sdg_files

        named = [name for name in files[1:] if not name.startswith(_WEB)]
        addresses = [name for name in files[1:] if name.startswith(_WEB)]
        if len(addresses) > 1 or (addresses and fetch):
            raise InputError("one address at a time: kg import un-sdg ADDRESS, or --fetch")
        with un_sdg_files(
            [Path(name) for name in named],
            fetch=fetch or bool(addresses),
            address=addresses[0] if addresses else ADDRESS,
        ) as source_files:
            options = source_files.options(options)
            run = validate_files if dry_run else import_files
            report = run(target, source_files.paths, options, progress=_Bar())
    else:
        paths = [Path(name) for name in files]
        run = validate_files if dry_run else import_files
        report = run(target, paths, options, progress=_Bar())
    _show(report, options, format_)
    if report.published and isinstance(target, EmbeddedStore):
        prepare(target)
    if report.findings.failed and not skip_invalid:
        report.findings.raise_if_failed(", ".join(files))


def _show(report: ImportReport, options: ImportOptions, format_: str) -> None:
    if format_ == "json":
        emit_json(report.to_dict())
        return
    _tell(report.findings, errors=options.skip_invalid)
    for item in report.files:
        made = ", ".join(f"{count:,} {kind}" for kind, count in item.made.items())
        rows = f"{item.taken:,} of {item.rows:,} rows" if item.rows else ""
        text = "; ".join(part for part in (rows, made) if part)
        click.echo(f"{item.file} ({item.format}){': ' + text if text else ''}")
        if item.left_out:
            where = f", with the reasons in {item.rejected_file}" if report.published else ""
            click.echo(f"  left out {item.left_out:,}{where}")
    names = ", ".join(_short(graph) for graph in report.graphs)
    if report.published:
        click.echo(f"Imported into {names}: revision {report.revision}")
    else:
        click.echo(f"Would import into {names}; nothing was written")


def _tell(findings: Findings, *, errors: bool) -> None:
    """Warnings, and errors when nobody else tells them: one line for all that are alike."""
    from kg.ingest.findings import condensed

    told = [item for item in findings if errors or item.severity == "warning"]
    lines = list(condensed(told))
    for finding, places in lines[:_SHOWN]:
        also = ", ".join(places[1:_ROWS]) + " …" * (len(places) > _ROWS)
        what = "rows" if finding.row is not None else "records"
        click.echo(
            f"{finding.severity.capitalize()}: {finding}"
            + (f" ({len(places):,} {what} in all, also {also})" if len(places) > 1 else ""),
            err=True,
        )
    kept = findings.errors + findings.warnings if errors else findings.warnings
    if (rest := len(lines) - _SHOWN) > 0:
        click.echo(f"… {rest} more kinds of findings; kg validate lists all", err=True)
    elif kept > len(told):
        click.echo(f"… {kept - len(told):,} more findings; kg validate counts them", err=True)


def _short(graph: str) -> str:
    from kg.identifiers import dataset_name

    return dataset_name(graph)


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


class _Bar:
    """A progress line on standard error, for work that takes over a second."""

    def __init__(self) -> None:
        import sys
        import time

        self._clock = time.monotonic
        self._begun = self._clock()
        self._terminal = sys.stderr.isatty()
        self._next = self._begun + (1.0 if self._terminal else 10.0)
        self._shown = False

    def __call__(self, what: str, share: float) -> None:
        now = self._clock()
        if now < self._next:
            return
        self._next = now + (0.2 if self._terminal else 10.0)
        filled = round(24 * min(max(share, 0.0), 1.0))
        line = f"{what[:40]:<40} [{'#' * filled}{'.' * (24 - filled)}] {share:4.0%}"
        click.echo(f"\r{line}" if self._terminal else line, nl=not self._terminal, err=True)
        if not self._shown and self._terminal:
            import atexit

            self._shown = True
            atexit.register(lambda: click.echo("", err=True))
