from __future__ import annotations

import uuid

from odoo import models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ...lib.protocol.messages import MessageKind

_lt = LazyTranslate(__name__)  # told in the language of who follows the request


class OptoamcRequest(models.Model):
    """What people do with a request: send, retry, consult, cancel, transfer, convert, print."""

    _inherit = "optoamc.request"

    def action_send(self):
        """Freeze the request and put it in the queue; the dispatcher sends it.

        Nothing is sent in this transaction: a retry of it can send nothing twice. Where the insurer does
        not practise OptoAMC, a person does: by mail, or on the insurer's portal.

        :returns: what is to be printed for that, if anything
        :raises RedirectWarning: no consent yet
        :raises UserError: the platform is disabled, or something is missing (all of it listed)
        """
        self._require("send")
        for request in self:
            request._refresh_lines()
            request._check_sendable()
            request._freeze()
        self._trigger_dispatch()
        return self._print_by_mail()

    def action_retry(self):
        """Send now what waits after a technical reject or an outage: same identifier, same bytes."""
        self._require("retry")
        self._check_consent()
        for request in self:
            request._adopt_address()
        self.filtered(lambda request: request.state == "error")._set_state("queued")
        self._start_waiting()
        self._call_now()

    def action_consult(self):
        """Ask the insurer for the state of the request at the dispatcher's next round."""
        self._require("consult")
        for request in self:
            request._adopt_address()
        self._call_now()

    def action_cancel(self):
        """Withdraw what was not sent yet, ask the insurer to cancel what it granted.

        What was agreed or asked by phone or mail is cancelled here at once, and a person tells the insurer.
        """
        self._require("cancel")
        granted = self.filtered(lambda request: request.state == "granted")
        # A quote binds nobody, and an agreement by phone or mail is cancelled by phone or mail.
        # So is one on a platform without cancellations.
        to_ask = granted.filtered(
            lambda request: (
                request.kind == "coverage"
                and not request.answer_channel
                and request.platform_id._supports(MessageKind.CANCELLATION)
            )
        )
        asked = granted | self.filtered(lambda request: request.state == "pending")
        to_tell = (asked - to_ask).filtered(lambda request: request.kind == "coverage")
        for request in to_ask:
            kind = MessageKind.CANCELLATION
            request._freeze_message(kind, request._enquiry_message(kind, str(uuid.uuid4())))
        to_ask._set_state("cancelling")
        (self - to_ask)._set_state("cancelled", next_poll_at=False)
        to_ask._call_now()
        for request in to_tell:
            request._ask_person(_lt("The request is cancelled here: tell the insurer, by phone or mail."))

    def action_transfer(self):
        """*Transférer vers le dossier*: the granted amounts become the order lines' Compl."""
        self._require("transfer")
        for request in self:
            superseded = request._superseded()
            if request.kind == "quote" and (agreed := superseded.filtered(lambda other: other.kind == "coverage")[:1]):
                raise UserError(
                    self.env._(
                        "%s is in the dossier: a quote does not take an agreement's place.", agreed.display_name
                    )
                )
            superseded.sudo().transferred = False
            request.sudo().transferred = True
        self.order_id.invoice_ids._optoamc_sync_shares()

    def _superseded(self):
        """Earlier answers of the same insurer for the same equipment."""
        return self.order_id.optoamc_request_ids.filtered(
            lambda other: (
                other != self
                and other.transferred
                and other.equipment_number == self.equipment_number
                and other.contract_id == self.contract_id
            )
        )

    def action_convert_to_coverage(self):
        """A quote becomes a request for coverage in one click; the quote stays as it is."""
        self.ensure_one()
        self._require("convert")
        if self.kind != "quote":
            raise UserError(self.env._("%s is not a quote.", self.display_name))
        coverage = self.copy({"kind": "coverage"})
        return coverage.action_send() or coverage._get_records_action()

    def _print_by_mail(self):
        """What a person has to send: the requests that no platform sends, or None."""
        by_mail = self.filtered(lambda request: request._is_by_mail())
        return by_mail.action_print() if by_mail else None

    def action_print(self):
        """The request or its answer as a PDF; what is to be mailed leaves with it.

        :raises RedirectWarning: no consent to that
        """
        self.filtered(lambda request: request.state == "pending" and request._is_by_mail())._check_consent()
        return self.env.ref("l10n_fr_optoamc.action_report_request").report_action(self)
