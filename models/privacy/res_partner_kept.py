from __future__ import annotations

from dateutil.relativedelta import relativedelta
from odoo import fields, models

from .concerned import Concerned
from .optoamc_kept_data import KINDS
from .optoamc_retention import ACCESSES


class ResPartner(models.Model):
    """What the law wants kept of a person who is erased, and until when."""

    _inherit = "res.partner"

    def _optoamc_kept_records(self, concerned=None):
        """What an erasure today leaves, for as long as it has to be kept.

        :param concerned: the records about the person, where they are known already
        :returns: ``{kind: (records, until)}`` in the order of :data:`KINDS`, without what nothing keeps
        """
        self.ensure_one()
        concerned = concerned or Concerned.by(self.sudo().with_context(active_test=False))
        today, kept = fields.Date.today(), {}
        for kind, _label in KINDS:
            ends = getattr(concerned.person, f"_optoamc_ends_of_{kind}")(concerned)
            if ends := {record: end for record, end in ends.items() if end >= today}:
                records = next(iter(ends)).browse(record.id for record in ends)
                kept[kind] = records, max(ends.values())
        return kept

    def _optoamc_is_known_otherwise(self):
        """Whether the contact is more than a customer: a colleague, a prescriber, an insurer."""
        person = self.sudo()
        roles = person.is_company, person.is_prescriber, person.is_amc, person.is_amo
        return any(roles) or any(user._is_internal() for user in person.user_ids)

    # One method a kind: {record: last day on which it has to be kept}.

    def _optoamc_ends_of_accounting(self, concerned):
        kept = relativedelta(months=self.env["optoamc.retention"]._months("accounting"))
        posted = concerned.moves.filtered(lambda move: move.state == "posted")
        return {move: move.company_id.compute_fiscalyear_dates(move.date)["date_to"] + kept for move in posted}

    def _optoamc_ends_of_contract(self, concerned):
        kept = relativedelta(months=self.env["optoamc.retention"]._months("contract"))
        agreed = concerned.orders.filtered(lambda order: order.state == "sale")
        return {order: order.date_order.date() + kept for order in agreed}

    def _optoamc_ends_of_prescription(self, concerned):
        # What was delivered was delivered on a prescription; nothing was on the others.
        used = concerned.dossiers.filtered(lambda order: order.state == "sale").prescription_id
        return {one: one.valid_until for one in used & concerned.prescriptions if one.valid_until}

    def _optoamc_ends_of_consent(self, concerned):
        kept = relativedelta(months=self.env["optoamc.retention"]._months("consent"))
        ends = {}
        for consent in self.env["optoamc.consent"].search([("patient_id", "=", self.id)]):
            ended = filter(None, (consent.withdrawn_on, consent.valid_until))
            ends[consent] = min(ended, default=fields.Date.today()) + kept
        return ends

    def _optoamc_ends_of_log(self, concerned):
        kept = relativedelta(months=self.env["optoamc.retention"]._months("log"))
        rows = self.env["optoamc.privacy.log"].search([("patient_id", "=", self.id), ("event", "in", ACCESSES)])
        return {row: row.create_date.date() + kept for row in rows}
