from functools import cache

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_round

from ...lib.lpp import coding as lpp_proposal
from ...lib.lpp.correction import Correction
from ...lib.protocol.dialect import Dialect
from ...lib.protocol.messages import MessageKind

#: Dioptres, prism dioptres, in steps of a quarter.
POWERS = ("sphere", "cylinder", "addition", "prism")


@cache
def _limits():
    """Smallest and largest figure by field, as the shipped table of the norm has them: beyond it is a slip of the
    keyboard, 200 for 2.00 or an axis in the wrong column."""
    names = (*POWERS, "axis", "prism_base")
    fields_of = Dialect.shipped("open").dictionary.fields_of(MessageKind.REQUEST)
    codecs = {field.attribute: field.codec for field in fields_of}
    lens = {name: codecs[f"equipment.lenses[].{name}"] for name in names}
    return {name: (codec.low, codec.high) for name, codec in lens.items()}


# mm, from the middle of the nose to one pupil; from the rim to the pupil.
LENGTHS = {"pupillary_distance": (15, 45), "height": (5, 50)}

#: What a file's columns are called, without accents and capitals.
COLUMNS = {
    "oeil": "side",
    "vision": "vision",
    "sphere": "sphere",
    "sph": "sphere",
    "cylindre": "cylinder",
    "cyl": "cylinder",
    "axe": "axis",
    "addition": "addition",
    "add": "addition",
    "prisme": "prism",
    "base": "prism_base",
    "ecart pupillaire": "pupillary_distance",
    "hauteur": "height",
}

VISIONS = ("far", "intermediate", "near")


