from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InputError, NotFound
from kg.linking import learning, queue, review
from kg.linking.proposals import Proposal, Span
from kg.settings import Settings
from kg.store import GraphStore, open_store
from kg.vocabulary import ID

SDG = "http://metadata.un.org/sdg/"


def proposal(code: str, probability: float = 0.8, polarity: str = "positive") -> Proposal:
    span = Span(3, 8, "water", "lexical", "water")
    return Proposal(
        "target", SDG + code, f"Target {code}", code, probability, polarity, 0.9, (span,)
    )


@pytest.fixture
def store(scratch_store: Path) -> GraphStore:
    return open_store(scratch_store, settings=Settings())


@pytest.fixture
def case(store: GraphStore) -> str:
    """A case without links to SDG 14."""
    rows = store.query(
        "SELECT ?c { ?c a eq:Case FILTER NOT EXISTS { ?c eq:supports|eq:undermines ?o "
        "FILTER(STRSTARTS(STR(?o), 'http://metadata.un.org/sdg/14')) } } ORDER BY ?c LIMIT 1"
    )
    return next(iter(rows))[0].value  # type: ignore[union-attr, index]


def stated(store: GraphStore, case: str, predicate: str, code: str) -> bool:
    return bool(store.query(f"ASK {{ <{case}> eq:{predicate} <{SDG}{code}> }}"))


def test_proposals_wait_and_state_nothing(store: GraphStore, case: str) -> None:
    stored = queue.propose(
        store, case, [proposal("14.1"), proposal("14.4", 0.6, "negative")], dataset="mine"
    )
    assert (stored.added, stored.known, stored.decided) == (2, 0, 0)
    assert stored.graph.endswith("dataset/mine-proposals")
    waiting = queue.items(store, dataset="mine-proposals")
    assert [item.confidence for item in waiting] == [0.8, 0.6]
    assert [item.predicate.rsplit("#", 1)[-1] for item in waiting] == ["supports", "undermines"]
    assert "“water” (characters 3–8, lexical)" in waiting[0].rationale
    assert not stated(store, case, "supports", "14.1")


def test_accepting_states_the_plain_triple_and_says_who_when_why(
    store: GraphStore, case: str
) -> None:
    queue.propose(store, case, [proposal("14.1")], dataset="mine")
    link = queue.items(store, dataset="mine-proposals")[0].id
    before = store.revision.number
    after = review.decide(store, [link], "accepted", reviewer="Ada", reason="page 3 says so")
    assert [item.status for item in after] == ["accepted"]
    assert store.revision.number == before + 1
    assert stated(store, case, "supports", "14.1")
    verdict = review.verdicts(store)[0]
    assert (verdict.reviewer, verdict.verdict, verdict.reason) == (
        "Ada",
        "accepted",
        "page 3 says so",
    )
    assert verdict.when.startswith("20")
    assert verdict.when.endswith("Z")


def test_rejected_links_are_remembered(store: GraphStore, case: str) -> None:
    queue.propose(store, case, [proposal("14.1")], dataset="mine")
    link = queue.items(store, dataset="mine-proposals")[0].id
    review.decide(store, [link], "rejected", reviewer="Ada")
    again = queue.propose(
        store, case, [proposal("14.1"), proposal("14.1", 0.9, "negative")], dataset="mine"
    )
    assert (again.added, again.decided) == (0, 2)
    assert not stated(store, case, "supports", "14.1")


def test_links_the_graph_already_states_are_not_proposed(store: GraphStore) -> None:
    row = next(
        iter(
            store.query(
                "SELECT ?c ?o { ?c a eq:Case ; eq:supports ?o . ?o a sdgo:Target } "
                "ORDER BY ?c ?o LIMIT 1"
            )
        )
    )  # type: ignore[call-overload]
    code = row[1].value.removeprefix(SDG)
    assert queue.propose(store, row[0].value, [proposal(code)], dataset="mine").added == 0


def test_a_second_opinion_reopens_the_question(store: GraphStore, case: str) -> None:
    queue.propose(store, case, [proposal("14.1"), proposal("14.2")], dataset="mine")
    links = [item.id for item in queue.items(store, dataset="mine-proposals")]
    review.decide(store, links, "accepted", reviewer="Ada")
    review.decide(store, links[:1], "rejected", reviewer="Bo")
    review.decide(store, links[1:], "accepted", reviewer="Bo")
    assert [item.id for item in review.disagreements(store)] == links[:1]
    assert queue.item(store, links[0]).status == "proposed"
    assert queue.item(store, links[1]).status == "accepted"
    (pair,) = review.agreements(store)
    assert (pair.reviewers, pair.both, pair.agreed) == (("Ada", "Bo"), 2, 1)
    review.decide(store, links[:1], "accepted", reviewer="Bo", reason="convinced")
    assert review.disagreements(store) == []
    assert queue.item(store, links[0]).status == "accepted"


