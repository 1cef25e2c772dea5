"""Tables kept beside a revision: shared, rebuilt when torn, reused for graphs not written."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from random_graphs import MemorySource, concepts, quad

from kg import vocabulary as v
from kg.errors import InputError, NotFound
from kg.projection import Filters, Projection, cache, gathering, projection
from kg.projection.cache import open_tables, tables_dir
from kg.projection.reading import graph_names, read_segment
from kg.projection.segment import Segment
from kg.store.embedded import EmbeddedStore

ONE, TWO = f"{v.DATASET}one", f"{v.DATASET}two"
CASE = f"{v.ID}case/a"


def case(name: str, target: str, graph: str) -> list:
    iri = f"{v.ID}case/{name}"
    return [
        quad(iri, v.TYPE, v.CASE, graph),
        quad(iri, v.LABEL, name, graph),
        quad(iri, v.SUPPORTS, f"{v.SDG}{target}", graph),
    ]


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    store = EmbeddedStore.create(tmp_path / "store")
    with store.writer("first") as write:
        write.add([*concepts(), *case("a", "1.1", ONE), *case("b", "2.1", TWO)])
    projection._opened.clear()
    return store


def kept_in(store: EmbeddedStore) -> Path:
    with store.reader() as snapshot:
        return Path(snapshot.cache_dir)


def totals(store: EmbeddedStore, dimension: str = "target") -> dict[str, int]:
    incidence = Projection.open(store).incidence(dimension=dimension)
    return {
        member.notation or member.id.rsplit("/", 1)[-1]: int(total)
        for member, total in zip(incidence.members, incidence.totals, strict=True)
    }


def test_built_once_then_read(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    assert totals(store) == {"1.1": 1, "1.a": 0, "2.1": 1}
    assert open_tables(kept_in(store)) is not None
    projection._opened.clear()
    monkeypatch.setattr(projection, "build", lambda *_: pytest.fail("worked out again"))
    assert totals(store) == {"1.1": 1, "1.a": 0, "2.1": 1}


def test_a_new_process_reads_what_another_kept(store: EmbeddedStore) -> None:
    totals(store)
    code = (
        "import kg.projection.projection as p\n"
        "p.build = None\n"
        "from kg.store import open_store\n"
        f"made = p.Projection.open(open_store({str(store.root)!r})).incidence(dimension='goal')\n"
        "print(made.totals.tolist())"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[1, 1]"


@pytest.mark.parametrize("damage", ["cut", "missing", "layout", "manifest", "manifest-text"])
def test_a_torn_or_old_cache_is_worked_out_again(store: EmbeddedStore, damage: str) -> None:
    expected = totals(store)
    directory = tables_dir(kept_in(store))
    manifest = directory / "manifest.json"
    record = json.loads(manifest.read_text())
    if damage == "cut":
        path = directory / "case.sdg.unit.npy"
        path.write_bytes(path.read_bytes()[:-3])
    elif damage == "missing":
        (directory / "members.case.goal.json").unlink()
    elif damage == "layout":
        manifest.write_text(json.dumps(record | {"layout": cache.LAYOUT - 1}))
    elif damage == "manifest":
        manifest.unlink()
    else:
        manifest.write_text("{")
    assert open_tables(kept_in(store)) is None
    projection._opened.clear()
    assert totals(store) == expected
    assert open_tables(kept_in(store)) is not None


def test_only_graphs_written_since_are_read_again(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    totals(store)
    with store.writer("second") as write:
        write.add(case("c", "1.a", TWO))
    with store.writer("third") as write:  # nobody looked at the second revision
        write.add(case("d", "1.a", TWO))
    read: list[str] = []

    def noting(source: object, graph: str) -> Segment:
        read.append(graph)
        return read_segment(source, graph)  # type: ignore[arg-type]

    monkeypatch.setattr(gathering, "read_segment", noting)
    assert totals(store) == {"1.1": 1, "1.a": 2, "2.1": 1}
    assert read == ["", TWO]


def test_an_update_of_anything_reads_everything_again(store: EmbeddedStore) -> None:
    totals(store)
    with store.writer("update") as write:
        write.update(f"DELETE WHERE {{ GRAPH <{ONE}> {{ <{CASE}> ?p ?o }} }}")
    assert totals(store) == {"1.1": 0, "1.a": 0, "2.1": 1}


def test_incremental_tables_equal_fresh_ones(store: EmbeddedStore) -> None:
    totals(store)
    with store.writer("second") as write:
        write.add(case("0-first-in-order", "1.a", TWO))
    grown = Projection.open(store)
    shutil.rmtree(kept_in(store))
    projection._opened.clear()
    fresh = Projection.open(store)
    for dimension in ("goal", "target", "dataset"):
        one, other = grown.incidence(dimension=dimension), fresh.incidence(dimension=dimension)
        assert one.members == other.members
        assert np.array_equal(one.indptr, other.indptr)
        assert np.array_equal(one.indices, other.indices)
        assert list(one.units) == list(other.units)


def test_a_disk_that_cannot_be_written_only_costs_time(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("read-only file system")

    monkeypatch.setattr(cache.tempfile, "mkdtemp", refuse)
    assert totals(store) == {"1.1": 1, "1.a": 0, "2.1": 1}
    assert open_tables(kept_in(store)) is None


def test_an_earlier_revision_can_be_looked_at(store: EmbeddedStore) -> None:
    with store.writer("second") as write:
        write.add(case("c", "1.a", TWO))
    earlier = Projection.at(store, "r000001")
    assert earlier.unit_count() == 2
    assert Projection.open(store).unit_count() == 3
    for wrong in ("r000099", "../r000001", "newest"):
        with pytest.raises(NotFound):
            Projection.at(store, wrong)


def test_a_segment_survives_its_file(tmp_path: Path) -> None:
    source = MemorySource([*concepts(), *case("a-b_c~d", "1.1", ONE)])
    for graph in graph_names(source):
        segment = read_segment(source, graph)
        segment.save(tmp_path / "segment.npz")
        again = Segment.load(tmp_path / "segment.npz", graph)
        assert again.terms == segment.terms
        for name, parts in segment.columns.items():
            assert all(
                np.array_equal(a, b) for a, b in zip(parts, again.columns[name], strict=True)
            )


def test_plain_triples_without_a_record_count_and_have_no_evidence() -> None:
    made = Projection.of(MemorySource([*concepts(), *case("a", "1.1", ONE)]))
    assert made.incidence(dimension="target").totals.tolist() == [1, 0, 0]
    assert made.tables.array("case.sdg.record").tolist() == [-1]
    assert made.tables.array("case.sdg.sources").tolist() == [0]


def test_what_cannot_be_asked_is_refused() -> None:
    made = Projection.of(MemorySource(concepts()))
    with pytest.raises(InputError, match="polarity"):
        made.incidence(polarity="none")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="Frameworks have no status"):
        made.incidence("framework", "principle", "both", Filters(statuses=(f"{v.ID}status/x",)))


def test_the_default_graph_of_another_engine_is_not_counted_twice() -> None:
    source = MemorySource([*concepts(), *case("a", "1.1", ONE)])
    assert graph_names(source) == ["", f"{v.DATASET}concepts", ONE]
    assert graph_names(source, remote=True) == [f"{v.DATASET}concepts", ONE]
    assert graph_names(MemorySource([]), remote=True) == [""]
