from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models.request.optoamc_request_checks import ASK, STOP


class OptoamcCheckReplay(models.TransientModel):
    """Past refusals that a check would have kept away, or not: counts for the manager, of no patient and no dossier.

    By month and not by day, so that a row is not somebody's visit.
    """

    _name = "optoamc.check.replay"
    _description = "Past refusals against the checks"
    _inherit = ["optoamc.own.screen"]
    _order = "month desc, id"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, readonly=True)
    month = fields.Date(readonly=True)
    insurer_id = fields.Many2one("res.partner", readonly=True, ondelete="cascade")
    # Words, in the language of who looks: the catalogue's own entries are a shop's.
    cause = fields.Char("Cause of the refusal", readonly=True)
    check = fields.Char("Check that sees it", readonly=True)
    outcome = fields.Selection(
        [(STOP, "A check stops it"), (ASK, "A check asks"), ("none", "No check sees it")],
        "With today's checks",
        required=True,
        readonly=True,
        default="none",
    )
    refusal_count = fields.Integer("Refusals", readonly=True)

    @api.model
    def action_replay_refusals(self):
        """Run the checks again on the refusals of the last twelve months, and show the counts.

        :raises AccessError: somebody else than a manager
        """
        if not self.env.user.has_group("l10n_fr_optoamc.group_manager"):
            raise AccessError(self.env._("Only a third-party payment manager reads the shop's figures."))
        self.check_access("read")
        self.sudo().search(self._own_domain()).unlink()
        for row, count in self.env["optoamc.request"]._replay_refusals(self.env.companies).items():
            company, month, insurer, cause, check, severity = row
            self.create(
                {
                    "company_id": company.id,
                    "month": month,
                    "insurer_id": insurer.id,
                    "cause": cause.display_name,
                    "check": check.display_name,
                    "outcome": severity or "none",
                    "refusal_count": count,
                }
            )
        return self.env["ir.actions.act_window"]._for_xml_id("l10n_fr_optoamc.action_optoamc_check_replay")
