"""Papers as they are uploaded: one XSD or WSDL, or an archive of them."""

from __future__ import annotations

from ...safe_zip import ZipError, open_zip, unpack
from ..errors import OptoamcError
from ..safe_xml import MAX_BYTES

_PAPERS = (".xsd", ".wsdl")
_MOST = 200


def papers_in(name: str, data: bytes) -> dict[str, bytes]:
    """The XSD and WSDL files of an upload, by their names without folders.

    :raises OptoamcError: ``dialect``, in French: there are none, two of one name, too many or too large ones
    """
    if name.lower().endswith(_PAPERS):
        if len(data) > MAX_BYTES:
            raise OptoamcError("dialect", f"{name} : plus de {MAX_BYTES} octets")
        return {name.replace("\\", "/").rpartition("/")[2]: data}
    found: dict[str, bytes] = {}
    left = MAX_BYTES
    try:
        with open_zip(data) as archive:
            for entry in archive.infolist():
                base = entry.filename.replace("\\", "/").rpartition("/")[2]
                if not base.lower().endswith(_PAPERS) or base.startswith("."):
                    continue
                if base in found:
                    raise OptoamcError("dialect", f"{name} : deux fichiers s'appellent {base}")
                found[base] = b"".join(unpack(archive, entry, left))
                left -= len(found[base])
                if len(found) > _MOST:
                    raise OptoamcError("dialect", f"{name} : plus de {_MOST} fichiers")
    except ZipError as error:
        wanted = "un fichier .xsd, un .wsdl, ou un .zip qui en contient"
        raise OptoamcError("dialect", f"{name} ({error.code}) : il faut {wanted}") from error
    if not found:
        raise OptoamcError("dialect", f"{name} : aucun fichier .xsd ni .wsdl dans cette archive")
    return found
