"""What stands around a message, as a platform's papers say: a text with places in it.

::

    <e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">
      <e:Header><Acces xmlns="urn:p"><Code>{login}</Code><Cle>{key}</Cle></Acces></e:Header>
      <e:Body><p:{operation} xmlns:p="urn:p"><version>2</version><flux>{message:gzip}</flux></p:{operation}></e:Body>
    </e:Envelope>

or, for a form, ``login={login}&flux={message:base64}``. The places are those of
:data:`PLACES` and of :data:`MESSAGES`; ``{{`` and ``}}`` are braces. What goes into a
place is quoted as the text around it wants: XML or a web form.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from urllib.parse import quote
from xml.sax.saxutils import escape

from ..errors import OptoamcError
from ..safe_xml import read_xml

#: Places by name, with what goes into them (French): what a call knows besides its message.
PLACES = {
    "login": "l'identifiant du magasin",
    "password": "son mot de passe",
    "key": "sa clé d'accès",
    "token": "le jeton obtenu à la connexion",
    "receipt": "le numéro sous lequel une réponse relevée est accusée",
    "operation": "le nom de l'opération, sur la fiche de la plateforme",
    "created": "l'instant de l'appel (UTC)",
    "nonce": "un aléa de l'appel, en base64",
    "digest": "le condensé WS-Security du mot de passe",
}


def _as_element(message: bytes, encoding: str) -> str:
    return undeclared(message.decode(encoding))


def _as_text(message: bytes, encoding: str) -> str:
    return message.decode(encoding)


def _as_cdata(message: bytes, encoding: str) -> str:
    # A section ends at the first "]]>": one in the message is cut in two.
    return f"<![CDATA[{message.decode(encoding).replace(']]>', ']]]]><![CDATA[>')}]]>"


def _as_base64(message: bytes, _encoding: str) -> str:
    return base64.b64encode(message).decode()


def _as_gzip(message: bytes, _encoding: str) -> str:
    return base64.b64encode(gzip.compress(message, mtime=0)).decode()


#: The message's places: each way to write it, and whether that is text, to be quoted, or markup.
MESSAGES: Mapping[str, tuple[Callable[[bytes, str], str], bool]] = {
    "message": (_as_element, False),
    "message:cdata": (_as_cdata, False),
    "message:text": (_as_text, True),
    "message:base64": (_as_base64, True),
    "message:gzip": (_as_gzip, True),
}

_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*\?>\s*")
_NAME = re.compile(r"[^\W\d][\w.-]*")
_FORM = re.compile(r"[^\s=&{}]+=[^\s&]*(&[^\s=&{}]+=[^\s&]*)*")
_ENCODING = re.compile(rb"""\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")


class Template:
    """A text with places, compiled once. :func:`body`, :func:`login`, :func:`header` and :func:`path` make one.

    :param text: the text
    :param quoted: writes a value, for an encoding, as the text around its place wants it
    :raises OptoamcError: ``configuration``, in French: an unknown place, a brace without its fellow
    """

    def __init__(self, text: str, quoted: Callable[[str, str], str]) -> None:
        self._quoted = quoted
        self._parts: list[tuple[str, str]] = []  # text before a place, the place's name
        self._tail = ""
        self._compile(text)

    @property
    def places(self) -> frozenset[str]:
        """The names of its places."""
        return frozenset(name for _before, name in self._parts)

    @property
    def messages(self) -> list[str]:
        """The message's places."""
        return [name for _before, name in self._parts if name in MESSAGES]

    def render(self, values: Mapping[str, str], message: bytes = b"") -> str:
        """The text with all places filled in.

        :param values: by name of place; those of the moment (``created``, ``nonce``, ``digest``) are added
        :raises OptoamcError: ``configuration``, a place whose value is not set on the platform's form
        """
        if not self.places.isdisjoint(("created", "nonce", "digest")):
            values = {**values, **_moment(values.get("password", ""))}
        written: list[str] = []
        for before, name in self._parts:
            written += [before, self._value(name, values, message)]
        return "".join([*written, self._tail])

    def _compile(self, text: str) -> None:
        before, position = "", 0
        for found in _PART.finditer(text):
            before += text[position : found.start()]
            position = found.end()
            if found[1] is not None:
                if found[1] not in {*PLACES, *MESSAGES}:
                    known = ", ".join(f"{{{name}}}" for name in (*MESSAGES, *PLACES))
                    raise OptoamcError("configuration", f"place inconnue {found[0]} ; il y a {known}")
                self._parts.append((before, found[1]))
                before = ""
            elif len(found[0]) == 2:
                before += found[0][0]
            else:
                near = text[max(found.start() - 10, 0) : found.end() + 10]
                raise OptoamcError("configuration", f"accolade isolée près de « {near} » : doublez-la ou fermez-la")
        self._tail = before + text[position:]

    def _value(self, name: str, values: Mapping[str, str], message: bytes) -> str:
        encoding = encoding_of(message)
        if name in MESSAGES:
            write, is_text = MESSAGES[name]
            written = write(message, encoding)
            return self._quoted(written, encoding) if is_text else written
        if not values.get(name):
            raise OptoamcError("configuration", f"{{{name}}} est sans valeur : {PLACES[name]}")
        if name == "operation" and self._quoted is _quoted_in_xml and not _NAME.fullmatch(values[name]):
            raise OptoamcError("configuration", f"« {values[name]} » n'est pas un nom d'opération : {{operation}}")
        return self._quoted(values[name], encoding)


