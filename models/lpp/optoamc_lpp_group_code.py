from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...lib.lpp.coding import parse_range
from ...lib.lpp.grouping import derived_code
from ...lib.lpp.services import derived_group_code

ORIGINS = [
    ("cnam", "CNAM's table"),
    ("typed", "Shipped or typed"),
    ("derived", "Derived, to check"),
]


class OptoamcLpp(models.Model):
    """Where the grouping code of an LPP code comes from.

    The CNAM's table says it. Until that is imported, a lens's code is derived from the bands of the responsible
    contract (:mod:`...lib.lpp.grouping`), that of a supplement without one of its own is *autre supplément*
    (:mod:`...lib.lpp.services`); both are marked so, and an optician answers once for printing or sending them.
    """

    _name = "optoamc.lpp"
    _inherit = ["optoamc.lpp", "optoamc.guarded"]

    group_code = fields.Char(compute="_compute_group_code")
    group_code_origin = fields.Selection(
        ORIGINS,
        "Grouping code from",
        compute="_compute_group_code",
        store=True,
        readonly=False,
        precompute=True,
        recursive=True,
        help="Derived: worked out from the bands of article R871-2, not read in an official table. The import of the "
        "CNAM's table confirms or corrects it.",
    )
    group_code_checked_by_id = fields.Many2one("res.users", "Derived code checked by", readonly=True, copy=False)
    group_code_checked_on = fields.Datetime("Derived code checked on", readonly=True, copy=False)

    @api.depends(
        "generic_id.group_code",
        "generic_id.group_code_origin",
        *("code", "category", "product_class", "lens_type", "date_from"),
        *("sphere_range", "cylinder_range", "sum_range"),
    )
    def _compute_group_code(self):
        for lpp in self:
            generic, known = lpp.generic_id, lpp.group_code_origin in ("cnam", "typed")
            if generic.group_code and not (known and generic.group_code_origin == "derived"):
                lpp.group_code, lpp.group_code_origin = generic.group_code, generic.group_code_origin
            elif known or (lpp.group_code and not lpp.group_code_origin):
                lpp.group_code, lpp.group_code_origin = lpp.group_code, lpp.group_code_origin or "typed"
            else:
                lpp.group_code = lpp._derived_group_code()
                lpp.group_code_origin = "derived" if lpp.group_code else False

    def _derived_group_code(self):
        """The grouping code that the bands of R871-2, or the kind of supplement, give, or ``False``."""
        self.ensure_one()
        if self.category == "supplement":
            return derived_group_code(self.code) or False
        if self.category != "lens":
            return False
        try:
            bands = [
                parse_range(text) if text else None
                for text in (self.sphere_range, self.cylinder_range, self.sum_range)
            ]
        except ValueError:  # told where the bands are checked
            return False
        return derived_code(self.product_class, self.lens_type, *bands, date=self.date_from or None) or False

    @api.model
    def _with_origin(self, vals):
        """A grouping code that is given has been typed, unless the giver says where it comes from."""
        if "group_code" not in vals or "group_code_origin" in vals:
            return vals
        return vals | {"group_code_origin": "typed" if vals["group_code"] else False}

    @api.model_create_multi
    def create(self, vals_list):
        # An empty column of the shipped table is to be derived.
        given = [{name: vals[name] for name in vals if name != "group_code" or vals[name]} for vals in vals_list]
        return super().create([self._with_origin(vals) for vals in given])

    def write(self, vals):
        return super().write(self._with_origin(vals))

    def _group_codes_to_check(self):
        """Those of the codes whose grouping code is derived, and that no optician has answered for yet."""
        return self.filtered(lambda lpp: lpp.group_code_origin == "derived" and not lpp.group_code_checked_on)

    def action_check_group_codes(self):
        """An optician has checked derived grouping codes: they may be printed and sent. Who and when is kept.

        :raises AccessError: somebody who is no optician
        """
        if not self.env.user.has_group("l10n_fr_optoamc.group_optician"):
            raise AccessError(self.env._("Only an optician confirms a grouping code."))
        self._group_codes_to_check().sudo().write(
            {"group_code_checked_by_id": self.env.uid, "group_code_checked_on": fields.Datetime.now()}
        )

    def _derived_codes_words(self):
        """Which grouping codes are derived, to be confirmed once before they are printed or sent."""
        codes = ", ".join(sorted({f"{lpp.group_code} ({lpp.code})" for lpp in self}))
        return self.env._(
            "Grouping codes derived, to check (no official table has been imported for them): %s.", codes
        )
