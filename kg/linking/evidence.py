"""The spans that speak for a proposal, taken from the passages where it scored best.

Evidence is what the score rests on: phrases of the concept that the text contains; where there
are none, the sentence most like the concept. Blanking the spans lowers the score (tested).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from kg.linking.proposals import Span
from kg.linking.scoring import Passage

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
    limit: int = SPANS,
) -> list[Span]:
    """Spans for concept ``number`` of a kind, strongest first, at most ``limit``."""
    best = scores[kind].best[:, number].tolist()
    spans: list[Span] = []
    for row in best:
        if len(spans) < limit:
            spans += _phrases(linker, kind, number, prepared[row], pages)
    if not spans and kind == "goal" and "target" in scores:
        spans = _from_targets(linker, number, prepared, scores, pages)
    if not spans and kind == "framework-principle" and "principle" in scores:
        spans = _from_pivot(linker, number, prepared, scores, pages)
    if not spans:
        spans = _sentence(linker, kind, number, prepared[best[0]], pages)
    return spans[:limit]


def _phrases(
    linker: Linker, kind: str, number: int, passage: Passage, pages: Sequence[int]
) -> list[Span]:
    group = linker.index.groups[kind]
    hits = passage.hits_of(group, number)
    if not hits:
        return []
    forms, written = group.lexicon(passage.language).forms, group.written(number)
    starts, ends, text = passage.words.starts, passage.words.ends, passage.text
    found: list[Span] = []
    for phrase, first, last in hits[:SPANS]:
        start, end = starts[first], ends[last - 1]
        quote = text[start:end]
        label = written.get(forms[phrase], quote)  # as the graph writes it
        found.append(Span(start, end, quote, "lexical", label, _page(start, pages)))
    return found


def _sentence(
    linker: Linker, kind: str, number: int, passage: Passage, pages: Sequence[int]
) -> list[Span]:
    """The sentence of a passage that is most like the concept."""
    group = linker.index.groups[kind]
    if group.cue_prototypes is None or not passage.sentences:
        return []
    spans = [passage.spans[at] for at in passage.sentences]
    vectors = passage.vectors
    if vectors is None or passage.torn:
        vectors = linker.embedder.embed([passage.text[start:end] for start, end in spans])
    start, end = spans[int((vectors @ group.cue_prototypes[number]).argmax())]
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
    mine = linker.index.targets_of(number)
    if not len(mine):
        return []
    best = int(mine[scores["target"].document[mine].argmax()])
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
