from odoo import api, models

from ...lib.identifiers.person_name import agrees, guess_name, join_name, split_name


class ResPartner(models.Model):
    """A person's name and its two parts say the same, whichever is typed."""

    _inherit = "res.partner"

    def _optoamc_name_values(self, vals):
        """What to add to ``vals`` so that the name and its two parts say the same.

        What is typed always stands. A name typed alone gives its parts where it tells
        them apart (:func:`~.person_name.split_name`) and empties parts that it contradicts;
        parts typed alone give the name.
        """
        default = self.is_company if self else self.env.context.get("default_is_company")
        is_company = vals.get("company_type") == "company" or vals.get("is_company", default)
        if is_company or self._optoamc_name_is_kept_elsewhere():
            return {}
        name = vals.get("name")
        last, first = (vals.get(part, self[part]) for part in ("lastname", "firstname"))
        if vals.get("lastname") or vals.get("firstname") or not name:
            return {} if name or not (last or first) else {"name": self._optoamc_joined_name(last, first)}
        if (last or first) and agrees(name, last, first):
            return {}
        last, first = split_name(name, self.firstname) or (False, False)
        return {"lastname": last or False, "firstname": first or False}

    def _optoamc_joined_name(self, last, first):
        return join_name(last, first, like=self.name)

    @api.model
    def _optoamc_name_is_kept_elsewhere(self):
        """OCA's partner_firstname computes the name from its parts: then it keeps them in step."""
        return bool(self._fields["name"].compute)

    def _optoamc_initials(self):
        """The person without the name, where those read who are not to learn who it is: ``C. M.``.

        :return: the initials of the first and the last name, or those of the name as it stands
        """
        self.ensure_one()
        parts = [self.firstname, self.lastname]
        if not all(parts):
            parts = (self.name or "").split()
        return " ".join(f"{part.strip()[0].upper()}." for part in parts if part.strip())

    @api.onchange("name")
    def _onchange_name(self):
        """Propose the two parts, for whoever types to check."""
        if self.is_company or not self.name or self._optoamc_name_is_kept_elsewhere():
            return
        if not (self.lastname or self.firstname) or not agrees(self.name, self.lastname, self.firstname):
            self.lastname, self.firstname = split_name(self.name, self.firstname) or guess_name(self.name)

    @api.onchange("lastname", "firstname")
    def _onchange_name_parts(self):
        if self.is_company or self._optoamc_name_is_kept_elsewhere():
            return
        if self.lastname or self.firstname:
            name = self._optoamc_joined_name(self.lastname, self.firstname)
            if name.split() != (self.name or "").split():  # a name typed with its own spaces stays, as in Odoo
                self.name = name

    # -- buttons ------------------------------------------------------------------------------

    def action_optoamc_split_name(self):
        """Fill in last and first name from the name, for a person to check."""
        for partner in self.filtered(lambda partner: not partner.is_company):
            lastname, firstname = guess_name(partner.name)
            partner.write({"lastname": lastname, "firstname": firstname})

    def action_optoamc_swap_names(self):
        """Last and first name had been taken for each other."""
        for partner in self:
            partner.write({"lastname": partner.firstname, "firstname": partner.lastname})
