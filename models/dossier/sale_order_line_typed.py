from odoo import api, fields, models

from ..selections import OPTICIANS

#: What follows from the article, the prescription and the tariff unless it is typed.
_WORKED_OUT = ("equipment_number", "eye_side", "vision", "lpp_id", "amo_base", "amo_amount")

#: Of these, what is worked out is kept beside what a person typed instead; each is an input of the next.
_TYPED = ("eye_side", "lpp_id", "amo_base", "amo_amount")


class SaleOrderLine(models.Model):
    """What a person types of a line stays until what would be worked out instead changes.

    Odoo works a field out again as soon as one of its inputs may have changed: each new line of the order lets the
    order look for its prescription again, and so each line for its code.
    """

    _inherit = "sale.order.line"

    # What was worked out last.
    lpp_id_worked_out = fields.Many2one("optoamc.lpp", compute="_compute_lpp_id", store=True, groups=OPTICIANS)
    amo_base_worked_out = fields.Monetary(compute="_compute_amo_base", store=True, groups=OPTICIANS)
    amo_amount_worked_out = fields.Monetary(compute="_compute_amo_amount", store=True, groups=OPTICIANS)

    @api.model_create_multi
    def create(self, vals_list):
        """What is typed on a new line is its word, whatever is worked out of the rest; a typed 0 € too.

        An empty cell of a browser, a program or a file types nothing: what belongs there is worked out.
        """
        # Who may not type it is refused by Odoo.
        names = [name for name in _WORKED_OUT if self._has_field_access(self._fields[name], "write")]
        vals_list = [
            {
                name: value
                for name, value in vals.items()
                if name not in names or not self._optoamc_is_empty(name, value)
            }
            for vals in vals_list
        ]
        lines = super().create(vals_list)
        for line, vals in zip(lines, vals_list, strict=True):
            if typed := {name: vals[name] for name in _TYPED if name in vals}:
                line.write(typed)
        return lines

    @api.model
    def _optoamc_is_empty(self, name, value):
        """Whether nobody has typed a field of a new line: 0 € is an amount, and no number of an equipment."""
        is_amount = self._fields[name].type == "monetary"
        return value is None or value is False or not (value or is_amount)

    def write(self, vals):
        """What is typed together with a change of its inputs counts after them."""
        typed = [name for name in _TYPED if name in vals]
        if not typed:
            return super().write(vals)
        if others := {name: value for name, value in vals.items() if name not in typed}:
            super().write(others)
        for name in typed:
            self._optoamc_settle(name)
            super().write({name: vals[name]})
        return True

    def _optoamc_settle(self, name):
        """Work out what is about to be typed instead of: Odoo leaves that out beside what is typed.

        Else it would be worked out at the next change, a down payment or a delivery, and taken for something new.
        """
        lines = self.sudo()
        lines._fields[name].compute_value(lines)

    def _optoamc_work_out_again(self, *names):
        """Have fields worked out anew, and all that follows from them: Odoo's own mark is for the fields alone."""
        for name in names:
            self.env.add_to_compute(self._fields[name], self)
        self.modified(names)

    def _optoamc_work_out(self, name, value, most=None):
        """Set a field, unless a person typed something else and what is worked out is as it was then.

        :param value: what is worked out now
        :param most: what a typed amount may be; more is not kept
        """
        worked_out = f"{name}_worked_out"
        # A new line of a form whose view lacks the field has nothing typed, nor is there anything to read meanwhile.
        is_held = self._origin or self._ids[0] in self._fields[name]._get_cache(self.env)
        is_kept = is_held and self._optoamc_is_same(worked_out, value) and (most is None or self[name] <= most)
        self[name] = self[name] if is_kept else value
        self[worked_out] = value

    def _optoamc_is_same(self, worked_out, value):
        last = self._optoamc_last(worked_out)
        is_amount = self._fields[worked_out].type == "monetary"
        return not self.currency_id.compare_amounts(last, value) if is_amount else last == value

    def _optoamc_last(self, worked_out):
        """What was worked out last: of a line in an open form, what the form has, else what is saved.

        While it is being worked out, Odoo has nothing for such a line: what was typed would be lost.
        """
        self.ensure_one()
        if self._origin and not self.id and self._ids[0] not in self._fields[worked_out]._get_cache(self.env):
            return self._origin[worked_out]
        return self[worked_out]