def test_a_correction_keeps_both_links(store: GraphStore, case: str) -> None:
    queue.propose(store, case, [proposal("14.1")], dataset="mine")
    old = queue.items(store, dataset="mine-proposals")[0]
    new = review.edit(store, old.id, concept="14.4", predicate="undermines", reviewer="Ada")
    assert new.status == "accepted"
    assert stated(store, case, "undermines", "14.4")
    assert queue.item(store, old.id).status == "rejected"
    assert bool(store.query(
        f"ASK {{ <{new.id}> rdfs:label ?l "
        "FILTER(STRENDS(STR(?l), 'undermines Overfishing and illegal fishing ended')) }"
    ))
    assert bool(store.query(f"ASK {{ <{new.id}> prov:wasDerivedFrom <{old.id}> }}"))


def test_nothing_is_changed_by_what_is_wrong(store: GraphStore, case: str) -> None:
    queue.propose(store, case, [proposal("14.1")], dataset="mine")
    link = queue.items(store, dataset="mine-proposals")[0].id
    revision = store.revision.id
    with pytest.raises(NotFound):
        review.decide(store, [link, f"{ID}link/none"], "accepted", reviewer="Ada")
    with pytest.raises(InputError):
        review.decide(store, [link], "maybe", reviewer="Ada")
    with pytest.raises(InputError):
        review.edit(store, link, concept="14.99", reviewer="Ada")
    with pytest.raises(InputError):
        review.edit(store, link, reviewer="Ada")
    with pytest.raises(NotFound):
        queue.propose(store, "no-such-case", [proposal("14.1")], dataset="mine")
    with pytest.raises(InputError):
        queue.items(store, links=["x> } INSERT <y"])
    assert store.revision.id == revision


def test_kappa_by_hand() -> None:
    first = ["a"] * 20 + ["a"] * 5 + ["r"] * 10 + ["r"] * 15
    second = ["a"] * 20 + ["r"] * 5 + ["a"] * 10 + ["r"] * 15
    assert review.cohen_kappa(first, second) == pytest.approx(0.4)
    assert review.cohen_kappa(["a", "a"], ["a", "a"]) is None
    with pytest.raises(InputError):
        review.cohen_kappa(["a"], [])


def test_thresholds_are_learnt_from_verdicts(store: GraphStore, case: str) -> None:
    codes = [f"{g}.{t}" for g in (2, 6, 9, 12, 14, 15) for t in range(1, 6)]
    wanted = [proposal(code, 0.30 + 0.02 * n) for n, code in enumerate(codes)]
    queue.propose(store, case, wanted, dataset="mine")
    waiting = queue.items(store, dataset="mine-proposals")
    good = [item.id for item in waiting if (item.confidence or 0) >= 0.6]
    bad = [item.id for item in waiting if (item.confidence or 0) < 0.6]
    assert len(good) >= 8
    assert len(bad) >= 8
    review.decide(store, good, "accepted", reviewer="Ada")
    review.decide(store, bad, "rejected", reviewer="Ada")
    before = {"target": {"high-precision": 0.58, "balanced": 0.27, "high-recall": 0.05}}
    (report,) = learning.learn(store, queue.verdicts(store), before)
    assert report.kind == "target"
    assert report.verdicts == len(waiting)
    assert report.after["balanced"] == pytest.approx(
        min(item.confidence or 0 for item in waiting if (item.confidence or 0) >= 0.6)
    )
    kept = learning.learnt_thresholds(store)["target"]
    assert kept == pytest.approx(report.after)
    assert {row["preset"] for row in report.to_rows()} == {
        "high-precision",
        "balanced",
        "high-recall",
    }


def test_few_verdicts_teach_nothing(store: GraphStore, case: str) -> None:
    queue.propose(store, case, [proposal("14.1")], dataset="mine")
    review.decide(
        store, [queue.items(store, dataset="mine-proposals")[0].id], "accepted", reviewer="Ada"
    )
    revision = store.revision.id
    before = {"target": {"high-precision": 0.58, "balanced": 0.27, "high-recall": 0.05}}
    (report,) = learning.learn(store, queue.verdicts(store), before)
    assert report.after == report.before
    assert store.revision.id == revision
