from odoo import models

from ...lib.lpp.coding import parse_range, positive_cylinder


class OptoamcLpp(models.Model):
    """Whether a code suits what is sold under it: the price, the patient's age, the correction."""

    _inherit = "optoamc.lpp"

    def _most(self, quantity, date):
        """The maximum selling price of some pieces on a day, €; 0.0 where there is none, or none is known."""
        return (self._max_price_on(date) or 0.0) * quantity

    def _price_problem(self, price, quantity, date):
        """A price above the code's maximum selling price: words, or ``None``.

        :param price: of all pieces, €, VAT included
        """
        most, currency = self._most(quantity, date), self.env.company.currency_id
        if not most or currency.compare_amounts(price, most) <= 0:
            return None
        return self.env._(
            "%(price)s is above the maximum selling price (PLV) of %(code)s, %(most)s. Lower the price or choose "
            "another code.",
            price=currency.format(price),
            code=self.code,
            most=currency.format(most),
        )

    def _age_problem(self, age, name):
        """A code for patients of another age: words, or ``None``; to ask, since the table may err.

        :param age: in years, ``None`` when it is not known
        :param name: of the patient
        """
        bounds = self.generic_id or self
        if age is None or not bounds:
            return None
        if bounds.age_from and age < bounds.age_from:
            audience = self.env._("from %s years on", bounds.age_from)
        elif bounds.age_below and age >= bounds.age_below:
            audience = self.env._("below %s years", bounds.age_below)
        else:
            return None
        return self.env._(
            "the code %(code)s is for patients %(audience)s, and %(patient)s is %(age)s.",
            code=self.code,
            audience=audience,
            patient=name,
            age=age,
        )

    def _fits_correction(self, correction):
        """Whether the code is for a correction, as far as both are known.

        :param correction: a :class:`...lib.lpp.correction.Correction`, or ``None``
        """
        bounds = self.generic_id or self
        # The bands of before 2020 were read in more than one way.
        if not bounds.product_class or not correction or correction.sphere is None:
            return True
        sphere, cylinder, _axis = positive_cylinder(correction.sphere, correction.cylinder or 0)
        values = {"sphere_range": sphere, "cylinder_range": cylinder, "sum_range": sphere + cylinder}
        return all(not bounds[name] or value in parse_range(bounds[name]) for name, value in values.items())
