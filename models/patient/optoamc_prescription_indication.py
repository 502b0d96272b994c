from odoo import fields, models


class OptoamcPrescription(models.Model):
    """Whether the Sécu owes the yearly lump sum of contact lenses: for some indications of the LPP alone.

    Which one is the prescription's, and kept nowhere else: the dossier needs to know whether there is one.
    """

    _inherit = "optoamc.prescription"

    has_lump_sum_indication = fields.Boolean(
        "Indication of the LPP",
        copy=False,
        help="The prescription states one of the indications for which the Sécu pays the yearly lump sum of contact "
        "lenses: keratoconus, irregular astigmatism, aphakia, accommodative strabismus, high myopia, or an "
        "anisometropia that glasses do not correct. The LPP has the list and its thresholds: the optician answers, "
        "the module works nothing out.",
    )
