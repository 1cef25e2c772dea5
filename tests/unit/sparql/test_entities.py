"""RDF/XML with entities: abbreviations are read, explosions refused before the parser sees them."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.errors import InputError
from kg.sparql.writing import _parsed

BODY = (
    '<!DOCTYPE r [{entities}]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:e="http://e/"><rdf:Description rdf:about="http://e/s"><e:p>&a;</e:p>'
    "</rdf:Description></rdf:RDF>"
)


def _read(entities: str) -> list[ox.Quad]:
    body = BODY.replace("{entities}", entities).encode()
    return list(_parsed(body, "rdf", "http://e/", ox.DefaultGraph()))


def test_abbreviations() -> None:
    assert _read('<!ENTITY a "http://e/x#">')[0].object == ox.Literal("http://e/x#")


@pytest.mark.parametrize(
    "entities",
    [
        '<!ENTITY b "lol"><!ENTITY a "&b;&b;&b;">',
        "<!ENTITY b 'lol'>\n<!ENTITY\n a\t'it\"s &b;'>",
        '<!ENTITY a "' + "x" * 301 + '">',
        '<!ENTITY % p "x"><!ENTITY a "%p;%p;">',
    ],
)
def test_explosions(entities: str) -> None:
    with pytest.raises(InputError, match="entities"):
        _read(entities)
