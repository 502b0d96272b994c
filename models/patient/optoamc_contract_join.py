from odoo import models


class OptoamcContract(models.Model):
    """The contracts of a person who stood twice among the patients."""

    _inherit = "optoamc.contract"

    def _join(self, patient):
        """Make these contracts, of a patient's duplicates, fit beside the patient's own.

        One contract in force is left for each insurer: what a duplicate's says besides is taken over, and one of
        another number is archived. An insurer whose rank is taken comes after the others.
        """
        contracts = self.sudo()
        kept = contracts.search([("partner_id", "=", patient.id)])
        for contract in contracts.filtered("active").sorted(lambda contract: (contract.rank, contract.id)):
            beside = kept.filtered(
                lambda other, contract=contract: other.company_id == contract.company_id and contract._overlaps(other)
            )
            twin = beside.filtered(lambda other, contract=contract: other.insurer_id == contract.insurer_id)[:1]
            if twin and contract._says_nothing_else(twin):
                contract._give_to(twin)
                continue
            if twin:
                contract.active = False
            elif contract.rank in beside.mapped("rank"):
                contract.rank = max(beside.mapped("rank")) + 1
            kept |= contract.filtered("active")
        contracts.env.flush_all()

    def _says_nothing_else(self, other):
        """Whether no number contradicts another contract's."""
        numbers = ("member_number", "contract_number", "group_number")
        return all(
            not (self[name] and other[name]) or self[name].casefold() == other[name].casefold() for name in numbers
        )

    def _give_to(self, twin):
        """Leave to another contract what this one has besides, and what leads to it."""
        names = ("member_number", "contract_number", "group_number", "contract_type", "date_from", "date_to")
        names += ("has_annual_max", "annual_max", "annual_used", "c2s_type", "portability_until")
        values = {name: self[name] for name in names if self[name] and not twin[name]}
        if twin.responsible == "unknown":
            values["responsible"] = self.responsible
        twin.write(values)
        self.env.flush_all()
        merge = self.env["base.partner.merge.automatic.wizard"]
        merge._update_foreign_keys_generic(self._name, self, twin)
        self.env.invalidate_all()
        self.unlink()
