from __future__ import annotations

from markupsafe import Markup
from odoo import models
from odoo.exceptions import UserError

from ...lib.protocol.messages import MessageKind
from ..mixin.reader_lang import in_lang_of
from .states import ACTION_STATES, ACTIVE, BOOKS_FOLLOW, BY_MAIL_ACTION_STATES, DECIDED, TRANSITIONS


class OptoamcRequest(models.Model):
    """The one writer of the state, and what each state lets a person do."""

    _inherit = "optoamc.request"

    # -- the one writer of the state ----------------------------------------------------------

    def _set_state(self, state, **values):
        """Go to ``state`` with the values that come with it, and say so once in the chatter.

        :raises UserError: the move is not in :data:`TRANSITIONS`
        """
        for request in self:
            if state not in TRANSITIONS[request.state]:
                raise UserError(
                    self.env._(
                        "%(request)s cannot go from “%(state)s” to “%(target)s”.",
                        request=request.display_name,
                        state=self._state_labels()[request.state],
                        target=self._state_labels()[state],
                    )
                )
        # Granted again, after a cancellation that failed: an invoice may have been posted meanwhile.
        booked = self.filtered("transferred") if state in BOOKS_FOLLOW else self.browse()
        if state == "cancelled":
            values["transferred"] = False
        # What was asked and the dossier are compared again where either changes, not at each step of the request.
        same = self.filtered(lambda request: "is_stale" in values or {state, request.state} <= set(ACTIVE))
        with self.env.protecting([self._fields["is_stale"]], same):
            self.sudo().write({"state": state, "error_code": False, "consulted_at": False, **values})
        booked.sudo().order_id.invoice_ids._optoamc_sync_shares()
        self._log_state()
        # The dispatcher tells of many moves at once: each notification opens a connection.
        if not self.env.context.get("optoamc_notify_later"):
            self._notify_screens()

    def _state_labels(self):
        return dict(self._state_choice())

    def _log_state(self):
        """One chatter line a move, in the responsible's language, without health data."""
        for reader, requests in self.grouped(lambda request: request.user_id or self.env.user).items():
            requests = in_lang_of(requests, reader)
            requests._message_log_batch({request.id: request._state_text() for request in requests})

    def _state_text(self):
        label = Markup("<b>%s</b>") % self._state_labels()[self.state]
        if self.state != "granted" or self.kind != "coverage":
            return label
        return Markup(" · ").join(filter(None, (label, self.pec_number, self.currency_id.format(self.granted_total))))

    def _notify_screens(self):
        """Tell the open screens that the request changed; they read it again by themselves."""
        self.fetch(["state"])
        for request in self:
            request._bus_send("optoamc.request/changed", {"id": request.id, "state": request.state})

    # -- what a person may do -----------------------------------------------------------------

    def _is_by_mail(self):
        """Whether it is asked by mail or on the insurer's portal, or was: not through a platform."""
        if self.state == "draft":
            return not self.insurer_id.optoamc_platform_id
        return bool(self.sent_at and not self.platform_id)

    def _is_decided(self):
        """Whether the insurer has said what it pays; not, of a pending request that is being withdrawn."""
        return self.state in DECIDED and bool(self.answered_at or self.state != "cancelling")

    def _allows(self, action):
        """Whether the state allows it (:data:`ACTION_STATES`); no machine knows what a person was told."""
        is_by_mail = self._is_by_mail() or self.answer_channel
        table = BY_MAIL_ACTION_STATES if is_by_mail else ACTION_STATES
        return self.state in table[action] and (action != "consult" or self._is_consulted())

    def _is_consulted(self):
        """Whether its platform answers questions about a request; a draft has none yet."""
        return not self.platform_id or self.platform_id._supports(MessageKind.CONSULTATION)

    def _require(self, action):
        """Refuse an action outside the states that allow it.

        :raises UserError: naming the request and its present state
        """
        for request in self:
            if not request._allows(action):
                raise UserError(
                    self.env._(
                        "%(request)s is “%(state)s”: this is not possible now.",
                        request=request.display_name,
                        state=self._state_labels()[request.state],
                    )
                )