class OptoamcPrescriptionEye(models.Model):
    """A row of a prescription's grid: one eye, one vision.

    Powers are dioptres in steps of a quarter, as the prescriber wrote them (the cylinder has either
    sign). The axis is in degrees, 1 to 180: 0 means that there is none, and the horizontal axis is
    written 180. The prism's base is in degrees, 0 to 360. Lengths are mm. What a zero means in each
    column, a measure or that nobody typed one, :meth:`_correction` says.
    """

    _name = "optoamc.prescription.eye"
    _inherit = ["optoamc.shop.links", "optoamc.access.logged"]
    _traced_fields = ("sphere", "cylinder", "axis", "addition", "prism", "prism_base")
    _logged_fields = (*_traced_fields, "pupillary_distance", "height", "formula")
    _traced_deletion = True
    _optoamc_import_columns = COLUMNS
    _description = "Prescribed Correction"
    # Right before left; far, intermediate, near are in alphabetical order.
    _order = "prescription_id, side desc, vision, id"

    prescription_id = fields.Many2one("optoamc.prescription", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="prescription_id.company_id")
    side = fields.Selection([("right", "OD"), ("left", "OG")], "Eye", required=True)
    vision = fields.Selection(
        [("far", "Far"), ("intermediate", "Intermediate"), ("near", "Near")],
        required=True,
        default="far",
    )
    sphere = fields.Float(digits=(5, 2), aggregator=None)
    cylinder = fields.Float(digits=(5, 2), aggregator=None)
    axis = fields.Integer(aggregator=None, help="Degrees, 1 to 180. Write 180 for 0.")
    addition = fields.Float("Add.", digits=(5, 2), aggregator=None)
    prism = fields.Float(digits=(5, 2), aggregator=None)
    prism_base = fields.Integer("Base", aggregator=None, help="Degrees, 0 to 360.")
    pupillary_distance = fields.Float(
        "PD", digits=(4, 1), aggregator=None, help="Pupillary half-distance of this eye, in mm."
    )
    height = fields.Float("Ht", digits=(4, 1), aggregator=None, help="Mounting height, in mm.")
    is_plano = fields.Boolean(compute="_compute_is_plano")
    formula = fields.Char(compute="_compute_formula", help="In the prescriber's notation.")

    _row_unique = models.Constraint(
        "UNIQUE (prescription_id, side, vision)",
        "A prescription has one row for each eye and vision: change the one that is there.",
    )

    @api.depends("side", "vision")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for eye in self:
            eye.display_name = eye._row_name()

    @api.model_create_multi
    def create(self, vals_list):
        # Before the database says that another shop's prescription has the row already.
        given = (vals["prescription_id"] for vals in vals_list if vals.get("prescription_id"))
        self.env["optoamc.prescription"].browse(given).check_access("write")
        if "_import_current_module" in self.env.context:
            self._check_imported(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """A power that is emptied takes its direction with it."""
        for power, direction in (("cylinder", "axis"), ("prism", "prism_base")):
            if power in vals and not vals[power]:
                vals = {direction: 0, **vals}
        return super().write(vals)

    def _check_imported(self, vals_list):
        """:raises ValidationError: a file's row has no sphere: it would become a measure of 0.00 that nobody wrote"""
        for vals in vals_list:
            sphere = vals.get("sphere")
            if sphere is None or sphere is False:
                eye = self.new({name: vals.get(name) for name in ("side", "vision")})
                raise ValidationError(
                    self.env._(
                        "%s: the sphere is empty. Write 0 for a plano lens, or delete the row.", eye._row_name()
                    )
                )

    def _optoamc_logged_patient(self):
        return self.prescription_id.patient_id

    def _row_name(self):
        """*OD Far*: the row's place in the grid."""
        self.ensure_one()
        labels = (
            dict(self._fields[name]._description_selection(self.env)).get(self[name]) for name in ("side", "vision")
        )
        return " ".join(filter(None, labels))

    def _grid_rank(self):
        """Sorts rows as the grid shows them."""
        self.ensure_one()
        return self.side != "right", VISIONS.index(self.vision or "far")

    @api.depends("sphere", "cylinder", "addition", "prism")
    def _compute_is_plano(self):
        for eye in self:
            eye.is_plano = not any((eye.sphere, eye.cylinder, eye.addition, eye.prism))

    @api.depends("sphere", "cylinder", "axis", "addition", "prism", "prism_base")
    @api.depends_context("lang")
    def _compute_formula(self):
        for eye in self:
            eye.formula = self._formula_of(eye._correction())

    def _correction(self):
        """The row's figures, those that nobody typed as ``None``."""
        self.ensure_one()
        return Correction.typed(self.sphere, self.cylinder, self.axis, self.addition, self.prism, self.prism_base)

    @api.model
    def _formula_of(self, correction):
        """A correction in the prescriber's notation, in the user's language."""
        parts = [self._dioptres(correction.sphere)]
        if correction.cylinder:
            parts.append(f"({self._dioptres(correction.cylinder)}) {correction.axis or 0}°")
        if correction.addition:
            parts.append(f"Add {self._dioptres(correction.addition)}")
        if correction.prism:
            parts.append(self._prism_formula(correction))
        return " ".join(parts)

    @api.model
    def _prism_formula(self, correction):
        """``2,00 Δ 90°``: the prism and its base."""
        return f"{self._dioptres(correction.prism, sign='')} Δ {correction.prism_base}°"

    @api.model
    def _dioptres(self, value, sign="+"):
        """``+2,00``: a power as an optician of the user's language writes it."""
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        # Not the sign of a zero: "+0.00" would read like a power.
        text = f"{value:{sign}.2f}" if value else "0.00"
        return text.replace(".", lang.decimal_point or ".")

    def _positive(self):
        """``(sphere, cylinder, axis)`` with a cylinder that is not negative: Decimal, Decimal, int."""
        self.ensure_one()
        return lpp_proposal.positive_cylinder(self.sphere, self.cylinder, self.axis)

    def _to_positive_cylinder(self):
        """Rewrite the rows whose cylinder is negative; the lens stays the same."""
        for eye in self.filtered(lambda eye: eye.cylinder < 0):
            sphere, cylinder, axis = eye._positive()
            eye.write({"sphere": float(sphere), "cylinder": float(cylinder), "axis": axis})

    def _changes_since(self, other):
        """What differs from another row, in words; both are read with a positive cylinder."""
        self.ensure_one()
        mine, theirs = self._positive(), other._positive()
        pairs = {
            "sphere": (mine[0], theirs[0]),
            "cylinder": (mine[1], theirs[1]),
            "addition": (lpp_proposal.decimal(self.addition), lpp_proposal.decimal(other.addition)),
            "prism": (lpp_proposal.decimal(self.prism), lpp_proposal.decimal(other.prism)),
        }
        changes = [
            f"{self._fields[name]._description_string(self.env)} {self._dioptres(new - old)}"
            for name, (new, old) in pairs.items()
            if new != old
        ]
        turns = {
            "axis": mine[1] and theirs[1] and (theirs[2], mine[2]),
            "prism_base": self.prism and other.prism and (other.prism_base, self.prism_base),
        }
        changes += [
            f"{self._fields[name]._description_string(self.env)} {turn[0]}° → {turn[1]}°"
            for name, turn in turns.items()
            if turn and turn[0] != turn[1]
        ]
        return changes

    @api.constrains(*POWERS, *LENGTHS, "axis", "prism_base")
    def _check_figures(self):
        # Messages do not quote the figures: Odoo logs the errors that it shows.
        for eye in self:
            eye._check_powers()
            eye._check_directions()
            eye._check_lengths()

    def _check_powers(self):
        for name in POWERS:
            value, (low, high) = self[name], _limits()[name]
            if not low <= value <= high:
                raise ValidationError(self._out_of_range(name, low, high))
            if float_round(value * 4, precision_digits=2) % 1:
                raise ValidationError(
                    self.env._(
                        "%(row)s: %(field)s goes by steps of 0.25.",
                        row=self._row_name(),
                        field=self._fields[name]._description_string(self.env),
                    )
                )

    def _check_directions(self):
        for name in ("axis", "prism_base"):
            low, high = _limits()[name]
            if not low <= self[name] <= high:
                raise ValidationError(self._out_of_range(name, low or 1 if name == "axis" else low, high))
        if self.cylinder and not self.axis:
            raise ValidationError(
                self.env._(
                    "%s: a cylinder needs its axis, from 1 to 180 (write 180 for 0).",
                    self._row_name(),
                )
            )

    def _check_lengths(self):
        for name, (low, high) in LENGTHS.items():
            if self[name] and not low <= self[name] <= high:
                raise ValidationError(self._out_of_range(name, low, high))

    def _out_of_range(self, name, low, high):
        return self.env._(
            "%(row)s: %(field)s is between %(low)s and %(high)s.",
            row=self._row_name(),
            field=self._fields[name]._description_string(self.env),
            low=low,
            high=high,
        )
