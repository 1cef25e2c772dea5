"""Plain triples against a second telling of the rules, on random links and random changes."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import vocabulary as v
from kg.store import pipes
from kg.store.derivation import derive_for_links, derive_plain_triples

GRAPH = ox.NamedNode("https://example.org/g")
SUBJECTS = [ox.NamedNode("https://example.org/c1"), ox.NamedNode("https://example.org/_:c2"),
            ox.BlankNode("c3")]
PREDICATES = [ox.NamedNode(name) for name in (v.SUPPORTS, v.UPHOLDS, v.LABEL)]
OBJECTS = [ox.NamedNode("https://example.org/o1"), ox.NamedNode("https://example.org/o2"),
           ox.Literal("no thing")]
STATUSES = [None, v.ACCEPTED, v.PROPOSED, v.REJECTED]

Link = tuple[int, int, int, int]
links = st.dictionaries(
    st.integers(0, 7),
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.integers(0, 3)),
    max_size=8,
)


def quads(number: int, link: Link, graph: ox.NamedNode | ox.DefaultGraph) -> list[ox.Quad]:
    node = ox.NamedNode(f"https://example.org/link/{number}")
    pairs = [
        (v.TYPE, ox.NamedNode(v.LINK)),
        (v.SUBJECT, SUBJECTS[link[0]]),
        (v.PREDICATE, PREDICATES[link[1]]),
        (v.OBJECT, OBJECTS[link[2]]),
    ]
    if status := STATUSES[link[3]]:
        pairs.append((v.REVIEW_STATUS, ox.NamedNode(status)))
    return [ox.Quad(node, ox.NamedNode(name), value, graph) for name, value in pairs]


def plain(store: ox.Store, graph: ox.NamedNode | ox.DefaultGraph) -> set[tuple]:
    return {
        (quad.subject, quad.predicate, quad.object)
        for name in v.LINK_PREDICATES
        for quad in store.quads_for_pattern(None, ox.NamedNode(name), None, graph)
    }


def stated(described: dict[int, Link], statuses: set[str | None]) -> set[tuple]:
    return {
        (SUBJECTS[s], PREDICATES[p], OBJECTS[o])
        for s, p, o, status in described.values()
        if PREDICATES[p].value in v.LINK_PREDICATES
        and isinstance(OBJECTS[o], ox.NamedNode)
        and STATUSES[status] in statuses
    }


ALWAYS = (SUBJECTS[0], PREDICATES[0], OBJECTS[1])
"""A plain triple without a link record of its own."""


@pytest.mark.parametrize("graph", [GRAPH, ox.DefaultGraph()], ids=["named", "default"])
@pytest.mark.parametrize("few", [pipes.FEW, 0], ids=["transaction", "bulk"])
@settings(max_examples=60, deadline=None)
@given(before=links, after=links, bare=st.booleans())
def test_rules(graph, few, before, after, bare):
    accepted, known = {None, v.ACCEPTED}, {None, *STATUSES}
    old = ox.Store()
    for number, link in before.items():
        old.extend(quads(number, link, graph))
    if bare:
        old.add(ox.Quad(*ALWAYS, graph))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipes, "FEW", few)
        derive_plain_triples(old, [graph])
        first = stated(before, accepted)
        alone = {ALWAYS} if bare and ALWAYS not in stated(before, known) else set()
        assert plain(old, graph) >= first
        assert plain(old, graph) - first == alone

        new = changed(old, before, after, graph)
        derive_plain_triples(new, [graph], old)
    second = stated(after, accepted)
    kept = alone - stated(after, known)
    assert plain(new, graph) - second == kept
    assert plain(new, graph) >= second
    assert {quad for quad in new if quad.predicate.value not in v.LINK_PREDICATES} == {
        quad for number, link in after.items() for quad in quads(number, link, graph)
    }


def changed(
    old: ox.Store, before: dict[int, Link], after: dict[int, Link], graph: ox.NamedNode
) -> ox.Store:
    new = ox.Store()
    new.extend(old)
    for number, link in before.items():
        for quad in quads(number, link, graph):
            new.remove(quad)
    for number, link in after.items():
        new.extend(quads(number, link, graph))
    return new


@settings(max_examples=100, deadline=None)
@given(before=links, after=links)
def test_few_links_end_as_all_do(before, after):
    old = ox.Store()
    for number, link in before.items():
        old.extend(quads(number, link, GRAPH))
    derive_plain_triples(old, [GRAPH])
    whole, few = (changed(old, before, after, GRAPH) for _ in range(2))
    derive_plain_triples(whole, [GRAPH], old)
    touched = {number for number in before | after if before.get(number) != after.get(number)}
    derive_for_links(few, GRAPH, [f"https://example.org/link/{n}" for n in touched], old)
    assert set(few) == set(whole)


def test_other_graphs_are_left_alone():
    other = ox.NamedNode("https://example.org/other")
    store = ox.Store()
    store.extend(quads(1, (0, 0, 0, 0), other))
    store.extend(quads(2, (0, 0, 1, 2), GRAPH))
    store.add(ox.Quad(SUBJECTS[0], PREDICATES[0], OBJECTS[1], other))
    derive_plain_triples(store, [GRAPH])
    assert plain(store, GRAPH) == set()
    assert plain(store, other) == {(SUBJECTS[0], PREDICATES[0], OBJECTS[1])}
