from odoo import api, fields, models
from odoo.fields import Domain

from ...lib.lpp import services


class OptoamcLpp(models.Model):
    """The codes of the pairing service (*appairage*), of lenses of class A of unlike refractive indices.

    The LPP has three levels. Which is for which indices is not in the sources of this module: a manager may type it.
    """

    _inherit = "optoamc.lpp"

    pairing_index = fields.Float(
        "Paired from an index of",
        digits=(4, 3),
        help="Of a level of the pairing service: it is proposed where the higher of the two lenses' refractive "
        "indices is at least this one. Empty: the optician chooses the level.",
    )
    is_pairing = fields.Boolean(compute="_compute_is_pairing")

    _pairing_index_positive = models.Constraint(
        "CHECK (pairing_index >= 0)", "The refractive index from which lenses are paired is not negative."
    )

    @api.depends("code", "generic_id.code")
    def _compute_is_pairing(self):
        for lpp in self:
            lpp.is_pairing = services.kind_of((lpp.generic_id or lpp).code) == services.PAIRING

    @api.model
    def _pairing_domain(self):
        """The pairing's codes, manufacturers' own included."""
        codes = services.codes_of(services.PAIRING)
        return Domain("code", "in", codes) | Domain("generic_id.code", "in", codes)

    def _pairing_level(self, index):
        """Which of these codes is for a pair whose higher refractive index is this one; none where nobody typed it."""
        levels = [(generic.pairing_index, lpp) for lpp in self if (generic := lpp.generic_id or lpp).pairing_index]
        reached = [level for level, _lpp in levels if level <= index]
        return self.browse().union(*(lpp for level, lpp in levels if reached and level == max(reached)))
