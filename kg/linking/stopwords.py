"""English words that say nothing about a subject, as folded stems."""

from __future__ import annotations

from typing import Final

from kg.linking.text import stem

_WORDS: Final = """
a about above across after again against all also although always am among an and another any
anything are around as at away be became because become been before began behind being below
between both but by came can cannot could did do does doing done down due during each either else
enough even ever every everything few first for found from further gave general get give given go
going got had has have having he hence her here herself him himself his how however i if in indeed
instead into is it its itself just keep know known last later least less let like likely made
mainly make making many may me mere might more moreover most mostly much must my near nearly need
neither never next no nor not nothing now of off often on once one only onto or other others
otherwise our ours out over own part per perhaps quite rather really same second see seen several
shall she should show shown similar since so some something sometimes still such take taken than
that the their theirs them themselves then there thereby therefore these they this those though
three through throughout thus to together too toward towards two under until up upon us use used
uses using various very via was way ways we well went were what whatever when where whereas
whether which while who whole whom whose why will with within without would yet you your example
figure table chapter section page box et al see e g
"""
STOPWORDS: Final = frozenset(stem(word) for word in _WORDS.split())
