from __future__ import annotations

from odoo import models
from odoo.exceptions import UserError

from ..mixin.read_ahead import read_children


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
        self.order_id._optoamc_read_ahead()
        with self._transferring_nothing(self.order_id.order_line):
            self._refresh_lines()
            self._freeze(self._check_sendable())
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
        """Ask the insurer for the state of the request, or of its agreement, at the dispatcher's next round."""
        self._require("consult")
        for request in self:
            request._adopt_address()
        self._call_now()

    def action_transfer(self):
        """*Transférer vers le dossier*: the granted amounts become the order lines' Compl.

        :raise UserError: the dossier has changed since, so that it is an answer to another question
        """
        self._require("transfer")
        read_children(self, "line_ids")
        read_children(self.order_id, "order_line")
        if stale := self.filtered("is_stale")[:1]:
            raise UserError(
                self.env._(
                    "The dossier has changed since %s: cancel it and ask again, so that the insurer's "
                    "amounts are those of what is sold.",
                    stale.display_name,
                )
            )
        for request in self:
            superseded = request._superseded()
            if request.kind == "quote" and (agreed := superseded.filtered(lambda other: other.kind == "coverage")[:1]):
                raise UserError(
                    self.env._(
                        "%s is in the dossier: a quote does not take an agreement's place.", agreed.display_name
                    )
                )
            superseded.sudo().transferred = False
            # What the others are asked may change with it, not what it was asked itself.
            with self.env.protecting([self._fields["is_stale"]], request):
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
        self._check_letters()
        return self.env.ref("l10n_fr_optoamc.action_report_request").report_action(self)
