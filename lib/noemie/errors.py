"""The one exception of this package."""

from __future__ import annotations


class NoemieError(Exception):
    """A file is not a NOEMIE return, or not one to trust. Its text is a French sentence for people.

    What the file holds is never quoted: a shifted file shows names and social security
    numbers where amounts are expected.

    :param code: ``size``, ``encoding``, ``format``, ``padding``, ``truncated``, ``order``, ``value``, ``total``
    :param message: what is wrong, in French
    :param block: number of the block of 128 bytes, from 1
    :param entity: type of the entity, ``"199"``
    :param position: position in the entity, or in a header or trailer block, from 1
    """

    def __init__(
        self, code: str, message: str, *, block: int | None = None, entity: str = "", position: int | None = None
    ) -> None:
        self.code = code
        self.message = message
        self.block = block
        self.entity = entity
        self.position = position
        where = ", ".join(
            part
            for part in (
                f"bloc {block}" if block else "",
                f"entité {entity}" if entity else "",
                f"position {position}" if position else "",
            )
            if part
        )
        super().__init__(f"{where[0].upper()}{where[1:]} : {message}" if where else message)

    def within(self, number: int, count: int) -> NoemieError:
        """The same of one of several returns in a file."""
        words = f"{self.message} (retour {number} des {count} du fichier)"
        return NoemieError(self.code, words, block=self.block, entity=self.entity, position=self.position)
