"""The concept index: everything the methods need, computed once per revision.

A concept's *document* is what the graph says about it (labels, definitions, cues, and for a goal
its targets). The index holds term weights over those documents, their static vectors, and the
phrases to look for. It is kept beside the revision it was made from as one ``.npz`` and one
``.json`` file; loading takes about 40 ms.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, Final

from kg.linking.concepts import KINDS, Concept, Example
from kg.linking.lexical import LabelMatcher, normal_form
from kg.linking.static import StaticEmbedder, unit
from kg.linking.stopwords import STOPWORDS
from kg.linking.terms import TermWeights
from kg.linking.text import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCORED: Final = ("goal", "target", "principle", "technology")
"""Kinds scored by every method; the others are found by their names alone."""


@dataclass(slots=True)
class Group:
    """The concepts of one kind, with what each method needs.

    Args:
        kind: The kind.
        concepts: The concepts.
        forms: Normal forms of phrases.
        owners: For each form ``(concept number, weight, language)``.
        terms: Term weights of the concepts' documents; ``None`` for kinds found by name alone.
        prototypes: Mean static vector of each concept's sentences, ``(n, 256)``.
        cue_prototypes: Mean static vector of each concept's phrases, ``(n, 256)``.
    """

    kind: str
    concepts: list[Concept]
    forms: list[str]
    owners: list[list[tuple[int, float, str]]]
    terms: TermWeights | None = None
    prototypes: NDArray[Any] | None = None
    cue_prototypes: NDArray[Any] | None = None
    position: dict[str, int] = field(init=False)
    _lexicons: dict[str, Lexicon] = field(default_factory=dict)
    _written: dict[int, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.position = {concept.iri: number for number, concept in enumerate(self.concepts)}

    def written(self, number: int) -> dict[str, str]:
        """A concept's phrases as the graph has them, by normal form."""
        if number not in self._written:
            phrases = [phrase for phrase, _, _ in self.concepts[number].phrases]
            self._written[number] = {normal_form(phrase): phrase for phrase in reversed(phrases)}
        return self._written[number]

    def lexicon(self, language: str) -> Lexicon:
        """The phrases that may stand in a text of a language.

        Names of organisations are looked for in every language; of the other kinds only labels
        of the text's own language, so that a German cue is not read into English, nor the French
        name of Mauritius into an English text about somebody called Maurice. Names of countries
        may stand in English in any text.
        """
        if language not in self._lexicons:
            anywhere = self.kind == "organisation"
            allowed = {language, "en"} if self.kind == "country" else {language}
            forms: list[str] = []
            owners: list[list[tuple[int, float]]] = []
            for form, known in zip(self.forms, self.owners, strict=True):
                best: dict[int, float] = {}
                for number, weight, spoken in known:
                    if anywhere or spoken in allowed:
                        best[number] = max(best.get(number, 0.0), weight)
                if best:
                    forms.append(form)
                    owners.append(sorted(best.items()))
            self._lexicons[language] = Lexicon(LabelMatcher(forms), forms, owners)
        return self._lexicons[language]


@dataclass(slots=True)
class Lexicon:
    """Phrases of one kind in one language.

    Args:
        matcher: Finds them.
        forms: Their normal forms.
        owners: For each phrase the concepts it belongs to, with the weight of the label.
    """

    matcher: LabelMatcher
    forms: list[str]
    owners: list[list[tuple[int, float]]]

    weights: list[float] = field(init=False)
    """Weight of each phrase: longer ones say more, those shared by concepts say less."""

    def __post_init__(self) -> None:
        self.weights = [
            (1.0 + 0.5 * form.strip().count("  ")) / len(known)
            for form, known in zip(self.forms, self.owners, strict=True)
        ]


