"""How well a place of a platform's message fits an attribute of ours: by name, place and type."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property

from ..messages import ANSWER_KINDS, MessageKind
from .attributes import UNSAID, Part, Phrase, Target, vocabulary
from .leaves import Leaf
from .types import fit
from .words import bag, weight

#: What a word counts for by where it stands: in the leaf's own name, its parent's, further up, its documentation.
_OWN, _PARENT, _OUTER, _SAID = 1.0, 0.95, 0.75, 0.7
#: What is left of a score when the place names another object than the attribute's, or not the attribute's own.
_ELSEWHERE, _NOWHERE = 0.35, 0.6
#: What is left where the object is known by what its element holds: enough to propose, not to be silent about it.
_HELD = 0.75
#: What is left of it for each element that repeats and is no list of ours, and for a place that is about the decision
#: in a message that asks for it.
_REPEATED, _DECIDED = 0.8, 0.85
#: How much of a name's score is that it says nothing besides, and what a word counts that says the object only.
_BESIDES, _OF_OBJECT = 0.45, 0.8
#: What all a phrase's words being said is worth, for each but the first; and an object being said that need not be.
_LONGER, _NEARER = 0.06, 0.03
_SCALE = 0.94

#: Objects of messages that tell apart whose name, date or number it is.
OBJECTS = frozenset(
    (
        *("optician", "insurer", "insured", "beneficiary", "amo", "prescription"),
        *("lenses", "frame", "contact_lenses", "supplements", "totals"),
    )
)
_DECISION = frozenset(("decision", "reponse"))
_SIDES = frozenset(("droit", "gauche"))

_Bag = tuple[tuple[str, dict[str, float]], ...]


@dataclass(frozen=True)
class Words:
    """The words of a leaf by where they stand, each with how sure it is.

    ``held_by`` has the paths of the objects that its element may be by what else it holds (:mod:`.contents`).
    """

    leaf: Leaf
    held_by: frozenset[str] = frozenset()

    @cached_property
    def steps(self) -> tuple[_Bag, ...]:
        """The words of each name on the way, the leaf's own last."""
        return tuple(bag(step.local) + bag(step.words) for step in self.leaf.steps)

    @cached_property
    def found(self) -> dict[str, float]:
        """How surely each word is said, and how near to the value."""
        found: dict[str, float] = {}
        steps = self.leaf.steps
        places = [(self.steps[-1], _OWN)]
        for distance, (step, words) in enumerate(zip(steps[-2::-1], self.steps[-2::-1], strict=True)):
            places.append((words, _OUTER if distance else _PARENT))
            places.append((bag(step.documentation), _OUTER * _SAID))
        places += [(bag(steps[-1].documentation), _SAID), (bag(self.leaf.type.documentation), _SAID * _OUTER)]
        for words, near in places:
            for _token, meanings in words:
                for word, sure in meanings.items():
                    found[word] = max(found.get(word, 0), sure * near)
        return found


def score(words: Words, target: Target, kind: MessageKind) -> float:
    """How well a leaf fits an attribute: 0 not at all, 1 (or a little above) beyond doubt."""
    if target.own.words.isdisjoint(words.found):
        return 0.0
    type_fit = fit(target.attribute, words.leaf.told_type)
    name = max(_name(words, phrase, target) for phrase in target.own.phrases)
    told = [_said(words, part) for part in target.told]
    place = 0.75 + 0.25 * (sum(told) / len(told) if told else 1)
    is_held = words.held_by == {target.owner}
    if is_held:
        place = _HELD
    elif told and not told[-1]:
        place *= _NOWHERE
    if target.owner not in words.held_by if words.held_by else _is_elsewhere(words, target):
        place *= _ELSEWHERE
    repeats = sum(step.repeats and not step.told_by for step in words.leaf.steps)
    place *= _REPEATED ** max(0, repeats - target.lists)
    nearer = sum(_NEARER if _said(words, part) else -_NEARER for part in target.objects if part not in target.told)
    if not _DECISION.isdisjoint(words.found):
        if kind in ANSWER_KINDS:
            place *= _DECIDED
        else:
            nearer += _NEARER
    return _SCALE * name * place * type_fit + nearer


def _name(words: Words, phrase: Phrase, target: Target) -> float:
    """How well the name is the phrase: that its words are said, and little besides."""
    own = words.steps[-1]
    objects = set[str]().union(*(part.words for part in target.objects))
    # What the object's name says anyway, such as "lentille" of "lentilles par boîte", counts in the own name alone.
    written = {word for _token, meanings in own for word in meanings}
    found = {word: words.found.get(word, 0) * (word in written or word not in objects) for word in phrase}
    needed = sum(weight(word) for word in phrase)
    said = sum(weight(word) * found[word] for word in phrase)
    if written.isdisjoint(phrase):
        said *= 0.7  # all of it from elsewhere
    total = explained = 0.0
    for _token, meanings in own:
        heaviest = max(map(weight, meanings))
        total += heaviest
        explained += heaviest * max(
            (
                sure * (1 if word in phrase else _OF_OBJECT)
                for word, sure in meanings.items()
                if word in {*phrase, *objects}
            ),
            default=0,
        )
    precision = explained / total if total else 0
    whole = _LONGER * (len(phrase) - 1) if min(found.values()) > 0.5 else 0
    return said / needed * (1 - _BESIDES + _BESIDES * precision) + whole


def _said(words: Words, part: Part) -> float:
    """How surely an object is named: all words of one of its phrases."""
    said = max(min(words.found.get(word, 0) for word in phrase) for phrase in part.phrases)
    if not said and part.name == "lenses" and not _SIDES.isdisjoint(words.found):
        return 0.8  # an element for each eye
    return said


def _is_elsewhere(words: Words, target: Target) -> bool:
    """Whether the nearest object that is named on the way is none of the attribute's."""
    own = {part.name for part in target.objects}
    mine = target.own.words.union(*(part.words for part in target.objects))
    for step in reversed(words.steps):
        # A word that may be one of the attribute's own is taken for it.
        others = {word for _token, meanings in step if mine.isdisjoint(meanings) for word in meanings}
        is_own = any(not mine.isdisjoint(meanings) and _names(set(meanings), own) for _token, meanings in step)
        if is_own:
            return False
        if _names(others, OBJECTS - own):
            return True
    return False


def named_objects(step: _Bag) -> set[str]:
    """The objects of messages that a name on the way says."""
    words = {word for _token, meanings in step for word in meanings}
    return {name for name in OBJECTS | UNSAID if _names(words, {name})}


def _names(words: set[str], objects: Set[str]) -> bool:
    known = vocabulary()
    return any(set(phrase) <= words for name in objects if name in known for phrase in known[name])
