"""The United Nations' own SDG knowledge organisation system, for those who want it.

It holds the official sentences of goals, targets and indicators, which the shipped graph does
not. It goes into a dataset of its own and uses the same IRIs, so both describe the same things:
goals, targets and indicators keep the labels and codes they have, and the official sentences are
added as alternative labels (found by searches, by tables and by the linker).
"""

from __future__ import annotations

import contextlib
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.errors import InputError
from kg.ingest.carrying import ImportOptions
from kg.ingest.formats import detect
from kg.ingest.rdf_files import parse
from kg.ingest.records import DatasetDetails
from kg.vocabulary import ALT_LABEL, NOTATION, PREF_LABEL, SDG, TYPE

if TYPE_CHECKING:
    import pyoxigraph as ox

ADDRESS: Final = (
    "https://raw.githubusercontent.com/UNStats/LOD4Stats/master/sdg-data/"
    "sdg-kos-goals-targets-indicators.ttl"
)
"""Where the UN Statistics Division publishes the file; read only when asked for (``--fetch``)."""
DATASET: Final = "un-sdg"
LIMIT: Final = 50_000_000
_SECONDS: Final = 60
_SAID_ALREADY: Final = frozenset({TYPE, NOTATION})


@dataclass(frozen=True, slots=True)
class UnSdgFiles:
    """The files to import and how."""

    paths: Sequence[Path]
    source: str

    def options(self, options: ImportOptions) -> ImportOptions:
        """The given options, completed: own dataset, title, source."""
        details = options.details
        return replace(
            options,
            dataset=options.dataset or DATASET,
            details=DatasetDetails(
                title=details.title or "UN SDG knowledge organisation system",
                licence=details.licence,
                source=details.source or self.source,
                version=details.version,
                creator=details.creator,
            ),
        )


@contextlib.contextmanager
def un_sdg_files(
    files: Sequence[Path], *, fetch: bool = False, address: str = ADDRESS
) -> Iterator[UnSdgFiles]:
    """The files of the UN's system: those given, or fetched from an address.

    Args:
        files: RDF files a person has downloaded.
        fetch: Whether to fetch a file instead.
        address: Where from; the published file when left out.

    Raises:
        InputError: No file and no leave to fetch; it cannot be fetched; or it describes no SDG.
    """
    if files and fetch:
        raise InputError("name a file or ask for --fetch, not both")
    if not files and not fetch:
        raise InputError(
            f"name the file (download it from {ADDRESS}) or its address, or let kg fetch it: "
            "kg import un-sdg --fetch"
        )
    with tempfile.TemporaryDirectory(prefix="kg-") as name:
        directory = Path(name)
        if fetch:
            fetched = directory / "fetched.ttl"
            fetched.write_bytes(_fetched(address))
            files = [fetched]
        restated = directory / ("un-sdg.nt" if fetch else f"{files[0].stem}.nt")
        _restate(files, restated)
        yield UnSdgFiles([restated], address if fetch else files[0].name)


def _fetched(address: str) -> bytes:
    request = urllib.request.Request(  # noqa: S310 - the scheme is checked below
        address, headers={"Accept": "text/turtle, application/n-triples;q=0.5"}
    )
    if request.type not in ("http", "https"):
        raise InputError(f"{address} is no web address")
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            body: bytes = answer.read(LIMIT + 1)
    except OSError as error:
        raise InputError(
            f"{address} cannot be fetched ({error}); download it by hand and name the file"
        ) from error
    if len(body) > LIMIT:
        raise InputError(f"{address} is larger than {LIMIT // 1_000_000} MB: not read")
    return body


def _restate(files: Sequence[Path], target: Path) -> None:
    """Write the statements so that they add to the shipped ones and contradict none.

    Raises:
        InputError: A file is no RDF, or says nothing about SDGs.
    """
    import pyoxigraph as ox

    sentences = 0
    with target.open("wb") as stream:
        for path in files:
            form = detect(path)
            if form.kind != "rdf":
                raise InputError("the UN's system is an RDF file", file=path.name)
            triples = []
            for quad in parse(path, form):
                triple = _added(quad.triple)
                if triple is not None:
                    sentences += triple.predicate.value == ALT_LABEL
                    triples.append(triple)
            ox.serialize(triples, stream, ox.RdfFormat.N_TRIPLES)
    if not sentences:
        names = ", ".join(path.name for path in files)
        raise InputError(
            f"no goal, target or indicator under {SDG} has a label in it: is this the right file?",
            file=names,
        )


def _added(triple: ox.Triple) -> ox.Triple | None:
    """What a statement adds to the shipped graph; ``None`` for what that says already."""
    import pyoxigraph as ox

    subject = getattr(triple.subject, "value", "")
    predicate = triple.predicate.value
    if not subject.startswith(SDG):
        return triple
    if predicate in _SAID_ALREADY:
        return None
    if predicate == PREF_LABEL:
        return ox.Triple(triple.subject, ox.NamedNode(ALT_LABEL), triple.object)
    return triple
