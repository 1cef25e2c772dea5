"""The passages of a text, prepared when they are looked at.

A long document has tens of thousands of passages; holding the words of all of them would cost a
hundred times the text. Only the last few hundred that were looked at are kept.
"""

from __future__ import annotations

from bisect import bisect_right

from kg.linking.scoring import Passage, prepare
from kg.linking.text import Words, has_words, passages, sentences, words

_KEEP = 512


class PassageList:
    """Passages of a text that hold words, in order.

    Args:
        text: The document.
        language: ISO 639-1 code.

    Example:
        >>> found = PassageList("Clean water. Safe jobs.", "en")
        >>> len(found), found[0].content
        (1, 'Clean water. Safe jobs.')
    """

    def __init__(self, text: str, language: str) -> None:
        self.text, self.language = text, language
        self._groups = [
            group
            for group in passages(text, sentences(text))
            if has_words(text, group[0][0], group[-1][1])
        ]
        self._beginnings = [group[0][0] for group in self._groups]
        self._ready: dict[int, Passage] = {}

    def __len__(self) -> int:
        return len(self._groups)

    def __getitem__(self, number: int) -> Passage:
        ready = self._ready.get(number)
        if ready is None:
            ready = prepare(self.text, self._groups[number], self.language)
            if len(self._ready) >= _KEEP:
                self._ready.clear()
            self._ready[number] = ready
        return ready

    def first(self, count: int) -> list[Passage]:
        """The first passages."""
        return [self[at] for at in range(min(count, len(self)))]

    def beginning(self, characters: int) -> Words:
        """The words of the first so many characters."""
        if len(self.text) > characters:
            return words(self.text[:characters])
        ready = [self[at].words for at in range(len(self))]
        if len(ready) == 1:
            return ready[0]
        return Words(
            [word for part in ready for word in part.surface],
            [stem for part in ready for stem in part.stems],
            [start for part in ready for start in part.starts],
            [end for part in ready for end in part.ends],
        )

    def sentence_at(self, offset: int) -> tuple[int, int]:
        """Number of the passage and of its sentence that hold an offset; ``(-1, -1)`` for none."""
        at = bisect_right(self._beginnings, offset) - 1
        for number, (start, end) in enumerate(self._groups[at] if at >= 0 else ()):
            if start <= offset < end:
                return at, number
        return -1, -1
