from odoo import api, fields, models
from odoo.fields import Command

from ...lib.identifiers.age import MAJORITY
from .res_partner import HEALTH_GROUPS

#: Of one home. An address is taken whole, or not at all.
ADDRESS = ("street", "street2", "zip", "city", "state_id", "country_id")

#: What a dependant is insured by like the insured person.
COVER = ("amo_id", "insurance_nature")


class ResPartner(models.Model):
    """The family: the insured person, and who is insured through that person."""

    _inherit = "res.partner"

    optoamc_family_count = fields.Integer(compute="_compute_optoamc_family_count", groups=HEALTH_GROUPS)

    quality_note = fields.Char("On the quality", compute="_compute_quality_note", groups=HEALTH_GROUPS)

    @api.depends("beneficiary_quality", "birthdate")
    @api.depends_context("company", "lang")
    def _compute_quality_note(self):
        """An adult may well be insured as a child: it is asked, and nothing is changed."""
        today = self.env.company._optoamc_today()
        for partner in self:
            age = partner._optoamc_age_on(today) if partner.beneficiary_quality == "child" else None
            is_adult = age is not None and age >= MAJORITY
            partner.quality_note = is_adult and self.env._("%s years old: still insured as a child?", age)

    @api.depends("insured_id", "dependant_ids")
    @api.depends_context("company")
    def _compute_optoamc_family_count(self):
        for partner in self:
            partner.optoamc_family_count = len(partner._optoamc_family())

    def _optoamc_family(self):
        """The insured person first, then the dependants."""
        self.ensure_one()
        head = self.insured_id or self
        return (head | head.dependant_ids | self)._origin

    def _optoamc_paying_parent(self, date):
        """Who is billed in the place of a child on a day: the insured person; nobody for an adult.

        :param date: may be empty: a child of unknown age is one
        """
        self.ensure_one()
        age = self._optoamc_age_on(date) if date else None
        is_child = self.beneficiary_quality == "child" and (age is None or age < MAJORITY)
        return self.insured_id if is_child else self.browse()

    @api.onchange("insured_id")
    def _onchange_insured_family(self):
        """Propose the insured person's address, fund and contracts, where nothing is typed yet."""
        insured = self.insured_id
        if not insured:
            return
        if not any(self[name] for name in ("street", "zip", "city")):
            for name in ADDRESS:
                self[name] = insured[name]
        for name in ("phone", *COVER):
            self[name] = self[name] or insured[name]
        if not self.optoamc_contract_ids:
            self.optoamc_contract_ids = [
                Command.create(contract._optoamc_values_for_dependant())
                for contract in insured._optoamc_current_contracts()
            ]

    @api.onchange("insured_id", "birthdate")
    def _onchange_minor_is_a_child(self):
        """Propose that a minor is the insured person's child."""
        age = self._optoamc_age_on(self.env.company._optoamc_today())
        if self.insured_id and not self.beneficiary_quality and age is not None and age < MAJORITY:
            self.beneficiary_quality = "child"

    def action_optoamc_view_family(self):
        """*Famille*: the insured person and the beneficiaries."""
        family = self._optoamc_family()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Family"),
            "res_model": "res.partner",
            "views": [(self.env.ref("l10n_fr_optoamc.res_partner_view_list_family").id, "list"), (False, "form")],
            "domain": [("id", "in", family.ids)],
            "context": {"default_insured_id": family[:1].id, "default_beneficiary_quality": "child"},
        }


class OptoamcContract(models.Model):
    _inherit = "optoamc.contract"

    def _optoamc_values_for_dependant(self):
        """The same contract for somebody whom it covers too; what is paid a year is each person's own."""
        self.ensure_one()
        names = (
            *("insurer_id", "scheme_id", "rank", "member_number", "contract_number", "group_number", "contract_type"),
            *("insured_id", "date_from", "date_to", "responsible", "c2s_type", "portability_until"),
        )
        return {name: self._fields[name].convert_to_write(self[name], self) for name in names}
