from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...lib.lpp.sides import SideError, pieces_of
from ...lib.payments.money import euros, exact, in_parts
from ..request.states import ACTIVE

#: Amounts of a line that are shared out among the pieces that the insurer is told.
_AMOUNTS = ("discount_amount", "price", "amo_base", "amo_amount")


class SaleOrderLine(models.Model):
    """What an insurer is told of a line of the dossier, and what then holds it."""

    _inherit = "sale.order.line"

    @api.onchange("product_id", "product_uom_qty", "price_unit", "discount", "lpp_id")
    def _onchange_covered(self):
        """Changing what an insurer has agreed to is possible, not unnoticed."""
        # Also for a salesperson, who may change the line and not read the request.
        asked = self._origin.sudo().optoamc_line_ids.request_id.filtered(lambda request: request.state in ACTIVE)
        if not asked:
            return None
        names = asked._names_for(self.env)
        if set(asked.mapped("state")) == {"granted"}:
            message = self.env._(
                "Asked of the line as it was: %s. When you have finished, cancel this and ask again.", names
            )
        else:
            message = self.env._(
                "Asked of the line as it was: %s. When you have finished, and the insurer has answered, cancel this "
                "and ask again.",
                names,
            )
        return {"warning": {"title": self.env._("An insurer has been asked"), "message": message}}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked(self):
        if words := self._optoamc_why_kept():
            raise UserError(words)
        self.sudo().optoamc_line_ids.unlink()

    def _optoamc_why_kept(self):
        """Why the lines are not deleted, in words; ``None`` when nobody was asked about them."""
        asked = self._optoamc_asked()
        return (
            self.env._(
                "An insurer was asked about this line (%s): put its quantity to 0 instead, so that what "
                "was asked can still be read.",
                asked._names_for(self.env),
            )
            if asked
            else None
        )

    def _optoamc_asked(self):
        """The requests that have asked insurers about these lines."""
        return self.sudo().optoamc_line_ids.request_id.filtered(lambda request: request.state != "draft")

    # -- what the insurer is told -------------------------------------------------------------

    def _optoamc_line_values(self):
        """What a request's lines keep of this order line: a dict of values for each piece that is told by itself."""
        self.ensure_one()
        pieces = self._optoamc_pieces()
        amounts = {
            "discount_amount": self._optoamc_reduction(),
            "price": self.net_price,
            "amo_base": self.amo_base,
            "amo_amount": self.amo_amount,
        }
        shared = {name: in_parts(euros(amounts[name]), len(pieces)) for name in _AMOUNTS}
        return [
            {
                "order_line_id": self.id,
                "catalogue_code": self.product_id.default_code,
                "name": self.product_id.name or self.name,
                "eye_side": side,
                "quantity": quantity,
                "discount": self.discount,
                "price_unit": self.net_price / self.product_uom_qty if self.product_uom_qty else 0.0,
                "lpp_code": self.lpp_id.code,
                **{name: float(parts[place]) for name, parts in shared.items()},
            }
            for place, (side, quantity) in enumerate(pieces)
        ]

    def _optoamc_reduction(self):
        """What the line costs less than its price, by its own discount and by those of the order: €, VAT included."""
        if not self.discount and self.net_price == self.price_total:
            return 0.0
        taxes = self.tax_ids.compute_all(
            self.price_unit, self.currency_id, self.product_uom_qty, self.product_id, self.order_id.partner_shipping_id
        )
        return max(taxes["total_included"] - self.net_price, 0.0)

    def _optoamc_pieces(self):
        """The eye and the quantity of each piece; the line as it is where it cannot be told so."""
        try:
            return self._optoamc_sides()
        except SideError:
            return [(self.eye_side, int(self.product_uom_qty))]

    def _optoamc_lens_pieces(self):
        """Each lens of these lines, as its line and its eye."""
        lenses = self.filtered(lambda line: line.optical_category == "lens")
        return [(line, side) for line in lenses for side, _count in line._optoamc_pieces()]

    def _optoamc_sides(self):
        """See :func:`...lib.lpp.sides.pieces_of`."""
        self.ensure_one()
        return pieces_of(
            self.optical_category,
            self.eye_side,
            exact(self.product_uom_qty),
            lambda: self._optoamc_propose_lpp("right") == self._optoamc_propose_lpp("left"),
        )

    def _optoamc_told_side(self):
        """The eye that the line is for: a pair on one line is of both, whichever is typed, as insurers are told."""
        return "both" if len(self._optoamc_pieces()) > 1 else self.eye_side

    def _optoamc_with_eye(self, name, side):
        """A designation as papers print it: *Frame (MON)*; *Lens (VER), OD* where it is for an eye."""
        eye = dict(self._fields["eye_side"]._description_selection(self.env)).get(side)
        return f"{name}, {eye}" if eye else name

    def _optoamc_side_problem(self):
        """Why the line cannot be told eye by eye, in words; empty: it can."""
        problems = {
            "quantity": self.env._("the quantity is a whole number, and a lens is for one eye: make a line for each"),
            "one_for_both": self.env._("one piece is for one eye: choose it, or make a line for each eye"),
            "unlike": self.env._("the LPP has another code for each eye: make a line for each"),
        }
        try:
            self._optoamc_sides()
        except SideError as error:
            return problems[error.code]
        return ""

    def _optoamc_side_problems(self):
        """The lines of an equipment that cannot be told eye by eye, to an insurer or on paper, each with why."""
        eyes = set()
        for line in self:
            if why := line._optoamc_side_problem():
                yield line, why
            if line.optical_category != "lens":
                continue
            sides = {side for side, _quantity in line._optoamc_pieces()} & {"right", "left"}
            if sides & eyes:
                yield line, self.env._("the equipment has a lens for this eye already")
            eyes |= sides

    def _optoamc_eye(self, side=None):
        """The prescription's row to look at for this line's eye and distance (maybe empty)."""
        self.ensure_one()
        side, prescription = side or self.eye_side, self._optoamc_prescription()
        # A progressive lens is described by far vision, and so are near glasses without a row of their own.
        vision = self.vision if self.vision in ("intermediate", "near") else "far"
        own = prescription._eye(side, vision)
        return prescription._eye(side, "far") if vision == "near" and not own else own

    def _optoamc_eyes(self):
        """The prescription's rows for the eyes of the line: both, where it cannot be told which piece is for which."""
        try:
            sides = [side for side, _count in self._optoamc_sides()]
        except SideError:
            sides = ["right", "left"]
        return self.env["optoamc.prescription.eye"].union(*(self._optoamc_eye(side) for side in sides))

    def _optoamc_correction(self, side=None):
        """What the line corrects, a :class:`...lib.lpp.correction.Correction`, maybe ``None``."""
        self.ensure_one()
        return self._optoamc_prescription()._correction(side or self.eye_side, self.vision)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.onchange("order_line")
    def _onchange_asked_line_removed(self):
        """Told when the line is taken off the screen, not once all the rest is typed."""
        removed = self._origin.order_line - self.order_line._origin
        if asked := removed._optoamc_asked():
            message = self.env._(
                "An insurer was asked about this line (%s): once saved it is there again, with a quantity of 0, so "
                "that what was asked can still be read.",
                asked._names_for(self.env),
            )
            return {"warning": {"title": self.env._("This line stays"), "message": message, "type": "notification"}}
        return None

    def write(self, vals):
        """A line that an insurer was asked about, taken off the order's screen, is not sold: its quantity is 0.

        What else was typed on the screen is saved with it.
        """
        if commands := vals.get("order_line"):
            vals = {**vals, "order_line": [self._optoamc_kept_line(command) for command in commands]}
        return super().write(vals)

    def _optoamc_kept_line(self, command):
        """The command that puts an asked line's quantity to 0 instead of one that deletes it; any other as it is."""
        if isinstance(command, list | tuple) and command[0] in (Command.DELETE, Command.UNLINK):
            line = self.order_line.browse(command[1])
            if line in self.order_line and line._optoamc_asked():
                return Command.update(line.id, {"product_uom_qty": 0.0})
        return command