@dataclass(slots=True)
class Examples:
    """Accepted cases, as neighbours of a text."""

    iris: list[str]
    links: list[list[str]]
    terms: TermWeights
    vectors: NDArray[Any]
    _incidence: dict[str, NDArray[Any]] = field(default_factory=dict)

    def incidence(self, group: Group) -> NDArray[Any]:
        """Which example is linked to which concept of a group, 0 or 1."""
        import numpy as np

        if group.kind not in self._incidence:
            table = np.zeros((len(self.iris), len(group.concepts)))
            for row, links in enumerate(self.links):
                for iri in links:
                    if iri in group.position:
                        table[row, group.position[iri]] = 1.0
            self._incidence[group.kind] = table
        return self._incidence[group.kind]


@dataclass(slots=True)
class ConceptIndex:
    """All groups, the shared vocabulary, and the examples."""

    groups: dict[str, Group]
    vocabulary: dict[str, int]
    examples: Examples
    languages: frozenset[str]
    _goals: NDArray[Any] | None = None
    _by_goal: tuple[NDArray[Any], NDArray[Any], NDArray[Any]] | None = None

    def goals_of_targets(self) -> NDArray[Any]:
        """Number of the goal of each target, -1 for a target without one."""
        import numpy as np

        if self._goals is None:
            position = self.groups["goal"].position
            parents = [position.get(t.parent, -1) for t in self.groups["target"].concepts]
            self._goals = np.array(parents, np.intp)
        return self._goals

    def targets_by_goal(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Goals that have targets, where those of each begin, and the targets goal by goal."""
        import numpy as np

        if self._by_goal is None:
            parents = self.goals_of_targets()
            targets = parents.argsort(kind="stable")[int((parents < 0).sum()) :]
            goals, starts = np.unique(parents[targets], return_index=True)
            self._by_goal = goals, starts, targets
        return self._by_goal

    def targets_of(self, goal: int) -> NDArray[Any]:
        """Numbers of a goal's targets."""
        found: NDArray[Any] = (self.goals_of_targets() == goal).nonzero()[0]
        return found

    def bag(self, stems: Sequence[str]) -> Counter[int]:
        """Known terms of a text: stems and pairs of neighbours, without stop words."""
        known = self.vocabulary
        content = [s for s in stems if s not in STOPWORDS]
        terms = chain(content, map(" ".join, pairwise(content)))
        return Counter([number for number in map(known.get, terms) if number is not None])


def build_index(
    concepts: Sequence[Concept], examples: Sequence[Example], embedder: StaticEmbedder
) -> ConceptIndex:
    """Compute the index. Cost: about 0.6 s for the shipped graph."""
    vocabulary: dict[str, int] = {}
    by_kind = {kind: [c for c in concepts if c.kind == kind] for kind in KINDS}
    groups = {
        kind: _group(kind, members, by_kind, vocabulary, embedder)
        for kind, members in by_kind.items()
    }
    terms = _weights([_bag(example.text) for example in examples], vocabulary)
    kept = Examples(
        [example.iri for example in examples],
        [example.links for example in examples],
        terms,
        embedder.embed(example.text for example in examples),
    )
    _widen([*(g.terms for g in groups.values()), terms], len(vocabulary))
    spoken = Counter(language for c in concepts for _, language, _ in c.phrases)
    languages = frozenset(language for language, count in spoken.items() if count >= 10)
    return ConceptIndex(groups, vocabulary, kept, languages)


def _group(
    kind: str,
    members: list[Concept],
    by_kind: dict[str, list[Concept]],
    vocabulary: dict[str, int],
    embedder: StaticEmbedder,
) -> Group:
    import numpy as np

    narrower: dict[str, list[Concept]] = defaultdict(list)
    if kind == "goal":
        for target in by_kind["target"]:
            narrower[target.parent].append(target)
    owners: dict[str, dict[tuple[int, str], float]] = defaultdict(dict)
    for number, concept in enumerate(members):
        for source in (concept, *narrower[concept.iri]):
            for phrase, language, weight in source.phrases:
                for variant in _variants(phrase, kind):
                    if form := normal_form(variant):
                        key = (number, language)
                        owners[form][key] = max(owners[form].get(key, 0.0), weight)
    forms = sorted(owners)
    group = Group(
        kind,
        members,
        forms,
        [[(n, weight, lang) for (n, lang), weight in owners[form].items()] for form in forms],
    )
    if kind in SCORED:
        texts = [_texts(c, narrower[c.iri]) for c in members]
        cues = [_cues(c, narrower[c.iri]) for c in members]
        group.terms = _weights(
            [_bag(*text, *cue) for text, cue in zip(texts, cues, strict=True)], vocabulary
        )
        group.prototypes = _means(texts, embedder)
        group.cue_prototypes = _means(cues, embedder)
        group.prototypes = group.prototypes.astype(np.float32)
    return group


def _variants(phrase: str, kind: str) -> list[str]:
    """A label, and its parts where it names several things: ``AI (tools)``, ``A / B``."""
    found = [phrase]
    if kind in ("technology", "organisation") and "(" in phrase:
        before, _, rest = phrase.partition("(")
        inside = rest.partition(")")[0]
        found += [before, inside] if len(inside) > 3 else [before]
    if kind == "technology" and "/" in phrase:
        found += [part for part in phrase.split("/") if len(part.strip()) > 3]
    return found


def _texts(concept: Concept, narrower: list[Concept]) -> list[str]:
    own = [concept.label, *concept.texts]
    return own + [t for child in narrower for t in (child.label, *child.texts[:1])]


def _cues(concept: Concept, narrower: list[Concept]) -> list[str]:
    own = [p for source in (concept, *narrower) for p, lang, _ in source.phrases if lang == "en"]
    return own or [concept.label]


def _means(texts: list[list[str]], embedder: StaticEmbedder) -> NDArray[Any]:
    import numpy as np

    rows = [embedder.embed(text).mean(axis=0) for text in texts]
    return unit(np.asarray(rows, np.float32).reshape(len(rows), embedder.dimensions))


def _bag(*texts: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for text in texts:
        content = [s for s in words(text).stems if s not in STOPWORDS]
        found.update(content)
        found.update(map(" ".join, pairwise(content)))
    return found


def _weights(bags: list[Counter[str]], vocabulary: dict[str, int]) -> TermWeights:
    import numpy as np

    frequency = Counter(term for bag in bags for term in bag)
    local = sorted(frequency)
    numbers = {term: number for number, term in enumerate(local)}
    idf = [math.log((1 + len(bags)) / (1 + frequency[term])) + 1 for term in local]
    postings: list[list[tuple[int, float]]] = [[] for _ in local]
    for document, bag in enumerate(bags):
        weight = {t: (1 + math.log(n)) * idf[numbers[t]] for t, n in bag.items()}
        length = math.sqrt(sum(w * w for w in weight.values())) or 1.0
        for term in sorted(bag):
            postings[numbers[term]].append((document, weight[term] / length))
    starts = np.cumsum([0, *(len(p) for p in postings)], dtype=np.int64)
    place = {vocabulary.setdefault(term, len(vocabulary)): numbers[term] for term in local}
    table = np.full(len(vocabulary), -1, np.int64)
    table[list(place)] = list(place.values())
    flat = [pair for posting in postings for pair in posting]
    return TermWeights(
        table,
        np.asarray(idf, np.float32),
        starts,
        np.asarray([d for d, _ in flat], np.int64),
        np.asarray([w for _, w in flat], np.float32),
        len(bags),
    )


def _widen(terms: Sequence[TermWeights | None], size: int) -> None:
    """Give every table a place for terms that later tables brought in."""
    import numpy as np

    for item in terms:
        if item is not None:
            wider = np.full(size, -1, np.int64)
            wider[: len(item.place)] = item.place
            item.place = wider
