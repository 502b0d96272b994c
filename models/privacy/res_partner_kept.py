from __future__ import annotations

from dateutil.relativedelta import relativedelta
from odoo import models
from odoo.fields import Domain

from ..patient.res_partner_health import HEALTH_FIELDS
from .concerned import Concerned
from .optoamc_kept_data import KINDS
from .optoamc_retention import ACCESSES

#: Of a person's cover, what says something: the others are read of anybody (birth rank 1, ordinary risk).
TELLING_FIELDS = tuple(name for name in HEALTH_FIELDS if name not in ("birth_rank", "insurance_nature"))


class ResPartner(models.Model):
    """What the law wants kept of a person who is erased, and until when."""

    _inherit = "res.partner"

    def _optoamc_kept_records(self, concerned=None):
        """What an erasure today leaves, for as long as it has to be kept.

        :param concerned: the records about the person, where they are known already
        :returns: ``{kind: (records, until)}`` in the order of ``KINDS``, without what nothing keeps
        """
        self.ensure_one()
        concerned = concerned or Concerned.by(self.sudo().with_context(active_test=False))
        today, kept = self.env.company._optoamc_today(), {}
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

    def _optoamc_own_records_of(self, name):
        """The records about these persons that are the company's one works in.

        :param name: their field of the person
        :rtype: Domain
        """
        return Domain(name, "in", self.ids) & Domain("company_id", "=", self.env.company.id)

    def _optoamc_known_elsewhere(self, concerned):
        """The other companies that hold data of a person, or have documents about, and did not erase them.

        :param concerned: the records about the person in the company one works in
        :rtype: res.company
        """
        named = (
            ("sale.order", "partner_id"),
            ("account.move", "partner_id"),
            ("account.payment", "partner_id"),
        )
        return self._optoamc_known_by(concerned.contacts, named) - self.env.company

    def _optoamc_known_by(self, contacts, named=()):
        """The companies that hold data of a person, or have documents about, younger than an erasure of theirs.

        :param contacts: the person's
        :param named: the documents that tell something by their bearing a name, as (model, field)
        :rtype: res.company
        """
        companies = self.env["res.company"]
        holders = companies.browse(self._optoamc_holders().get(self.id, ()))
        known = holders.filtered(lambda company: any(self.with_company(company)[name] for name in TELLING_FIELDS))
        live = Domain("active", "=", True) | Domain("member_number", "!=", False)
        known |= self.env["optoamc.contract"].search(Domain("partner_id", "=", self.id) & live).company_id
        erased = self._optoamc_erased_at()
        for model, name in (("optoamc.prescription", "patient_id"), ("sale.order", "patient_id"), *named):
            for company, latest in self._optoamc_latest(model, name, contacts.ids):
                if company not in erased or erased[company] < latest:
                    known |= company
        return known

    def _optoamc_latest(self, model, name, ids):
        """By company, when the last document about these contacts was made."""
        records = self.env[model].with_context(active_test=False)
        named = Domain(name, "in", ids) & Domain("company_id", "!=", False)
        return records._read_group(named, ["company_id"], ["create_date:max"])

    def _optoamc_erased_at(self):
        """By company, when it has erased the person last."""
        erasures = Domain("patient_id", "=", self.id) & Domain("event", "in", ("erasure", "retention"))
        logs = self.env["optoamc.privacy.log"].sudo()
        return dict(logs._read_group(erasures, ["company_id"], ["create_date:max"]))

    def _optoamc_kept_by(self):
        """The companies that have erased the person and keep what the law wants."""
        return self.env["optoamc.kept.data"].sudo().search([("patient_id", "=", self.id)]).company_id

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
        used = concerned.dossiers.filtered(lambda order: order.state == "sale")._optoamc_prescriptions()
        return {one: one.valid_until for one in used & concerned.prescriptions if one.valid_until}

    def _optoamc_ends_of_consent(self, concerned):
        kept = relativedelta(months=self.env["optoamc.retention"]._months("consent"))
        ends = {}
        for consent in self.env["optoamc.consent"].search(self._optoamc_own_records_of("patient_id")):
            ended = filter(None, (consent.withdrawn_on, consent.valid_until))
            ends[consent] = min(ended, default=self.env.company._optoamc_today()) + kept
        return ends

    def _optoamc_ends_of_log(self, concerned):
        kept = relativedelta(months=self.env["optoamc.retention"]._months("log"))
        rows = self.env["optoamc.privacy.log"].search(
            self._optoamc_own_records_of("patient_id") & Domain("event", "in", ACCESSES)
        )
        return {row: row.create_date.date() + kept for row in rows}
