"""Backups: one file with everything a store says, readable without this program.

A backup is a tar file of ``manifest.json`` (what it is, with checksums) and ``data.nq.gz``
(N-Quads). It does not depend on the layout of the store, so it also carries a store to another
version or another engine. It is taken from a pinned revision, while others read and write.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

from kg.errors import InputError, StoreCorrupt
from kg.store.layout import sync_directory, translated
from kg.vocabulary import PREFIXES

if TYPE_CHECKING:
    from kg.store.embedded import EmbeddedStore
    from kg.store.protocol import Revision

KIND: Final = "equipoise-backup 1"
_DATA: Final = "data.nq.gz"
_MANIFEST: Final = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds.

    Args:
        revision: Revision it was taken from.
        created: When that was published.
        taken: When the backup was taken.
        quads: Number of quads.
        content_hash: Hash of what they say.
        sha256: Checksum of the data as stored.
        graphs: Names of all graphs, empty ones too.
    """

    revision: str
    created: str
    taken: str
    quads: int
    content_hash: str
    sha256: str
    graphs: tuple[str, ...]


def write_backup(store: EmbeddedStore, path: Path) -> Manifest:
    """Write a backup of the newest revision.

    Args:
        store: What to back up.
        path: File to write; it appears whole or not at all.

    Returns:
        What was written.

    Raises:
        InputError: There is no such directory.
        DiskFull: No room for it.
        ReadOnlyStore: The place cannot be written.

    Cost: about 4 s per million quads, and as long again for a content hash not yet known.
    """
    import pyoxigraph as ox

    if not path.parent.is_dir():
        raise InputError("there is no such directory to write a backup to", file=str(path.parent))
    with store.reader() as snapshot, translated(path.parent), _room(path) as temporary:
        digest = _dump(snapshot.store, temporary)
        manifest = Manifest(
            revision=snapshot.revision.id,
            created=snapshot.revision.created,
            taken=datetime.now(UTC).isoformat(timespec="seconds"),
            quads=snapshot.triple_count(),
            content_hash=snapshot.content_hash(),
            sha256=digest,
            graphs=tuple(
                sorted(
                    name.value
                    for name in snapshot.store.named_graphs()
                    if isinstance(name, ox.NamedNode)
                )
            ),
        )
        _pack(manifest, temporary, path)
    return manifest


def read_manifest(path: Path) -> Manifest:
    """What a backup holds, without its data.

    Raises:
        InputError: The file is no backup.
    """
    with _opened(path) as archive:
        return _manifest(archive, path)


def restore_backup(store: EmbeddedStore, path: Path) -> Revision:
    """Publish a backup as the next revision; readers go on meanwhile.

    Args:
        store: Where to; what it held stays readable as an older revision.
        path: Backup, or an N-Quads or TriG file (gzip allowed).

    Returns:
        The new revision.

    Raises:
        InputError: The file is no backup.
        StoreCorrupt: Its data do not fit its checksum.
    """
    with _opened(path) as archive, tempfile.TemporaryDirectory() as folder:
        manifest = _manifest(archive, path)
        data = Path(folder) / "data.nq"
        if _unpack(archive, data) != manifest.sha256:
            raise StoreCorrupt(f"{path} is damaged: its data do not fit its checksum")
        _publish(store, manifest, data, path)
    return store.revision


def _publish(store: EmbeddedStore, manifest: Manifest, data: Path, path: Path) -> None:
    import pyoxigraph as ox

    message = f"restored from {path.name} ({manifest.revision})"
    with store.writer(message, empty=True) as write:
        write.store.bulk_load(path=str(data), format=ox.RdfFormat.N_QUADS)
        for graph in manifest.graphs:
            write.store.add_graph(ox.NamedNode(graph))
        if len(write.store) != manifest.quads:
            raise StoreCorrupt(
                f"{path} holds {len(write.store):,} quads, its manifest says {manifest.quads:,}"
            )


def _dump(store: Any, temporary: Path) -> str:
    import pyoxigraph as ox

    with temporary.open("wb") as stream:
        hashing = _Hashing(stream)
        with gzip.GzipFile(fileobj=cast("IO[bytes]", hashing), mode="wb", mtime=0,
                           compresslevel=6) as squeezed:
            buffered = io.BufferedWriter(cast("io.RawIOBase", squeezed), 1 << 18)
            store.dump(buffered, ox.RdfFormat.N_QUADS, prefixes=dict(PREFIXES))
            buffered.flush()
        stream.flush()
        os.fsync(stream.fileno())
    return hashing.hexdigest()


def _pack(manifest: Manifest, data: Path, path: Path) -> None:
    record = json.dumps(
        {
            "kind": KIND,
            **{name: getattr(manifest, name) for name in Manifest.__slots__},
        },
        indent=1,
    ).encode()
    partial = data.with_suffix(".tar")
    try:
        with tarfile.open(partial, "w") as archive:
            entry = tarfile.TarInfo(_MANIFEST)
            entry.size = len(record)
            archive.addfile(entry, io.BytesIO(record))
            with data.open("rb") as stream:
                entry = tarfile.TarInfo(_DATA)
                entry.size = data.stat().st_size
                archive.addfile(entry, stream)
        with partial.open("rb") as stream:
            os.fsync(stream.fileno())
        partial.replace(path)
        sync_directory(path.parent)
    finally:
        partial.unlink(missing_ok=True)


@contextlib.contextmanager
def _room(path: Path) -> Iterator[Path]:
    """A temporary file beside the one to be written."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.gz")
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        archive = tarfile.open(path, "r:")  # noqa: SIM115 - closed below
    except FileNotFoundError:
        raise InputError("there is no such file", file=str(path)) from None
    except (tarfile.TarError, OSError) as error:
        raise InputError(f"is not a backup made by kg backup: {error}", file=str(path)) from error
    with archive:
        yield archive


def _manifest(archive: tarfile.TarFile, path: Path) -> Manifest:
    try:
        member = archive.extractfile(_MANIFEST)
        assert member is not None
        record = json.loads(member.read())
        if record.pop("kind") != KIND:
            raise InputError("was made by another version of kg backup", file=str(path))
        return Manifest(**{**record, "graphs": tuple(record["graphs"])})
    except (KeyError, ValueError, TypeError, AssertionError, tarfile.TarError) as error:
        raise InputError("is not a backup made by kg backup", file=str(path)) from error


def _unpack(archive: tarfile.TarFile, target: Path) -> str:
    digest = hashlib.sha256()
    try:
        member = archive.extractfile(_DATA)
        assert member is not None
        with target.with_suffix(".gz").open("wb") as stream:
            while chunk := member.read(1 << 20):
                digest.update(chunk)
                stream.write(chunk)
        with gzip.open(target.with_suffix(".gz")) as source, target.open("wb") as stream:
            while chunk := source.read(1 << 20):
                stream.write(chunk)
    except (KeyError, AssertionError, EOFError, gzip.BadGzipFile, tarfile.TarError) as error:
        raise StoreCorrupt(f"the backup is damaged: {error}") from error
    except OSError as error:
        if error.errno is None:
            raise StoreCorrupt(f"the backup is damaged: {error}") from error
        raise
    return digest.hexdigest()


class _Hashing:
    """A file that hashes what is written to it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._digest = stream, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        return self._stream.write(data)

    def flush(self) -> None:
        self._stream.flush()

    def hexdigest(self) -> str:
        return self._digest.hexdigest()
