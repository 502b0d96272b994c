from dataclasses import replace

from odoo import api, fields, models


class OptoamcField(models.Model):
    """What keeps an optional field in the shop, in words for who reads them: the shop's switch, or the profile."""

    _inherit = "optoamc.field"

    never_with = fields.Char(
        "Never leaves with",
        compute="_compute_never_with",
        help="The profiles of transmission that hold it back, whatever is switched on.",
    )

    @api.depends_context("lang")
    def _compute_never_with(self):
        profiles = self.env["optoamc.profile"].search([])
        for field in self:
            holding = profiles.filtered(lambda profile, own=field: not profile._lets(own))
            field.never_with = ", ".join(holding.mapped("name")) or False

    def _advice_about(self, insurer, company, case):
        """How the field comes to leave for an insurer that refuses without it.

        :param case: of the dossier, a :class:`...lib.transmission.profiles.Case`
        :return: whether it can, once it is typed and allowed, with the profile in force; and words, empty where
            nothing keeps it back
        """
        self.ensure_one()
        if self.option in self._sent_options(insurer, company, case):
            return True, ""
        profiles = self.env["optoamc.profile"].sudo().with_context(lang=self.env.lang)
        key = profiles._of_case(insurer, company, case).key
        profile = profiles.search([("code", "=", key)], limit=1)
        if profile and profile._lets(self):
            words = self.env._(
                "Let “%(field)s” leave for %(insurer)s (Configuration > Optional fields).",
                field=self.name,
                insurer=insurer.name,
            )
            return True, f"{words} {self._asks_a_manager()}".strip()
        return False, self._advice_held_back(profile.name or key, profiles, case)

    def _advice_held_back(self, name, profiles, case):
        """What is left to do about a field that the profile in force never sends."""
        words = self.env._(
            "The profile “%(profile)s”, which the dossier follows, never sends “%(field)s”, whatever is switched on.",
            profile=name,
            field=self.name,
        )
        others = profiles.search([]).filtered(lambda profile: profile._lets(self))
        serving = others.filtered(lambda profile: profile._plain().serves(replace(case, is_responsible=False)))
        if serving and case.is_responsible:
            words += " " + self.env._(
                "If the contract is not a responsible one, say so on the contract; the profile “%s” may then serve "
                "(Configuration > Transmission profiles).",
                serving[0].name,
            )
        elif serving:
            words += " " + self.env._(
                "Let the profile “%s” serve this insurer (Configuration > Transmission profiles).", serving[0].name
            )
        if serving:
            words += f" {self._asks_a_manager()}".rstrip()
        return words + " " + self.env._("Otherwise ask by mail or on its portal, with what the law lets leave.")

    def _asks_a_manager(self):
        """What is added to an advice for who has not got the screens that it speaks of."""
        is_manager = self.env.user.has_group("l10n_fr_optoamc.group_manager")
        return "" if is_manager else self.env._("For this, ask a manager.")


class OptoamcProfile(models.Model):
    _inherit = "optoamc.profile"

    def _lets(self, field):
        """Whether a field may leave with the profile, by itself or once it is switched on."""
        return field in self.included_ids or field in self.allowed_ids
