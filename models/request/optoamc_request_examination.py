from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from odoo import models

from ...lib.protocol.codec import Prepared
from .optoamc_request_checks import ASK, STOP


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found when a request was looked at before it leaves: lists of dicts as those of :meth:`check`."""

    obstacles: list[dict[str, Any]]
    """What is wrong, whatever is in the message, and by mail too."""
    doubts: list[dict[str, Any]]
    """What a person confirms."""
    lacking: list[dict[str, Any]] = field(default_factory=list)
    """What the message lacks."""
    prepared: Prepared | None = None
    """The message as it would leave; none by mail."""

    @property
    def missing(self) -> list[dict[str, Any]]:
        """What keeps the request from being sent: what is wrong, then what is missing."""
        return [*self.obstacles, *self.lacking]


class OptoamcRequest(models.Model):
    """A request is looked at once before it leaves: its checks are run once, its message is built once."""

    _inherit = "optoamc.request"

    def _examine(self, header=None, *, is_message_wanted=True):
        """Look at the request with the lines that it has.

        :param header: of the message that is about to leave; one to look at by default
        :param is_message_wanted: whether the message is looked at, too
        :return: an :class:`Examination`
        """
        findings = self._findings()
        obstacles = [*self._sending_obstacles(), *(item for item in findings if item["severity"] == STOP)]
        doubts = [item for item in findings if item["severity"] == ASK]
        return Examination(obstacles, doubts, *(self._examine_message(header) if is_message_wanted else ()))

    def _missing(self):
        """See :meth:`check`; read from the lines as they are. By mail the insurer reads what there is."""
        return self._examine().missing
