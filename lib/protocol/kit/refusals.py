"""Why a schema refuses a document, in French: what libxml2 names by a code."""

from __future__ import annotations

import re

_WHY = {
    "ELEMENT_CONTENT": "il n'est pas attendu ici, ou un élément exigé manque avant lui ou en lui",
    "CVC_COMPLEX_TYPE_4": "un attribut exigé lui manque",
    "CVC_COMPLEX_TYPE_3_2_1": "il a un attribut que le XSD ne connaît pas",
    "CVC_DATATYPE_VALID_1_2_1": "sa valeur n'est pas de son type",
    "CVC_ENUMERATION_VALID": "sa valeur n'est pas l'un des codes du XSD",
    "CVC_PATTERN_VALID": "sa valeur n'a pas la forme du XSD",
    "CVC_LENGTH_VALID": "sa valeur n'a pas la longueur voulue",
    "CVC_MAXLENGTH_VALID": "sa valeur est trop longue",
    "CVC_MINLENGTH_VALID": "sa valeur est trop courte",
    "CVC_MAXINCLUSIVE_VALID": "sa valeur est trop grande",
    "CVC_MININCLUSIVE_VALID": "sa valeur est trop petite",
    "CVC_FRACTIONDIGITS_VALID": "elle a trop de décimales",
    "CVC_TOTALDIGITS_VALID": "elle a trop de chiffres",
    "CVC_ELT_1": "le XSD ne connaît pas cet élément",
}


def in_french(detail: str) -> str:
    """The lines of a refusal, with the reasons said.

    >>> in_french("noAMC: SCHEMAV_ELEMENT_CONTENT")
    "noAMC : il n'est pas attendu ici, ou un élément exigé manque avant lui ou en lui"
    >>> in_french("axe: SCHEMAV_CVC_AU")
    'axe: SCHEMAV_CVC_AU'
    """
    return re.sub(
        r"(?m)^(.*): SCHEMAV_(\w+)$",
        lambda found: f"{found[1]} : {_WHY[found[2]]}" if found[2] in _WHY else found[0],
        detail,
    )
