"""Which attribute of our messages each place of a platform's message is: a proposal, with how sure it is.

Each attribute has one place and each place one attribute, the surest pair first. Nothing below :data:`SURE` is mapped,
and nothing whose next best is as good: such a place is left to a person, with its candidates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..messages import MessageKind
from .attributes import Target, targets
from .contents import held_by
from .leaves import Leaf
from .placing import place
from .scoring import Words, score
from .variants import variants

#: A pair below this score is left to a person.
SURE = 0.6
#: Another attribute as near as this makes a pair doubtful.
_MARGIN = 0.03
#: Candidates below this score are not worth a look.
_LEAST = 0.25
_CANDIDATES = 3


#: (score, which place, the place with its brackets, attribute)
_Pair = tuple[float, int, Leaf, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An attribute that a place may be."""

    attribute: str
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """A place, the attribute proposed for it (empty when a person has to say) and the candidates, best first."""

    leaf: Leaf
    attribute: str
    score: float
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """The places of one message, in the order of its XML, and the attributes that have none."""

    kind: MessageKind
    matches: tuple[Match, ...]
    absent: tuple[str, ...]


def propose(kind: MessageKind, leaves: Iterable[Leaf]) -> Proposal:
    """Match the places of a message to its attributes."""
    places = [leaf for leaf in variants(tuple(leaves)) if leaf.fixed is None]
    known = targets(kind)
    pairs: list[_Pair] = []
    ranked: list[list[Candidate]] = []
    for index, words in enumerate(_understood(places, known, kind)):
        leaf, found = words.leaf, []
        for target in known:
            value = score(words, target, kind)
            if value < _LEAST:
                continue
            placed = place(leaf, target)
            if placed is not None:
                found.append((value, index, *placed))
        found.sort(key=lambda item: -item[0])
        pairs += found
        ranked.append([Candidate(item[3], min(round(item[0], 2), 1.0)) for item in found])
    chosen = _assign(pairs)
    matches = []
    for index, leaf in enumerate(places):
        candidates = tuple(ranked[index][:_CANDIDATES])
        if index in chosen:
            value, placed_leaf, attribute = chosen[index]
            matches.append(Match(placed_leaf, attribute, min(round(value, 2), 1.0), candidates))
        else:
            matches.append(Match(leaf, "", 0.0, candidates))
    taken = {match.attribute for match in matches}
    absent = tuple(target.path for target in known if not any(_is_of(name, target.path) for name in taken))
    return Proposal(kind, tuple(matches), absent)


def _understood(places: Sequence[Leaf], known: Sequence[Target], kind: MessageKind) -> list[Words]:
    """The places by their words, and by what else their elements hold."""
    words = [Words(leaf) for leaf in places]
    scores: list[dict[str, float]] = []
    for each in words:
        best: dict[str, float] = {}
        for target in known:
            value = score(each, target, kind)
            if value >= _LEAST:
                best[target.owner] = max(best.get(target.owner, 0), value)
        scores.append(best)
    return [replace(each, held_by=held) for each, held in zip(words, held_by(words, scores), strict=True)]


def _assign(pairs: list[_Pair]) -> dict[int, tuple[float, Leaf, str]]:
    """By place, the surest pair; each attribute and each place once, and none that another is as good as."""
    of_place: dict[int, list[_Pair]] = {}
    of_attribute: dict[str, list[_Pair]] = {}
    for pair in pairs:
        of_place.setdefault(pair[1], []).append(pair)
        of_attribute.setdefault(pair[3], []).append(pair)
    chosen: dict[int, tuple[float, Leaf, str]] = {}
    taken: set[str] = set()
    doubtful: set[int] = set()
    for value, index, leaf, attribute in sorted(pairs, key=lambda pair: -pair[0]):
        if value < SURE:
            break
        if index in chosen or attribute in taken or index in doubtful:
            continue
        if any(
            value - other < _MARGIN and name != attribute and name not in taken
            for other, _index, _leaf, name in of_place[index]
        ):
            doubtful.add(index)
            continue
        rivals = {
            place
            for other, place, _leaf, _name in of_attribute[attribute]
            if value - other < _MARGIN and place not in chosen
        }
        if rivals != {index}:
            doubtful |= rivals
            continue
        chosen[index] = value, leaf, attribute
        taken.add(attribute)
    return chosen


def _is_of(name: str, path: str) -> bool:
    """Whether an attribute, with the values by which items are chosen, is of a path."""
    left, _bracket, rest = name.partition("[side=")
    return name == path or (bool(rest) and f"{left}[]{rest.partition(']')[2]}" == path)
