from odoo import api, models
from odoo.exceptions import ValidationError

from ...lib.identifiers import compact, finess_problem, siret_problem


class ResCompany(models.Model):
    """The numbers by which insurers know the shop: stored compact, and told where they cannot be right."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self.browse()._optoamc_compact_numbers(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._optoamc_compact_numbers(vals))

    def _optoamc_compact_numbers(self, vals):
        """Values with a shop's numbers as they are stored, however they were typed: on a Kbis a SIRET has spaces."""
        numbers = {
            name: compact(vals[name]) or False
            for name in ("finess", "company_registry")
            if isinstance(vals.get(name), str)
        }
        is_siret = siret_problem(numbers.get("company_registry") or "") != "format"
        if not is_siret or not self._optoamc_is_shop_with(vals):
            numbers.pop("company_registry", None)  # Odoo's own field: a shop abroad types another number there
        return {**vals, **numbers}

    def _optoamc_is_shop_with(self, vals):
        """Whether the companies have a FINESS number, once these values are written."""
        return bool(vals.get("finess")) or (bool(self) and all(self.sudo().mapped("finess")))

    @api.constrains("finess")
    def _check_finess(self):
        for company in self:
            if company.finess and finess_problem(company.finess) == "format":
                raise ValidationError(
                    self.env._("A FINESS number has 9 characters, such as 750000018: see %s.", company.name)
                )

    @api.model
    def _optoamc_finess_warning(self, number):
        """What is to be checked of a FINESS number, in words, or ``False``."""
        # The key's rule is recalled, not published: see lib/identifiers/finess.py.
        is_wrong = bool(number) and finess_problem(compact(number)) == "key"
        return is_wrong and self.env._("Check the FINESS number: its key is not right.")

    @api.model
    def _optoamc_siret_warning(self, number):
        """What is to be checked of a SIRET, in words, or ``False``; of a shop abroad Odoo's field holds another."""
        problem = siret_problem(compact(number)) if number else None
        if problem == "key":
            return self.env._("Check the SIRET number: its key is not right.")
        return problem == "format" and self.env._("Check the SIRET number: it has 14 digits.")

    def _optoamc_number_warnings(self):
        """What is to be checked of the numbers that every paper and message bears: ``{field: words}``."""
        self.ensure_one()
        own = self.sudo()
        found = {
            "finess": self._optoamc_finess_warning(own.finess),
            "company_registry": self._optoamc_siret_warning(own.company_registry),
        }
        return {name: words for name, words in found.items() if words}

    def _optoamc_wrong_numbers(self):
        """Those of :meth:`_optoamc_number_warnings` that are wrong for sure.

        The rule of a SIRET's key is published; that of a FINESS number is recalled: it warns, and stops nobody.
        """
        return {name: words for name, words in self._optoamc_number_warnings().items() if name != "finess"}
