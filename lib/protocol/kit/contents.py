"""Elements whose names say nothing, known by what they hold: a "lunetier" with a FINESS and a town is the optician.

One that holds what two objects of ours have is neither; what is of no such object is in it by chance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from .leaves import Leaf
from .scoring import OBJECTS, Words, named_objects

#: Fewer places with candidates tell nothing of their element.
_FEWEST = 3
#: How much of them an object must explain, each nearly as well as anything else would.
_MOST, _NEARLY = 0.6, 0.8

#: Steps from the message down, by their names.
_Prefix = tuple[str, ...]


def held_by(words: Sequence[Words], scores: Sequence[Mapping[str, float]]) -> list[frozenset[str]]:
    """For each place, the objects that its element may be by what else is in it; none where its name tells.

    :param scores: of each place, how well each object has a value for it, by the object's path
    """
    named = {name for each in words for step in each.steps[:-1] for name in named_objects(step)}
    places: dict[_Prefix, list[int]] = {}
    for index, each in enumerate(words):
        for prefix in _prefixes(each.leaf):
            if not any(map(named_objects, each.steps[: len(prefix)])):
                places.setdefault(prefix, []).append(index)
    told = {prefix: _explained([scores[index] for index in inside], named) for prefix, inside in places.items()}
    return [next((told[prefix] for prefix in _prefixes(each.leaf) if told.get(prefix)), frozenset()) for each in words]


def _prefixes(leaf: Leaf) -> list[_Prefix]:
    """The elements that a place is in, the nearest first."""
    names = tuple(step.local for step in leaf.steps[:-1])
    return [names[:length] for length in range(len(names), 0, -1)]


def _explained(scores: Sequence[Mapping[str, float]], named: set[str]) -> frozenset[str]:
    """The objects that have a value for most of some places, but for those that another element is called after."""
    voting = [found for found in scores if found]
    if len(voting) < _FEWEST:
        return frozenset()
    votes = Counter(
        owner for found in voting for owner, score in found.items() if score >= _NEARLY * max(found.values())
    )
    best = {owner for owner, count in votes.items() if count >= _MOST * len(voting)}
    return frozenset(owner for owner in best if owner.rpartition(".")[2].removesuffix("[]") in OBJECTS - named)
