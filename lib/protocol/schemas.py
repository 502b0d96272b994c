"""XSD validation from files given in memory."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from typing import Any

from lxml import etree

from .errors import OptoamcError
from .refusals import refusal
from .safe_xml import read_xml
from .schema_bounds import check_schema

_MAX_ERRORS = 20
_LOCATION = re.compile(rb"schemaLocation\s*=\s*[\"']([^\"']{1,200})")


class Schema:
    """A compiled XSD.

    What it imports or includes is found by file name in ``files``, and nowhere
    else.

    :raises OptoamcError: ``dialect``, when ``name`` is not given or not an XSD
    """

    def __init__(self, name: str, files: Mapping[str, bytes]) -> None:
        if name not in files:
            raise OptoamcError("dialect", f"le fichier de schéma « {name} » n'est pas fourni")
        parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
        parser.resolvers.add(_GivenFiles(files))
        self._lock = threading.Lock()
        try:
            # A schema is no more to be trusted than an answer, nor is what it includes.
            check_schema(read_xml(file) for file in _closure(name, files).values())
            self._schema = etree.XMLSchema(etree.fromstring(files[name], parser, base_url=name))
        except (etree.XMLSchemaParseError, OptoamcError) as error:
            raise OptoamcError("dialect", f"{name} : {error}") from error

    def validate(self, element: Any) -> None:
        """Refuse what the schema does not allow.

        :raises OptoamcError: ``schema``, with the rules broken and the elements' names but none of
            the content: it may be health data
        """
        with self._lock:  # the error log belongs to the schema, not to the call
            try:
                if self._schema.validate(element):
                    return
            except etree.XMLSchemaValidateError:
                # A pattern that would be tried in more ways than libxml2 goes.
                raise OptoamcError(
                    "schema", "le XSD ne permet pas de trancher : un de ses motifs est trop large"
                ) from None
            errors = list(self._schema.error_log)[:_MAX_ERRORS]
        raise OptoamcError("schema", "\n".join(refusal(entry, element) for entry in errors))


def _closure(name: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """A schema's file, and all those that it includes or imports, as far as they are given."""
    found: dict[str, bytes] = {}
    left = [name]
    while left:
        file = left.pop()
        if file in files and file not in found:
            found[file] = files[file]
            left += [place.decode("ascii", "replace").rpartition("/")[2] for place in _LOCATION.findall(files[file])]
    return found


class _GivenFiles(etree.Resolver):
    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__()
        self._files = files

    def resolve(self, url: str, public_id: str, context: Any) -> Any:
        name = url.rpartition("/")[2]
        if name not in self._files:
            raise OptoamcError("dialect", f"le fichier de schéma « {name} » n'est pas fourni")
        return self.resolve_string(self._files[name], context, base_url=name)
