from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: What an erasure leaves, in the order in which the officer reads it.
KINDS = [
    ("accounting", "Invoices, payers' parts and payments, with the name and address that they bear"),
    ("contract", "Orders agreed, with the signature and the copy signed"),
    ("prescription", "Copy of a prescription that is still valid"),
    ("consent", "Signed consents, as proof of what was sent"),
    ("log", "Access log: who read what, without its value"),
]

#: Why (GDPR, article 17.3).
GROUNDS = {
    "accounting": _lt("Commercial Code, article L123-22: ten years from the end of the financial year."),
    "contract": _lt(
        "Consumer Code, articles L213-1, D213-1 and D213-2: ten years for what is agreed on line, from 120 €; claims "
        "lapse after five years otherwise (Civil Code, article 2224)."
    ),
    "prescription": _lt("Public Health Code, article D4362-12: the optician keeps a copy until it expires."),
    "consent": _lt("GDPR, article 7.1; personal claims lapse after five years (Civil Code, article 2224)."),
    "log": _lt("CNIL, recommendation on logging (decision 2021-122): six months to one year."),
}


class OptoamcKeptData(models.Model):
    """What an erasure has left of a person, on what ground and until when.

    Nobody writes here: the erasure does. When the time of a row is over, the person is erased once
    more, and what nothing keeps any more goes, with its row.
    """

    _name = "optoamc.kept.data"
    _description = "Data kept after an erasure"
    _inherit = ["optoamc.guarded"]
    _order = "patient_id, id"
    _rec_name = "kind"

    patient_id = fields.Many2one("res.partner", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    kind = fields.Selection(KINDS, "Kept", required=True, readonly=True)
    ground = fields.Char(compute="_compute_ground")
    record_count = fields.Integer("Records", readonly=True, aggregator=None)
    until = fields.Date(required=True, readonly=True, index=True)

    _kind_uniq = models.Constraint(
        "UNIQUE(patient_id, company_id, kind)", "A shop keeps a kind of data of a person once."
    )

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_ground(self):
        for kept in self:
            kept.ground = GROUNDS[kept.kind]._translate(kept.env.lang or "en_US")

    @api.model
    def _values(self, person, kept):
        """One dict of values a kind.

        :param kept: as :meth:`~.res_partner_kept.ResPartner._optoamc_kept_records` gives it
        """
        return [
            {
                "patient_id": person.id,
                "company_id": person.env.company.id,
                "kind": kind,
                "record_count": len(records),
                "until": until,
            }
            for kind, (records, until) in kept.items()
        ]

    @api.model
    def _of(self, person):
        """What an erasure today would leave of a person, or has left: rows, maybe not saved."""
        values = self._values(person, person._optoamc_kept_records())
        return self.browse().concat(*(self.new(row) for row in values))

    @api.model
    def _write_down(self, person, kept):
        """Say anew what the shop keeps of a person."""
        self = self.sudo()
        self.search([("patient_id", "=", person.id), ("company_id", "=", person.env.company.id)]).unlink()
        self.create(self._values(person, kept))

    @api.model
    def _past(self, domain):
        """The persons of whom something is kept whose time is over.

        :param domain: which rows
        """
        rows = self.sudo().with_context(active_test=False)
        return rows.search(Domain("until", "<", self.env.company._optoamc_today()) & domain).patient_id
