from odoo import fields, models


class AccountPayment(models.Model):
    """A payer's transfer, as its payment advice announced it."""

    _name = "account.payment"
    _inherit = ["account.payment", "optoamc.guarded"]

    optoamc_remittance_id = fields.Many2one(
        "optoamc.remittance", "Payment advice", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
