"""The spans that speak for a proposal, taken from the passages where it scored best.

Evidence is what the score rests on: phrases of the concept that the text contains; where there
are none, the sentence most like the concept. Blanking the spans lowers the score (tested).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from kg.linking.proposals import Span
from kg.linking.scoring import Passage, find_labels

if TYPE_CHECKING:
    from kg.linking.linker import Linker
    from kg.linking.passage_list import PassageList

SPANS: Final = 6


def find_evidence(
    linker: Linker,
    kind: str,
    number: int,
    prepared: PassageList,
    scores: dict[str, Any],
    pages: Sequence[int] = (),
) -> list[Span]:
    """Spans for concept ``number`` of a kind, strongest first, at most six."""
    best = scores[kind].best[:, number]
    spans = [
        span for row in best for span in _phrases(linker, kind, number, prepared[int(row)], pages)
    ]
    if not spans and kind == "goal" and "target" in scores:
        spans = _from_targets(linker, number, prepared, scores, pages)
    if not spans and kind == "framework-principle" and "principle" in scores:
        spans = _from_pivot(linker, number, prepared, scores, pages)
    if not spans:
        spans = _sentence(linker, kind, number, prepared[int(best[0])], pages)
    return spans[:SPANS]


def _phrases(
    linker: Linker, kind: str, number: int, passage: Passage, pages: Sequence[int]
) -> list[Span]:
    group = linker.index.groups[kind]
    find_labels(group, [passage])
    lexicon = group.lexicon(passage.language)
    found: list[tuple[float, Span]] = []
    for hit in passage.hits.get(kind, ()):
        if number in {owner for owner, _ in lexicon.owners[hit.phrase]}:
            start, end = passage.words.starts[hit.first], passage.words.ends[hit.last - 1]
            quote = passage.text[start:end]
            page = _page(start, pages)
            phrase = _label(linker, kind, number, lexicon.forms[hit.phrase], quote)
            found.append(
                (lexicon.weights[hit.phrase], Span(start, end, quote, "lexical", phrase, page))
            )
    found.sort(key=lambda item: (-item[0], item[1].start))
    return [span for _, span in found]


def _label(linker: Linker, kind: str, number: int, form: str, quote: str) -> str:
    """The label of the graph that matched, as it is written there."""
    return linker.index.groups[kind].written(number).get(form, quote)


def _sentence(
    linker: Linker, kind: str, number: int, passage: Passage, pages: Sequence[int]
) -> list[Span]:
    """The sentence of a passage that is most like the concept."""
    group = linker.index.groups[kind]
    if group.cue_prototypes is None or not passage.sentences:
        return []
    spans = [passage.spans[at] for at in passage.sentences]
    texts = [passage.text[start:end] for start, end in spans]
    near = linker.embedder.embed(texts) @ group.cue_prototypes[number]
    start, end = spans[int(near.argmax())]
    label = group.concepts[number].label
    method = "context" if linker.uses_context else "static"
    return [Span(start, end, passage.text[start:end], method, label, _page(start, pages))]


def _from_targets(
    linker: Linker,
    number: int,
    prepared: PassageList,
    scores: dict[str, Any],
    pages: Sequence[int],
) -> list[Span]:
    """Evidence of the goal's most probable target."""
    goal = linker.index.groups["goal"].concepts[number].iri
    targets = linker.index.groups["target"].concepts
    mine = [at for at, target in enumerate(targets) if target.parent == goal]
    if not mine:
        return []
    best = max(mine, key=lambda at: float(scores["target"].document[at]))
    row = int(scores["target"].best[0, best])
    return _phrases(linker, "target", best, prepared[row], pages)


def _from_pivot(
    linker: Linker,
    number: int,
    prepared: PassageList,
    scores: dict[str, Any],
    pages: Sequence[int],
) -> list[Span]:
    """Evidence of the pivot principle that a framework's principle matches best."""
    concept = linker.index.groups["framework-principle"].concepts[number]
    position = linker.index.groups["principle"].position
    known = [(strength, position[iri]) for iri, strength in concept.matches if iri in position]
    if not known:
        return []
    best = max(known, key=lambda item: item[0] * float(scores["principle"].document[item[1]]))[1]
    row = int(scores["principle"].best[0, best])
    return _phrases(linker, "principle", best, prepared[row], pages) or _sentence(
        linker, "principle", best, prepared[row], pages
    )


def _page(offset: int, pages: Sequence[int]) -> int | None:
    return bisect_right(pages, offset) + 1 if pages else None
