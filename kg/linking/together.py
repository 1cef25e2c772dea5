"""Texts side by side: a table of short texts costs what one long text of their length does.

Most of the time for a short text would go into calls on tiny tables. So passages of several texts
are scored in one batch, and each text takes its own rows back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from kg.errors import InputError
from kg.linking.asked import check_request
from kg.linking.concepts import DEFAULT_KINDS
from kg.linking.index import SCORED
from kg.linking.names import name_probabilities
from kg.linking.neighbours import nearest_shares, similarities
from kg.linking.passage_list import PassageList
from kg.linking.pooling import Best, Scores, imply_goals, named_scores
from kg.linking.scoring import Passage, find_labels, make_batch
from kg.linking.static import unit
from kg.linking.terms import Bags

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.linking.linker import Linker
    from kg.linking.proposals import Proposal

BATCH: Final = 128
"""Passages scored at a time."""
_SAMPLE: Final = 20_000
"""Characters of a text that are compared with cases."""


def link_together(
    linker: Linker,
    texts: Iterable[str],
    *,
    kinds: Sequence[str] = DEFAULT_KINDS,
    preset: str = "balanced",
    language: str | None = None,
    leave_out: Collection[str] = (),
    **options: Any,
) -> Iterator[list[Proposal] | InputError]:
    """For each text, in order, its links or why it cannot be linked.

    Args:
        linker: The linker.
        texts: Plain texts; read a batch ahead.
        kinds: As :meth:`kg.linking.linker.Linker.link`, like the other options.
        preset: How sure a proposal must be.
        language: ISO 639-1 code; detected text by text when left out.
        leave_out: Cases that must not serve as examples.
        options: ``threshold``, ``limit`` and ``concepts``.

    Raises:
        InputError: Unknown kind or preset.
    """
    chosen = check_request(kinds, preset)
    waiting: list[PassageList | InputError] = []

    def finish() -> Iterator[list[Proposal] | InputError]:
        ready = [item for item in waiting if isinstance(item, PassageList) and len(item)]
        scored = iter(score_together(linker, ready, chosen, leave_out) if ready else ())
        for item in waiting:
            if isinstance(item, InputError):
                yield item
            elif len(item):
                yield linker.proposed(item, next(scored), chosen, preset=preset, **options)
            else:
                yield []
        waiting.clear()

    passages, spoken = 0, ""
    for text in texts:
        item: PassageList | InputError
        try:
            check_request(chosen, preset, text)
            item = linker.prepare(text, language)
        except InputError as error:
            item = error
        else:
            if waiting and (passages >= BATCH or item.language != spoken):
                yield from finish()
                passages = 0
            passages += 1 + len(item)
            spoken = item.language
        waiting.append(item)
    yield from finish()


def score_together(
    linker: Linker,
    texts: Sequence[PassageList],
    kinds: Sequence[str],
    leave_out: Collection[str] = (),
) -> list[dict[str, Scores]]:
    """For each text, log-odds of every concept of the kinds, with the best passages.

    Args:
        linker: The linker.
        texts: Texts of one language, each with a passage at least.
        kinds: Kinds wanted; those that they lean on are scored as well.
        leave_out: Cases that must not serve as examples.
    """
    import numpy as np

    index = linker.index
    wanted = _with_dependencies(kinds)
    named = [kind for kind in kinds if kind not in SCORED]
    best = [{kind: Best() for kind in (*wanted, *named)} for _ in texts]
    totals = np.zeros((len(texts), linker.embedder.dimensions))
    near = _neighbours(linker, texts, leave_out) if {"target", "technology"} & {*wanted} else None
    for owners, part in _batches(texts):
        batch = make_batch(index, linker.embedder, part, linker.context)
        np.add.at(totals, owners, batch.vectors)
        likes = near if near is None or len(texts) == 1 else near[owners]
        tables = linker.passage_logits(batch, wanted, likes)
        for kind in named:
            find_labels(index.groups[kind], part)
            tables[kind] = name_probabilities(index.groups[kind], part)
        firsts = np.flatnonzero(np.diff(owners, prepend=-1))
        for first, last in zip(firsts, [*firsts[1:], len(owners)], strict=True):
            for kind, table in tables.items():
                best[owners[first]][kind].add(table[first:last])
    return [
        _scores(linker, mine, kinds, whole) for mine, whole in zip(best, unit(totals), strict=True)
    ]


def _scores(
    linker: Linker, best: dict[str, Best], kinds: Sequence[str], whole: NDArray[Any]
) -> dict[str, Scores]:
    scores = {
        kind: Scores(kind, top.rows, top.pooled(), whole)
        for kind, top in best.items()
        if kind in SCORED and top.count
    }
    if "goal" in scores and "target" in scores:
        imply_goals(linker.index, scores["goal"], scores["target"])
    for kind in kinds:
        if kind not in SCORED:
            scores[kind] = named_scores(linker.index, kind, best[kind], scores, whole)
    return scores


def _batches(texts: Sequence[PassageList]) -> Iterator[tuple[NDArray[Any], list[Passage]]]:
    """Passages of all texts, a batch at a time, with the number of the text of each."""
    import numpy as np

    owners: list[int] = []
    part: list[Passage] = []
    for number, text in enumerate(texts):
        for at in range(len(text)):
            owners.append(number)
            part.append(text[at])
            if len(part) == BATCH:
                yield np.array(owners), part
                owners, part = [], []
    if part:
        yield np.array(owners), part


def _neighbours(
    linker: Linker, texts: Sequence[PassageList], leave_out: Collection[str]
) -> NDArray[Any]:
    """Shares of the cases that are most like each text's beginning."""
    words = [text.beginning(_SAMPLE) for text in texts]
    bags = [
        text[0].bag_by(linker.index) if found is text[0].words else linker.index.bag(found.stems)
        for text, found in zip(texts, words, strict=True)
    ]
    examples = linker.index.examples
    near = similarities(
        examples,
        Bags.of(bags),
        linker.embedder.means([found.surface for found in words]),
    )
    near[:, [number for number, iri in enumerate(examples.iris) if iri in leave_out]] = 0.0
    return nearest_shares(near)


def _with_dependencies(kinds: Sequence[str]) -> list[str]:
    """Scored kinds to compute: targets lean on goals, framework principles on the pivot."""
    wanted = set(kinds) & set(SCORED)
    if "target" in wanted:
        wanted.add("goal")
    if "framework-principle" in kinds:
        wanted.add("principle")
    return [kind for kind in SCORED if kind in wanted]
