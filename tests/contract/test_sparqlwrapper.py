"""The endpoint as its users' client sees it: every result format through SPARQLWrapper."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
import rdflib
from serving import Server, running
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

CODES = "SELECT ?code WHERE { ?goal a sdgo:Goal ; skos:notation ?code } ORDER BY xsd:integer(?code)"
GOALS = [str(number) for number in range(1, 18)]
ENERGY = rdflib.URIRef("http://metadata.un.org/sdg/7")
WAYS = [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)]


@pytest.fixture(scope="module")
def server(shipped_store: Path) -> Iterator[Server]:
    with running(shipped_store) as found:
        yield found


def wrapper(server: Server, query: str, form: str, way: tuple[str, str] = WAYS[0]) -> SPARQLWrapper:
    client = SPARQLWrapper(f"{server.url}/sparql")
    client.setQuery(f"PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n{query}")
    client.setReturnFormat(form)
    client.setMethod(way[0])
    client.setRequestMethod(way[1])
    return client


def codes(form: str, answer: Any) -> list[str]:
    if form == JSON:
        return [row["code"]["value"] for row in answer["results"]["bindings"]]
    if form == XML:
        return [item.firstChild.data for item in answer.getElementsByTagName("literal")]
    text = answer.decode() if isinstance(answer, bytes) else answer
    rows = list(csv.reader(io.StringIO(text), delimiter="\t" if form == TSV else ","))
    assert rows[0] == ["?code" if form == TSV else "code"]
    return [row[0].strip('"') for row in rows[1:]]


@pytest.mark.parametrize("way", WAYS, ids=["get", "post", "direct"])
@pytest.mark.parametrize("form", [JSON, XML, CSV, TSV])
def test_select(server: Server, form: str, way: tuple[str, str]) -> None:
    assert codes(form, wrapper(server, CODES, form, way).query().convert()) == GOALS


@pytest.mark.parametrize("form", [JSON, XML])
def test_ask(server: Server, form: str) -> None:
    answer = wrapper(server, "ASK { sdg:7 a sdgo:Goal }", form).query().convert()
    if form == JSON:
        assert answer["boolean"] is True
    else:
        assert answer.getElementsByTagName("boolean")[0].firstChild.data == "true"


@pytest.mark.parametrize("query", ["CONSTRUCT WHERE { sdg:7 skos:prefLabel ?o }", "DESCRIBE sdg:7"])
@pytest.mark.parametrize("form", [TURTLE, N3, RDFXML, JSONLD, XML])
def test_graphs(server: Server, form: str, query: str) -> None:
    answer = wrapper(server, query, form).query().convert()
    if isinstance(answer, bytes):  # Turtle and N3 come back unparsed
        answer = rdflib.Graph().parse(data=answer, format="turtle")
    labels = {str(label) for label in answer.objects(ENERGY, rdflib.SKOS.prefLabel)}
    assert "Affordable and clean energy" in labels


def test_bad_queries_are_told_apart(server: Server) -> None:
    with pytest.raises(QueryBadFormed, match="line 2"):
        wrapper(server, "SELECT * WHERE {", JSON).query()


def test_writing_is_refused(server: Server) -> None:
    client = wrapper(server, "INSERT DATA { <urn:a> <urn:b> <urn:c> }", JSON, (POST, URLENCODED))
    assert client.isSparqlUpdateRequest()
    with pytest.raises(HTTPError) as refused:
        client.query()
    assert refused.value.code == 403
