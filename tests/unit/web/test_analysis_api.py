"""The analysis routes: shapes, options, caching, and clear refusals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.analysis.coverage import coverage
from kg.projection import Projection
from kg.settings import Settings
from kg.store import open_store
from kg.web import create_app
from kg.web.analysis_parameters import PARAMETERS


@pytest.fixture(scope="module")
def app(shipped_store: Path) -> Iterator[Flask]:
    return create_app(Settings(store=str(shipped_store)))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_coverage_is_that_of_the_library(client: FlaskClient, shipped_store: Path) -> None:
    answer = client.get("/api/v1/coverage?rows=target&cols=principle&dataset=cases")
    assert answer.status_code == 200
    document = answer.get_json()
    assert document["filters"]["datasets"] == ["https://w3id.org/equipoise/dataset/cases"]
    projection = Projection.open(open_store(shipped_store))
    whole = coverage(projection, "target", "principle").to_dict()
    plain = client.get("/api/v1/coverage?rows=target&cols=principle").get_json()
    assert plain["cells"] == whole["cells"]
    assert answer.headers["X-Store-Revision"] == document["store_revision"]


@pytest.mark.parametrize(
    ("address", "member"),
    [
        ("coverage?units=frameworks&rows=principle&cols=year&detail=true", "intervals"),
        ("coverage?rows=year&cols=goal&polarity=both&cumulative=1", "layers"),
        ("gaps?kind=members&limit=3&out=14&relevant=6&seed=2", "classes"),
        ("gaps?units=frameworks&null=bicm&limit=1", "models"),
        ("gaps?rows=goal&cols=status&null=hypergeometric&alpha=0.1&limit=1", "gaps"),
        ("robustness?over=goal&top=3", "summary"),
        ("crosswalk?framework=unesco-2021&match=exact", "jaccard"),
        ("compare?dataset=sensetime&with-dataset=cases", "differences"),
        ("compare?frameworks=unesco-2021&frameworks=oecd-2019", "overlap"),
        ("compare?trend=1", "years"),
        ("compare?revision=r000001", "new_units"),
        ("network?kind=goal&kind=principle", "communities"),
        ("profile?by=country&subject=KE", "nestedness"),
        ("suggest?of=principle&dataset=sensetime", "steps"),
        ("suggest?what=links&of=goal&by=technology&top=2", "held_out"),
    ],
)
def test_every_route_answers(client: FlaskClient, address: str, member: str) -> None:
    answer = client.get(f"/api/v1/{address}")
    assert answer.status_code == 200, answer.get_json()
    assert member in answer.get_json()
    again = client.get(f"/api/v1/{address}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_csv(client: FlaskClient) -> None:
    answer = client.get("/api/v1/coverage?format=csv")
    assert answer.content_type.startswith("text/csv")
    assert answer.text.splitlines()[0].startswith("row,row_label,col")
    assert len(answer.text.splitlines()) == 290


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("coverage?rowz=goal", 400, "Did you mean 'rows'"),
        ("coverage?rows=gaol", 400, "No dimension"),
        ("coverage?polarity=sideways", 400, "positive, negative, both"),
        ("coverage?dataset=nowhere", 400, "No dataset"),
        ("coverage?years=soon", 400, "no year"),
        ("coverage?match=nearly", 400, "mapping strength"),
        ("coverage?detail=perhaps", 400, "neither true nor false"),
        ("coverage?framework=nobody", 400, "No framework"),
        ("gaps?alpha=7", 400, "between 0 and 1"),
        ("gaps?seed=x", 400, "whole number"),
        ("gaps?limit=0", 400, "whole number"),
        ("gaps?draws=99999999", 400, "200,000"),
        ("gaps?null=curveball&alpha=1e-9", 400, "s are allowed here"),
        ("gaps?null=curveball&alpha=5e-324", 400, "s are allowed here"),
        ("report?since=r000404", 404, "not kept"),
        ("report?since=../r000001", 404, "names no revision"),
        ("coverage?rows=goal&rows=target", 400, "once is enough"),
        ("suggest?top=0", 400, "whole number"),
        ("export?texts=perhaps", 400, "neither true nor false"),
        ("export?depth=7", 400, "from 1 to 6"),
        ("report?format=json&format=html", 400, "once is enough"),
        ("datasets?name=sdg", 400, "Unknown parameter"),
        ("review?statuses=all", 400, "Did you mean 'status'"),
        ("questions/cases-by-status?format=csv&format=xml", 400, "once is enough"),
        ("questions/cases-by-status?format=", 400, "is not known"),
        ("gaps?kind=all", 400, "No kind of gap"),
        ("gaps?out=unheard-of", 400, "means nothing"),
        ("gaps?units=frameworks&status=deployed", 400, "Frameworks have no status"),
        ("compare?revision=r000404", 404, "not kept"),
        ("compare?frameworks=unesco-2021", 400, "exactly two"),
        ("profile?subject=Nobody", 400, "No organisation"),
        ("suggest?what=links&method=magic", 400, "No method"),
    ],
)
def test_refusals_are_problem_documents(
    client: FlaskClient, address: str, status: int, words: str
) -> None:
    answer = client.get(f"/api/v1/{address}")
    assert answer.status_code == status
    assert answer.content_type.startswith("application/problem+json")
    assert words in answer.get_json()["detail"]


def test_a_write_is_seen_by_the_next_request(scratch_store: Path) -> None:
    store = open_store(scratch_store)
    client = create_app(Settings(store=str(scratch_store)), store).test_client()
    before = client.get("/api/v1/coverage?rows=goal&cols=status").get_json()
    with open_store(scratch_store).writer("one more") as write:
        write.update(
            """INSERT DATA { GRAPH <https://w3id.org/equipoise/dataset/mine> {
            <https://w3id.org/equipoise/id/case/mine> a eq:Case ; eq:supports sdg:7 ;
                eq:status <https://w3id.org/equipoise/id/status/pilot> } }"""
        )
    after = client.get("/api/v1/coverage?rows=goal&cols=status").get_json()
    assert after["store_revision"] != before["store_revision"]
    assert after["total_units"] == before["total_units"] + 1
    assert sum(map(sum, after["cells"])) == sum(map(sum, before["cells"])) + 1


def test_every_parameter_is_an_option_of_the_command() -> None:
    """One word for one thing: what the API calls a parameter, the command line calls an option."""
    from kg.cli.group import group

    elsewhere = {"out", "relevant", "with-status", "with-technology", "with-organisation"}
    for name, parameters in PARAMETERS.items():
        if name == "robustness":  # on the command line an option of gaps
            continue
        command = group.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        options = {
            option.removeprefix("--")
            for parameter in command.params
            for option in (*parameter.opts, *parameter.secondary_opts)
        }
        names = {item["name"] for item in parameters} - elsewhere
        assert names <= options, (name, names - options)