def body(text: str) -> Template:
    """What stands around a message: XML when it begins with ``<``, else the fields of a web form.

    :raises OptoamcError: ``configuration``, in French: as :class:`Template`; the message has not its place, once;
        or XML that is not well-formed
    """
    template = Template(text, _quoted_in_xml if is_xml(text) else _quoted_in_url)
    if len(template.messages) != 1:
        raise OptoamcError("configuration", "le modèle d'enveloppe doit avoir une place {message}, et une seule")
    if not is_xml(text):
        if not _FORM.fullmatch(re.sub(r"\{[a-z:0-9]+\}", "x", text.strip())):
            wanted = "du XML, ou un formulaire : nom={login}&flux={message:base64}"
            raise OptoamcError("configuration", f"le modèle d'enveloppe est {wanted}")
        if not MESSAGES[template.messages[0]][1]:
            wanted = "{message:text}, {message:base64} ou {message:gzip}"
            raise OptoamcError("configuration", f"un formulaire porte le message en {wanted}")
    else:
        try:
            read_xml(document(template.render(dict.fromkeys(PLACES, "x"), b"<x/>"), "utf-8"))
        except OptoamcError as error:
            raise OptoamcError("configuration", f"le modèle d'enveloppe n'est pas du XML : {error.detail}") from error
    return template


def login(text: str) -> Template:
    """The body of a login call: XML or a web form, without a message.

    :raises OptoamcError: ``configuration``, in French: as :class:`Template`, or a message in it
    """
    return _without_message(Template(text, _quoted_in_xml if is_xml(text) else _quoted_in_url), "l'appel de connexion")


def header(text: str) -> Template:
    """The value of an HTTP header.

    :raises OptoamcError: ``configuration``, in French: as :class:`Template`, or a message in it
    """
    return _without_message(Template(text, _quoted_in_header), "un en-tête")


def path(text: str) -> Template:
    """What follows an address: a path and parameters.

    :raises OptoamcError: ``configuration``, in French: as :class:`Template`, or a message in it
    """
    return _without_message(Template(text, _quoted_in_url), "une adresse")


def is_xml(text: str) -> bool:
    """Whether a template of a body is XML, and no form."""
    return text.lstrip().startswith("<")


def _without_message(template: Template, what: str) -> Template:
    if template.messages:
        raise OptoamcError("configuration", f"{what} ne porte pas le message")
    return template


def document(text: str, encoding: str) -> bytes:
    """A filled-in XML text in an encoding, with the declaration that says so."""
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{undeclared(text)}'.encode(encoding, "xmlcharrefreplace")


def _quoted_in_xml(text: str, _encoding: str) -> str:
    return escape(text, {'"': "&quot;"})


def _quoted_in_url(text: str, encoding: str) -> str:
    return quote(text, safe="", encoding=encoding)


def _quoted_in_header(text: str, _encoding: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise OptoamcError("configuration", "une valeur d'en-tête HTTP tient sur une ligne")
    return text


def encoding_of(document: bytes) -> str:
    """The encoding that a document's declaration names; UTF-8 without one."""
    found = _ENCODING.match(document)
    return found[1].decode() if found else "utf-8"


def undeclared(document: str) -> str:
    """A document without its XML declaration, to stand inside another one."""
    return _DECLARATION.sub("", document, count=1) if document.lstrip().startswith("<?xml") else document


def _moment(password: str) -> dict[str, str]:
    """The values of one call's moment: WS-Security UsernameToken profile 1.1, section 3."""
    nonce = secrets.token_bytes(16)
    created = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    digest = hashlib.sha1(nonce + created.encode() + password.encode()).digest()  # noqa: S324 - the standard's own
    return {"created": created, "nonce": base64.b64encode(nonce).decode(), "digest": base64.b64encode(digest).decode()}
