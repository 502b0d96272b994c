from odoo import fields, models

#: A legal quote is valid for two months at least, whichever they are.
QUOTE_DAYS_MIN = 62


class ResCompany(models.Model):
    """What a shop chooses of its legal quotes. What the 2020 model is not known to have is off."""

    _inherit = "res.company"

    optoamc_quote_days = fields.Integer(
        "Validity of legal quotes (days)", default=90, required=True, help="Two months at least: 62 days."
    )
    optoamc_quote_reminder_days = fields.Integer(
        "Remind before a quote expires (days)", default=15, required=True, help="0: never."
    )
    optoamc_quote_without_class_a = fields.Boolean(
        "Quotes without a class A offer",
        default=True,
        help="Where no class A equipment meets the need and the dossier says why, the first part of the quote says "
        "so in one line. Off: no such quote is printed.",
    )
    optoamc_quote_shows_base = fields.Boolean(
        "Base of reimbursement", help="A column of the AMO's tariffs. Not confirmed for the model of 2020."
    )
    optoamc_quote_shows_identity = fields.Boolean(
        "Birth date, address, numbers",
        help="The patient's birth date, address and social security number, the prescriber's number. Asked by the "
        "model of 2017, not confirmed for 2020.",
    )
    optoamc_quote_shows_origin = fields.Boolean(
        "Place of manufacture", help="Inside or outside the European Union. Optional in the model of 2020."
    )

    _optoamc_quote_days_min = models.Constraint(
        f"CHECK (optoamc_quote_days >= {QUOTE_DAYS_MIN})", "A legal quote is valid for two months at least: 62 days."
    )
    _optoamc_quote_reminder_min = models.Constraint(
        "CHECK (optoamc_quote_reminder_days >= 0)", "The days before a quote's reminder are a number from 0 on."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    optoamc_quote_days = fields.Integer(related="company_id.optoamc_quote_days", readonly=False)
    optoamc_quote_reminder_days = fields.Integer(related="company_id.optoamc_quote_reminder_days", readonly=False)
    optoamc_quote_without_class_a = fields.Boolean(related="company_id.optoamc_quote_without_class_a", readonly=False)
    optoamc_quote_shows_base = fields.Boolean(related="company_id.optoamc_quote_shows_base", readonly=False)
    optoamc_quote_shows_identity = fields.Boolean(related="company_id.optoamc_quote_shows_identity", readonly=False)
    optoamc_quote_shows_origin = fields.Boolean(related="company_id.optoamc_quote_shows_origin", readonly=False)
