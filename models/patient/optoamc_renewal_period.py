from odoo import api, fields, models, tools

from ...lib.renewal.clock import USUAL, Period, renewal

#: Why an equipment may be renewed before the usual period is over: keys of ``lib.protocol.messages.EarlyReason``.
EARLY_CASES = [
    ("evolution", "The eyesight has changed"),
    ("listed", "A situation that the order of 3 December 2018 lists"),
]


class OptoamcRenewalPeriod(models.Model):
    """How long an equipment has to serve before another one is reimbursed, by age and case, from a day on.

    What no text was read for is marked *to confirm*: a manager who has the text at hand corrects it.
    """

    _name = "optoamc.renewal.period"
    _description = "Renewal period"
    _inherit = ["optoamc.ormcache.mixin", "optoamc.seed.data.mixin", "optoamc.shared.data"]
    _order = "case desc, age_from desc, date_from desc, id"

    case = fields.Selection([(USUAL, "Usual renewal"), *EARLY_CASES], required=True, default=USUAL)
    name = fields.Char("Patients", required=True, translate=True)
    age_from = fields.Integer("From (years)", aggregator=None)
    age_below = fields.Integer("Below (years)", aggregator=None, help="Zero: for ever.")
    months = fields.Integer(aggregator=None, help="Since the last equipment reimbursed. Zero: no delay.")
    date_from = fields.Date("From", help="First day of the dossiers.")
    date_to = fields.Date("To", help="Last day of the dossiers.")
    condition = fields.Char(translate=True)
    proof = fields.Char("Proof to keep", translate=True)
    source = fields.Char()
    is_to_confirm = fields.Boolean("To confirm", help="Part of it is known from summaries only.")

    _months_range = models.Constraint("CHECK (months BETWEEN 0 AND 120)", "A period has from 0 to 120 months.")

    @api.model
    def _renewal(self, birthdate, last, on, case=USUAL):
        """When an equipment may be renewed, and by which row.

        :return: :class:`...lib.renewal.clock.Renewal` and the row; ``(None, empty)`` when it cannot be told
        """
        found = birthdate and last and on and renewal(self._plain(), birthdate, last, on, case)
        return (found, self.browse(found.period.key)) if found else (None, self.browse())

    @api.model
    @tools.ormcache()
    def _plain(self):
        """The table as plain values: every dossier asks."""
        return tuple(
            Period(
                row.id,
                row.case,
                row.age_from,
                row.age_below or None,
                row.months,
                row.date_from or None,
                row.date_to or None,
            )
            for row in self.sudo().search([])
        )
