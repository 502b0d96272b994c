"""How a value is written in XML text and read back.

The field table names a format as a call, ``text(35)`` or ``decimal(2, max=100)``;
:func:`compile_format` turns it into a :class:`Format`. A format writes exactly
what it reads: a value that it would have to round, cut or guess is refused by a
:class:`ValueError`, in both directions.
"""

from __future__ import annotations

import ast
import base64
import inspect
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

from .format import Format
from .moments import date, datetime

#: ``{canonical value: wire codes}``; the first wire code is written, all are read.
Codes = Mapping[str, tuple[str, ...]]


def compile_format(text: str, codes: Callable[[], tuple[type[Enum], Codes]]) -> Format:
    """The format that the table's cell names.

    :param codes: gives the code list of the field, asked for by ``code`` alone
    :raises ValueError: unknown format or wrong arguments, in one sentence
    """
    try:
        node = ast.parse(text.strip(), mode="eval").body
        call = node if isinstance(node, ast.Call) else ast.Call(node, [], [])
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        positional = [ast.literal_eval(argument) for argument in call.args]
        named = {keyword.arg or "": ast.literal_eval(keyword.value) for keyword in call.keywords}
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"« {text} » n'est pas un format") from error
    if name == "code":
        return code(*codes())
    factory = FORMATS.get(name)
    if factory is None:
        raise ValueError(f"format inconnu « {name} » ; il y a {', '.join(sorted(FORMATS))}, code")
    try:
        given = inspect.signature(factory).bind(*positional, **named).arguments
        for argument, value in given.items():
            if type(value) not in _ARGUMENTS[inspect.signature(factory).parameters[argument].annotation]:
                raise ValueError(f"{argument}={value!r} : les apostrophes entourent les textes, et eux seuls")
        return factory(*positional, **named)
    except TypeError as error:
        raise ValueError(f"{text} : il s'écrit {usage(name)}") from error
    except re.error as error:
        raise ValueError(f"{text} : l'expression régulière est erronée ({error})") from error
    except (ValueError, ArithmeticError) as error:
        raise ValueError(f"{text} : {error}") from error


def usage(name: str) -> str:
    """How a format is written in a table, with its arguments.

    >>> usage("digits"), usage("nir"), usage("text")
    ('digits(min, max=0)', 'nir', 'text(max, lines=False)')
    """
    parameters = inspect.signature(FORMATS[name]).parameters.values()
    given = ", ".join(
        each.name if each.default is each.empty else f"{each.name}={each.default!r}" for each in parameters
    )
    return f"{name}({given})" if given else name


#: Annotation of a factory's parameter -> types of what the table may give.
_ARGUMENTS = {"int": (int,), "str": (str,), "bool": (bool,), "float | str": (int, float, str)}


