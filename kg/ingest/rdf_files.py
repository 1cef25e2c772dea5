"""Carrying RDF files into a working copy, with the place named when they are not well-formed.

Small files pass through Python, so that their blank nodes get names that depend only on the
file's bytes: importing the same file twice then adds nothing. Large files go straight to the
engine's bulk loader.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.errors import InputError, ParseError
from kg.ingest.formats import FileFormat
from kg.vocabulary import ONTOLOGY

if TYPE_CHECKING:
    import pyoxigraph as ox

SMALL: Final = 24_000_000
"""Bytes up to which a file passes through Python (about 8 s per 10 MB of Turtle)."""
CONTEXT_IRIS: Final = (
    f"{ONTOLOGY}/context.jsonld",
    "https://w3id.org/equipoise/context.jsonld",
    f"{ONTOLOGY}.jsonld",
)
"""Addresses under which a JSON-LD file may name the shipped context; read from disk."""
_ENTITY: Final = re.compile(rb"<!ENTITY\s+(%\s+)?(\S+)\s+(.*?)>", re.DOTALL)
_BATCH: Final = 50_000


@dataclass(slots=True)
class Loaded:
    """What a file brought.

    Args:
        graphs: IRIs of the named graphs that received something.
        flattened: Names of the file's own graphs that were put into one dataset.
    """

    graphs: set[str] = field(default_factory=set)
    flattened: set[str] = field(default_factory=set)


def file_hash(path: Path) -> str:
    """``sha256:`` and the digest of a file's bytes. Cost: about 1 s per gigabyte."""
    with path.open("rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"


def load_rdf(
    store: ox.Store,
    path: Path,
    form: FileFormat,
    graph: str,
    *,
    flatten: bool = False,
    digest: str = "",
    context_file: Path | None = None,
) -> Loaded:
    """Put an RDF file into a store.

    Args:
        store: The working copy of a write.
        path: The file.
        form: Its format.
        graph: IRI of the graph for triples without a graph of their own.
        flatten: Whether quads with graphs of their own go into ``graph`` too.
        digest: The file's hash, if known; names its blank nodes.
        context_file: The shipped JSON-LD context.

    Raises:
        ParseError: Not well-formed; names line and column.
        InputError: Refused: entity bombs, remote contexts.
    """
    import pyoxigraph as ox

    if form.extension == "rdf":
        _check_entities(path)
    small = path.stat().st_size <= SMALL
    if small or (flatten and form.rdf.supports_datasets):
        prefix = "b" + (digest or file_hash(path)).removeprefix("sha256:")[:12]
        loaded = Loaded()
        source = parse(path, form, context_file=context_file)
        store_quads(store, _placed(source, ox.NamedNode(graph), prefix, loaded, flatten=flatten))
        return loaded
    return _load_natively(store, path, form, graph)


def parse(
    path: Path, form: FileFormat, *, context_file: Path | None = None
) -> Iterator[ox.Quad]:
    """The quads of a file, one by one.

    Raises:
        ParseError: Not well-formed; names line and column.
    """
    import pyoxigraph as ox

    if form.extension == "rdf":
        _check_entities(path)
    try:
        if form.extension == "jsonld" and (text := _with_context(path, context_file)) is not None:
            yield from ox.parse(text, format=form.rdf)
        else:
            yield from ox.parse(path=str(path), format=form.rdf)
    except SyntaxError as error:
        raise located(error, path, form) from error
    except UnicodeDecodeError as error:
        raise ParseError(f"not UTF-8: {error.reason}", file=path.name) from error
    except OSError as error:
        raise ParseError(str(error), file=path.name) from error


def located(error: SyntaxError, path: Path, form: FileFormat) -> ParseError:
    """The parser's complaint with file, line and column, looked up where the parser is silent."""
    message = error.msg or str(error)
    line, column = error.lineno, error.offset
    if line is None and form.extension == "rdf":
        line, column, message = _xml_place(path, message)
    if "No LoadDocumentCallback" in message:
        message = (
            "its @context is an address on the network, which is not fetched: put the context "
            "into the file, or use https://w3id.org/equipoise/context.jsonld"
        )
    if "No scheme found in an absolute IRI" in message:
        message += " (a relative IRI: give the file a base with @base or xml:base)"
    return ParseError(message, file=path.name, line=line, column_number=column)


def store_quads(store: ox.Store, quads: Iterator[ox.Quad]) -> None:
    """Add quads, in one transaction when they are few."""
    batch: list[ox.Quad] = []
    large = False
    for quad in quads:
        batch.append(quad)
        if len(batch) >= _BATCH:
            store.bulk_extend(batch)
            batch, large = [], True
    if large:
        store.bulk_extend(batch)
    else:
        store.extend(batch)


def _placed(
    source: Iterator[ox.Quad],
    graph: ox.NamedNode,
    prefix: str,
    loaded: Loaded,
    *,
    flatten: bool,
) -> Iterator[ox.Quad]:
    import pyoxigraph as ox

    names: dict[ox.BlankNode, ox.BlankNode] = {}

    def named(term: Any) -> Any:
        if isinstance(term, ox.BlankNode):
            return names.setdefault(term, ox.BlankNode(f"{prefix}n{len(names):06d}"))
        return term

    for quad in source:
        name = quad.graph_name
        if isinstance(name, ox.NamedNode) and not flatten:
            place = name
        else:
            if not isinstance(name, ox.DefaultGraph):
                loaded.flattened.add(name.value)
            place = graph
        loaded.graphs.add(place.value)
        yield ox.Quad(named(quad.subject), quad.predicate, named(quad.object), place)


def _load_natively(store: ox.Store, path: Path, form: FileFormat, graph: str) -> Loaded:
    import pyoxigraph as ox

    name = ox.NamedNode(graph)
    datasets = form.rdf.supports_datasets
    before = set(store.named_graphs()) if datasets else set()
    try:
        store.bulk_load(path=str(path), format=form.rdf, to_graph=None if datasets else name)
    except SyntaxError as error:
        raise located(error, path, form) from error
    if not datasets:
        return Loaded({graph})
    loaded = Loaded()
    stray = next(store.quads_for_pattern(None, None, None, ox.DefaultGraph()), None)
    if stray is not None:
        store.update(f"ADD DEFAULT TO <{graph}> ; DROP DEFAULT")
    # Graphs that were there before may have grown too, so all graphs of the file's kind count.
    after = {item for item in store.named_graphs() if isinstance(item, ox.NamedNode)}
    loaded.graphs = {item.value for item in (after - before or after)}
    return loaded


def _with_context(path: Path, context_file: Path | None) -> str | None:
    """The file with the shipped context put in, when it names that by address."""
    if context_file is None or not context_file.exists():
        return None
    text = path.read_text(encoding="utf-8-sig")
    if not any(iri in text for iri in CONTEXT_IRIS):
        return None
    try:
        document = json.loads(text)
        context = json.loads(context_file.read_text(encoding="utf-8"))["@context"]
    except (ValueError, KeyError):
        return None
    nodes = document if isinstance(document, list) else [document]
    for node in nodes:
        if isinstance(node, dict) and "@context" in node:
            given = node["@context"]
            parts = given if isinstance(given, list) else [given]
            node["@context"] = [context if part in CONTEXT_IRIS else part for part in parts]
    return json.dumps(document, ensure_ascii=False)


def _check_entities(path: Path) -> None:
    """Refuse entities that reach outside or nest; plain short ones, as OWL files use, pass."""
    with path.open("rb") as stream:
        head = stream.read(65_536)
    if b"<!DOCTYPE" not in head and b"<!ENTITY" not in head:
        return
    for match in _ENTITY.finditer(head):
        value = match.group(3).strip()
        line = head.count(b"\n", 0, match.start()) + 1
        outside = value.startswith((b"SYSTEM", b"PUBLIC"))
        if outside or match.group(1) or b"&" in value or len(value) > 400:
            what = "reads another file" if outside else "is nested or too long"
            raise InputError(
                f"entity {match.group(2).decode('utf-8', 'replace')!r} (line {line}) {what}: "
                "refused; replace it by its text",
                file=path.name,
            )
    if b"<!ENTITY" in head and b"]>" not in head:
        raise InputError("its DOCTYPE is too long: refused", file=path.name)


def _xml_place(path: Path, message: str) -> tuple[int | None, int | None, str]:
    from xml.parsers import expat

    parser = expat.ParserCreate()
    try:
        with path.open("rb") as stream:
            parser.ParseFile(stream)
    except expat.ExpatError as error:
        return error.lineno, error.offset + 1, f"{message} ({expat.errors.messages[error.code]})"
    quoted = re.search(r"'([^']{1,200})'", message)
    if quoted:
        needle = quoted.group(1).encode()
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                if (column := line.find(needle)) >= 0:
                    return number, column + 1, message
    return None, None, message
