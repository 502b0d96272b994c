"""Texts of an XSD pattern: its shortest and a long one.

What most schemas write is understood: characters, classes, groups, alternatives and repetitions. A pattern with
anything else (Unicode categories, subtractions) gives no text.
"""

from __future__ import annotations

from collections.abc import Callable

_MOST = 60  # of an open repetition
_CLASSES = {"d": "0123456789", "w": "Aa0", "s": " "}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_ANY = "Aa0 "


class _Unknown(ValueError):
    """A construction that is not understood."""


def texts(pattern: str) -> tuple[str, ...]:
    """The shortest text of a pattern and a long one; nothing when it is not understood.

    >>> texts("[0-9]{2}/[0-9]{4}"), texts("(OUI|N)X?"), texts(r"\\p{L}+")
    (('11/1111',), ('OUI', 'OUIX'), ())
    """
    found = []
    for is_long in (False, True):
        reader = _Reader(pattern, is_long)
        try:
            found.append(reader.alternatives())
            reader.end()
        except (_Unknown, IndexError, ValueError):
            return ()
    return tuple(dict.fromkeys(found))


class _Reader:
    def __init__(self, pattern: str, is_long: bool) -> None:
        self._pattern = pattern
        self._at = 0
        self._is_long = is_long

    def end(self) -> None:
        if self._at < len(self._pattern):
            raise _Unknown

    def alternatives(self) -> str:
        """The first of some alternatives."""
        first = self._sequence()
        while self._peek() == "|":
            self._at += 1
            self._sequence()
        return first

    def _sequence(self) -> str:
        written = ""
        while self._peek() not in ("", "|", ")"):
            atom = self._atom()
            written += atom * self._times()
        return written

    def _atom(self) -> str:
        character = self._take()
        if character == "(":
            inner = self.alternatives()
            if self._take() != ")":
                raise _Unknown
            return inner
        if character == "[":
            return self._class()
        if character == "\\":
            return self._escape()[-1:] or "A"
        if character == ".":
            return "A"
        if character in "?*+{})]":
            raise _Unknown
        return character

    def _times(self) -> int:
        character = self._peek()
        if character in ("?", "*", "+") and character:
            self._at += 1
            least, most = {"?": (0, 1), "*": (0, _MOST), "+": (1, _MOST)}[character]
            return most if self._is_long else least
        if character != "{":
            return 1
        end = self._pattern.index("}", self._at)
        low, comma, high = self._pattern[self._at + 1 : end].partition(",")
        self._at = end + 1
        if not comma or not self._is_long:
            return int(low)
        return int(high) if high else max(int(low), _MOST)

    def _class(self) -> str:
        """A character of a class, a digit rather than another."""
        is_negated = self._peek() == "^"
        self._at += is_negated
        members = ""
        while self._peek() != "]":
            if self._pattern.startswith("-[", self._at):
                raise _Unknown
            character = self._take()
            known = self._escape() if character == "\\" else character
            if len(known) == 1 and self._peek() == "-" and self._pattern[self._at + 1] not in "][":
                self._at += 1
                last = self._take()
                last = self._escape() if last == "\\" else last
                members += "".join(map(chr, range(ord(known), min(ord(last), ord(known) + 200) + 1)))
            else:
                members += known
        self._at += 1
        wanted: Callable[[str], bool] = (
            (lambda text: text not in members) if is_negated else (lambda text: text in members)
        )
        found = next((text for text in f"1A{_ANY}{members}" if wanted(text)), "")
        if not found:
            raise _Unknown
        return found

    def _escape(self) -> str:
        character = self._take()
        if character in "pPicICDWS":
            raise _Unknown
        return _CLASSES.get(character) or _ESCAPES.get(character, character)

    def _take(self) -> str:
        character = self._pattern[self._at]
        self._at += 1
        return character

    def _peek(self) -> str:
        return self._pattern[self._at] if self._at < len(self._pattern) else ""