# Text, by the characters that XML and common sense allow. The first is XSD's ``[^\s\p{Cc}]\P{Cc}*``.
_LINE = re.compile("(?! )[^\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
_LINES = re.compile("[^\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")


def text(max: int, lines: bool = False) -> Format:
    """Text of at most ``max`` characters, on one line unless ``lines``."""
    pattern = _LINES if lines else _LINE
    expected = f"texte de {max} caractères au plus" + (", sur plusieurs lignes" if lines else "")

    def check(value: str) -> str:
        if not isinstance(value, str) or len(value) > max or not pattern.fullmatch(value):
            raise ValueError(expected)
        return value

    def read(value: str) -> str:
        return value if pattern.fullmatch(value) and len(value) <= max else check(value.strip())

    return Format(str, expected, check, read)


def match(pattern: str, expected: str) -> Format:
    """Text that is the regular expression ``pattern``; ``expected`` says it in French."""
    fullmatch = re.compile(pattern, re.ASCII).fullmatch

    def check(value: str) -> str:
        if not isinstance(value, str) or not fullmatch(value):
            raise ValueError(expected)
        return value

    def read(value: str) -> str:
        return value if fullmatch(value) else check(value.strip())

    return Format(str, expected, check, read)


def digits(min: int, max: int = 0) -> Format:
    """From ``min`` to ``max`` digits, or exactly ``min``."""
    if max:
        return match(f"[0-9]{{{min},{max}}}", f"{min} à {max} chiffres")
    return match(f"[0-9]{{{min}}}", f"{min} chiffre{'s' * (min > 1)}")


def nir() -> Format:
    """A social security number, 13 characters and its key.

    Key: 97 - n mod 97, where 2A counts as 19 and 2B as 18 (as python-stdnum's ``fr.nir``).
    Numbers that begin with 5 to 8 are temporary ones (SNDS ``IR_NIR_V``).
    """
    shape = match("[1-8][0-9]{4}([0-9]{2}|2[AB])[0-9]{8}", "13 caractères et une clé exacte de 2")

    def check(value: str) -> str:
        number = shape.write(value)
        body = number[:13].replace("2A", "19").replace("2B", "18")
        if 97 - int(body) % 97 != int(number[13:]):
            raise ValueError(shape.expected)
        return number

    return Format(str, shape.expected, check, lambda value: check(value.strip()))


#: Characters with a meaning in XML, or none.
_MEANT = re.compile(r"[^\w .:,/+-]", re.ASCII)


# Numbers.


def decimal(
    places: int,
    min: float | str = 0,
    max: float | str = "999999.99",
    step: float | str = 0,
    sign: bool = False,
    comma: bool = False,
) -> Format:
    """A decimal written with exactly ``places`` decimals, in steps of ``step``.

    :param sign: write ``+`` before what is not negative, too
    :param comma: write a comma before the decimals, and read nothing else there
    """
    unit = Decimal(1).scaleb(-places)
    low, high, grid = Decimal(str(min)), Decimal(str(max)), Decimal(str(step))
    expected = f"nombre de {low} à {high}, {places} décimale{'s' * (places > 1)}"
    if grid:
        expected += f", par pas de {grid}"
    # Zeros at the end say nothing: xs:decimal has 100, 100.0 and 100.00 for one value.
    if comma:
        expected += ", séparées par une virgule"
    point = "," if comma else "."
    shape = re.compile(rf"[+-]?[0-9]{{1,12}}([{point}][0-9]{{1,12}})?" if places else r"[+-]?[0-9]{1,12}")

    def exactly(value: Decimal) -> Decimal:
        if not low <= value <= high or (grid and value % grid):
            raise ValueError(expected)
        if value.same_quantum(unit):
            return value
        exact = value.quantize(unit)
        if exact != value:
            raise ValueError(expected)
        return exact

    def write(value: Decimal) -> str:
        try:
            exact = exactly(value)
        except (ArithmeticError, AttributeError, TypeError) as error:
            raise ValueError(expected) from error
        written = str(exact if exact else abs(exact)).replace(".", point)
        return f"+{written}" if sign and exact >= 0 else written

    def read(value: str) -> Decimal:
        value = value.strip()
        if not shape.fullmatch(value):
            raise ValueError(expected)
        return exactly(Decimal(value.replace(point, ".")))

    return Format(Decimal, expected, write, read, low, high, is_plain=True)


def amount(max: float | str = "999999.99", comma: bool = False) -> Format:
    """Euros, two decimals (after a point, or a ``comma``), never negative."""
    format = decimal(2, 0, max, comma=comma)
    expected = f"montant en euros de 0 à {max}, 2 décimales" + ", séparées par une virgule" * comma
    return Format(Decimal, expected, format.write, format.read, is_plain=True)


def scaled(places: int, min: float | str = 0, max: float | str = "999999.99") -> Format:
    """A decimal written as a whole number of its smallest unit: ``scaled(2)`` writes cents."""
    plain = decimal(places, min, max)
    low, high = plain.low, plain.high
    whole = decimal(0, "-Infinity", "Infinity")
    expected = f"{plain.expected}, transmis sans virgule (multiplié par {10**places})"

    def write(value: Decimal) -> str:
        try:
            scaled = value.scaleb(places)
            number = int(scaled)
            if not low <= value <= high or number != scaled:
                raise ValueError(expected)
        except (ValueError, ArithmeticError, AttributeError, TypeError) as error:
            raise ValueError(expected) from error
        return str(number)

    def read(value: str) -> Decimal:
        try:
            number = whole.read(value).scaleb(-places)
            plain.write(number)
        except ValueError as error:
            raise ValueError(expected) from error
        return number

    return Format(Decimal, expected, write, read, is_plain=True)


def integer(min: int, max: int) -> Format:
    """A whole number from ``min`` to ``max``."""
    expected = f"nombre entier de {min} à {max}"
    shape = re.compile("[+-]?[0-9]{1,12}")

    def write(value: int) -> str:
        if type(value) is not int or not min <= value <= max:
            raise ValueError(expected)
        return str(value)

    def read(value: str) -> int:
        value = value.strip()
        if not shape.fullmatch(value) or not min <= int(value) <= max:
            raise ValueError(expected)
        return int(value)

    return Format(int, expected, write, read, min, max, is_plain=True)


# Codes and documents.


def code(kind: type[Enum], codes: Codes) -> Format:
    """A code of ``kind``, by the dialect's own codes."""
    wire = {value: written[0] for value, written in codes.items() if written}
    values = {text: kind(value) for value, written in codes.items() for text in written}
    expected = f"l'un des codes {', '.join(values)}"

    def write(value: Any) -> str:
        try:
            return wire[value]
        except (KeyError, TypeError) as error:
            raise ValueError(expected) from error

    def read(text: str) -> Any:
        try:
            return values[text.strip()]
        except KeyError as error:
            raise ValueError(expected) from error

    return Format(kind, expected, write, read, is_plain=not any(map(_MEANT.search, wire.values())))


def boolean(yes: str, no: str) -> Format:
    """Yes or no, by the dialect's two codes; ``true,1`` reads two and writes the first."""
    codes = {True: yes.split(","), False: no.split(",")}
    values = {text.strip(): value for value, texts in codes.items() for text in texts}
    if "" in values or len(values) < len(codes[True]) + len(codes[False]):
        raise ValueError("il faut deux codes différents")
    wire = {value: texts[0].strip() for value, texts in codes.items()}
    expected = f"{wire[True]} ou {wire[False]}"

    def write(value: bool) -> str:
        if type(value) is not bool:
            raise ValueError(expected)
        return wire[value]

    def read(text: str) -> bool:
        try:
            return values[text.strip()]
        except KeyError as error:
            raise ValueError(expected) from error

    return Format(bool, expected, write, read, is_plain=not any(map(_MEANT.search, wire.values())))


def pdf(max: int) -> Format:
    """A PDF document of at most ``max`` bytes, in base64.

    What does not begin like a PDF is refused: a letter is kept, shown and
    printed, and nothing else may come in under that name.
    """
    expected = f"document PDF de {max // 1024} Kio au plus, en base64"

    def check(value: bytes) -> bytes:
        if type(value) is not bytes or len(value) > max or not value.startswith(b"%PDF-"):
            raise ValueError(expected)
        return value

    def read(text: str) -> bytes:
        try:
            return check(base64.b64decode("".join(text.split()), validate=True))
        except ValueError as error:  # of base64, too
            raise ValueError(expected) from error

    return Format(bytes, expected, lambda value: base64.b64encode(check(value)).decode(), read)


FORMATS: dict[str, Callable[..., Format]] = {
    "amount": amount,
    "bool": boolean,
    "date": date,
    "datetime": datetime,
    "decimal": decimal,
    "digits": digits,
    "int": integer,
    "match": match,
    "nir": nir,
    "pdf": pdf,
    "scaled": scaled,
    "text": text,
}
