"""Plain triples against a second telling of the rules, on random links and random changes."""

from __future__ import annotations

from itertools import product

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import vocabulary as v
from kg.store import pipes
from kg.store.changes import LinkChanges, only_adds, stated_quads
from kg.store.derivation import derive_for_changes, derive_plain_triples

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


possible = st.sampled_from(
    sorted(
        {
            quad
            for number in range(3)
            for link in product(range(3), range(3), range(3), range(4))
            for quad in quads(number, link, GRAPH)
        }
        | {ox.Quad(s, p, o, GRAPH) for s in SUBJECTS for p in PREDICATES[:2] for o in OBJECTS[:2]},
        key=str,
    )
)


@settings(max_examples=200, deadline=None)
@given(before=links, added=st.lists(possible), taken=st.lists(possible))
def test_known_changes_end_as_a_look_at_all_does(before, added, taken):
    old = ox.Store()
    for number, link in before.items():
        old.extend(quads(number, link, GRAPH))
    derive_plain_triples(old, [GRAPH])
    stores = []
    for _ in range(2):
        new = ox.Store()
        new.extend(old)
        for quad in taken:
            new.remove(quad)
        new.extend(added)
        stores.append(new)
    changes = LinkChanges()
    changes.note(taken)
    changes.note(added)
    derive_plain_triples(stores[0], [GRAPH], old)
    derive_for_changes(stores[1], GRAPH, changes, old)
    assert set(stores[1]) == set(stores[0])
    assert not changes.unknown


def test_many_changes_are_not_followed(monkeypatch):
    monkeypatch.setattr("kg.store.changes.MOST", 2)
    changes = LinkChanges()
    changes.note(quads(1, (0, 0, 0, 0), GRAPH))
    assert changes.links
    assert not changes.unknown
    changes.note(quads(2, (0, 0, 0, 0), GRAPH) + quads(3, (0, 0, 0, 0), GRAPH))
    assert changes.unknown
    assert not changes.links


@pytest.mark.parametrize(
    ("update", "number"),
    [
        ("INSERT DATA { <a> <b> 1 . GRAPH <g> { <a> eq:p 'DELETE' } } ; # INSERT", 2),
        ("PREFIX e: <http://e/> DELETE DATA { e:a e:b e:c } ; insert data { e:a e:b e:d }", 2),
        ("INSERT DATA { <a> <b> 1 } ; CLEAR DEFAULT", None),
        ("INSERT { <a> <b> ?o } WHERE { ?s ?p ?o }", None),
        ("DELETE WHERE { <a> <b> ?o }", None),
        ("CREATE GRAPH <g>", None),
        ("INSERT DATA { <a> <b> 1 } ; DROPSILENTGRAPH:g", None),
        ("INSERT DATA { <a> <b> 1 } ; DELETEWHERE { ?s ?p ?o }", None),
        ("INSERT DATA { ?s <b> 1 }", None),
        ("no update", None),
    ],
)
def test_quads_an_update_states(update, number):
    found = stated_quads(update, "http://e/")
    assert (None if found is None else len(found)) == number


@pytest.mark.parametrize(
    "update", ["DELETEWHERE { ?s ?p ?o }", "DROPSILENTGRAPH:g", "delete { ?s ?p ?o } where { }"]
)
def test_what_takes_away_without_a_space_does_so_too(update):
    assert not only_adds(update)


def test_other_graphs_are_left_alone():
    other = ox.NamedNode("https://example.org/other")
    store = ox.Store()
    store.extend(quads(1, (0, 0, 0, 0), other))
    store.extend(quads(2, (0, 0, 1, 2), GRAPH))
    store.add(ox.Quad(SUBJECTS[0], PREDICATES[0], OBJECTS[1], other))
    derive_plain_triples(store, [GRAPH])
    assert plain(store, GRAPH) == set()
    assert plain(store, other) == {(SUBJECTS[0], PREDICATES[0], OBJECTS[1])}
