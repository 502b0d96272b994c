from odoo import api, fields, models


class OptoamcContract(models.Model):
    """What the insurer says of a contract when it is asked."""

    _inherit = "optoamc.contract"

    rights_check_ids = fields.One2many(
        "optoamc.rights.check",
        "contract_id",
        "Checks of the rights",
        groups="l10n_fr_optoamc.group_optician",
    )
    rights_state = fields.Selection(
        selection=lambda self: self.env["optoamc.rights.check"]._state_choice(),
        string="Rights",
        compute="_compute_rights",
        compute_sudo=True,
    )
    rights_date = fields.Date("Checked for", compute="_compute_rights", compute_sudo=True)
    rights_until = fields.Date("Open until", compute="_compute_rights", compute_sudo=True)
    rights_seconds = fields.Integer("Time to answer on rights (s)", compute="_compute_rights", compute_sudo=True)

    @api.depends("rights_check_ids.state", "rights_check_ids.date", "rights_check_ids.valid_until")
    def _compute_rights(self):
        for contract in self:
            latest = contract.rights_check_ids[:1]
            contract.rights_state = latest.state
            contract.rights_date = latest.date
            contract.rights_until = latest.valid_until
            contract.rights_seconds = latest._wait_seconds()

    def action_check_rights(self):
        """Ask the insurer whether the patient is covered today; the answer comes by itself."""
        self.ensure_one()
        self._check_rights_on(self.env.company._optoamc_today())

    def _check_rights_on(self, date, company=None):
        return self.env["optoamc.rights.check"]._ask(self, company or self.company_id or self.env.company, date)
