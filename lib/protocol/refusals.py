"""Why a schema refuses a document, in French: what libxml2 names by a code, without a word of the content.

What is wanted comes from the schema. Of what stands there only the shape is told (``##.##``): it may be health data.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

#: How much of a value's shape, and of what a schema allows, is told.
_SHAPE, _WANTED = 20, 120
_ELEMENT = re.compile(r"Element '(?:\{[^}]*\})?([\w.:-]{1,60})'(?:, attribute '(?:\{[^}]*\})?([\w.:-]{1,60})')?")

#: By code: why, and what stands in the message before what is wanted. Only the last such place is the schema's word.
_WHY: dict[str, tuple[str, str]] = {
    "CVC_DATATYPE_VALID_1_2_1": ("sa valeur n'est pas de son type", "type '"),
    "CVC_ENUMERATION_VALID": ("sa valeur n'est pas l'un des codes du XSD", "of the set {"),
    "CVC_PATTERN_VALID": ("sa valeur n'a pas la forme du XSD", "by the pattern '"),
    "CVC_LENGTH_VALID": ("sa valeur n'a pas la longueur voulue", "length of '"),
    "CVC_MAXLENGTH_VALID": ("sa valeur est trop longue", "length of '"),
    "CVC_MINLENGTH_VALID": ("sa valeur est trop courte", "length of '"),
    "CVC_MAXINCLUSIVE_VALID": ("sa valeur est trop grande", "('"),
    "CVC_MININCLUSIVE_VALID": ("sa valeur est trop petite", "('"),
    "CVC_MAXEXCLUSIVE_VALID": ("sa valeur est trop grande", "('"),
    "CVC_MINEXCLUSIVE_VALID": ("sa valeur est trop petite", "('"),
    "CVC_FRACTIONDIGITS_VALID": ("elle a trop de décimales", "('"),
    "CVC_TOTALDIGITS_VALID": ("elle a trop de chiffres", "('"),
}
#: What ends it, by what it begins with.
_ENDS = {"'": "'", "{": "}", "('": "')"}
_OTHERS = {
    "CVC_COMPLEX_TYPE_3_2_1": "le XSD ne connaît pas cet attribut",
    "CVC_ELT_1": "le XSD ne connaît pas cet élément",
    "CVC_COMPLEX_TYPE_2_1": "il doit être vide",
    "CVC_COMPLEX_TYPE_2_2": "il ne peut pas contenir d'élément",
    "CVC_COMPLEX_TYPE_2_3": "il ne peut pas contenir de texte",
    "CVC_IDC": "une valeur qui doit être unique s'y répète, ou renvoie à une autre qui n'est pas là",
}


def refusal(entry: Any, root: Any) -> str:
    """One line about an entry of a schema's error log.

    :param root: the element that was validated
    """
    message, code = entry.message, entry.type_name.removeprefix("SCHEMAV_")
    named = _ELEMENT.match(message)
    element = _element(root, entry.path)
    attribute = named[2] if named else None
    place = _place(element, root) if element is not None else named[1] if named else "document"
    where = "/@".join(filter(None, (place, attribute)))
    return f"{where} (ligne {entry.line}) : {_why(message, code, element, attribute)}"


def shape(text: str) -> str:
    """What a text looks like, none of what it says.

    >>> shape("12.50"), shape("Zoé L."), shape("")
    ('« ##.## »', '« Xxx X. »', 'vide')
    """
    shown = re.sub(r"\d", "#", text[:_SHAPE])
    shown = "".join(("X" if char.isupper() else "x") if char.isalpha() else char for char in shown)
    return f"« {' '.join(shown.split())}{'…' * (len(text) > _SHAPE)} »" if text.strip() else "vide"


def _why(message: str, code: str, element: Any, attribute: str | None) -> str:
    if code == "ELEMENT_CONTENT":
        wanted = " ou ".join(re.findall(r"(?:\{[^}]*\})?([\w.:*-]+)(?=[,\s])", message.partition("Expected is")[2]))
        wanted = wanted.removeprefix("one ou of ou ")
        if message.find("Missing child element") >= 0:
            return f"il lui manque {wanted or 'un élément'}"
        return f"il n'est pas attendu ici{' ; attendu : ' * bool(wanted)}{wanted}"
    if code == "CVC_COMPLEX_TYPE_4":
        missing = re.search(r"The attribute '(?:\{[^}]*\})?([\w.:-]+)' is required", message)
        return f"il lui manque l'attribut {missing[1]}" if missing else "un attribut exigé lui manque"
    if code not in _WHY:
        return _OTHERS.get(code, f"le XSD le refuse ({code})")
    why, before = _WHY[code]
    _content, _before, rest = message.rpartition(before)
    wanted = rest.removesuffix(".").removesuffix(_ENDS[before[-2:].strip()])[:_WANTED] if _before else ""
    told = [f"attendu : {wanted}"] if wanted else []
    if element is not None:
        value = element.get(attribute) if attribute else element.text
        told.append(f"reçu : {shape(value or '')}, {len(value or '')} caractère(s)")
    return f"{why} ({' ; '.join(told)})" if told else why


def _element(root: Any, path: str | None) -> Any:
    """The element of an entry, which names it by its position."""
    spaces = {prefix: space for prefix, space in root.nsmap.items() if prefix}
    try:
        found = etree.ElementTree(root).xpath(path, namespaces=spaces) if path else []
    except etree.XPathError:
        return None
    return found[0] if len(found) == 1 and isinstance(found[0].tag, str) else None


def _place(element: Any, root: Any) -> str:
    """The names from below the root, those that repeat with their number: ``Ligne[2]/Montant``."""
    names: list[str] = []
    while element is not None and element is not root:
        before = sum(1 for _one in element.itersiblings(element.tag, preceding=True))
        repeats = before or next(element.itersiblings(element.tag), None) is not None
        names.append(etree.QName(element).localname[:60] + (f"[{before + 1}]" if repeats else ""))
        element = element.getparent()
    return "/".join(reversed(names)) or str(etree.QName(root).localname)[:60]
