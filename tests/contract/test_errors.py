"""Every error can be told to a person, to a shell and to an HTTP client."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest

import kg.errors
from kg.errors import KGError, MissingExtra


def tree(cls: type[KGError] = KGError) -> Iterator[type[KGError]]:
    yield cls
    for child in cls.__subclasses__():
        yield from tree(child)


ALL = sorted({cls for cls in tree() if cls.__module__ == "kg.errors"}, key=lambda cls: cls.__name__)


def make(cls: type[KGError]) -> KGError:
    if cls is MissingExtra:
        return MissingExtra("This", extra="pdf")
    return cls("what happened")


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_every_error_has_its_translations(cls: type[KGError]) -> None:
    error = make(cls)
    problem = error.to_problem()
    assert 400 <= int(str(problem["status"])) <= 599
    assert str(problem["type"]).startswith("https://w3id.org/equipoise/problem/")
    assert problem["title"]
    assert problem["detail"] == error.message
    assert 1 <= cls.exit_code <= 125
    assert inspect.getdoc(cls)


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_every_error_is_drawn_at_the_top(cls: type[KGError]) -> None:
    assert cls.__name__ in (kg.errors.__doc__ or "")


def test_slugs_name_one_error_each() -> None:
    slugs = [cls.slug for cls in ALL]
    assert len(slugs) == len(set(slugs))


def test_exit_codes_of_families_differ() -> None:
    families = [cls for cls in ALL if cls.__base__ is KGError and cls.exit_code not in {1, 2}]
    codes = [cls.exit_code for cls in families]
    assert len(codes) == len(set(codes))
