from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...lib.transmission.profiles import Profile, Rule, choose


class OptoamcProfile(models.Model):
    """A profile of transmission: what leaves for an insurer, on which ground, and which cases it may serve.

    Shipped and read-only: what the law lets leave is no shop's choice. Which profile serves for whom, and from when
    to when, :class:`OptoamcProfileRule` says.
    """

    _name = "optoamc.profile"
    _description = "Transmission profile"
    _inherit = ["optoamc.ormcache.mixin", "optoamc.guarded"]
    _order = "sequence, id"

    sequence = fields.Integer(readonly=True)
    code = fields.Char(required=True, readonly=True)
    name = fields.Char("Profile", required=True, translate=True, readonly=True)
    ground = fields.Text("Legal ground", translate=True, readonly=True)
    included_ids = fields.Many2many(
        "optoamc.field", "optoamc_profile_included_rel", string="Leave with it", readonly=True
    )
    allowed_ids = fields.Many2many(
        "optoamc.field", "optoamc_profile_allowed_rel", string="May be switched on", readonly=True
    )
    limited_from = fields.Date(
        "Limited from", readonly=True, help="Of dossiers from this day on, it serves only the cases that follow."
    )
    serves_responsible = fields.Boolean("Responsible contracts", readonly=True)
    serves_class_a = fields.Boolean("Class A", readonly=True)
    rule_ids = fields.One2many("optoamc.profile.rule", "profile_id", "Used for")

    _code_uniq = models.UniqueIndex("(code)", "This profile exists already.")

    def _plain(self):
        """The profile as a plain value: :class:`...lib.transmission.profiles.Profile`."""
        self.ensure_one()
        return Profile(
            self.code,
            frozenset(self.included_ids.mapped("option")),
            frozenset(self.allowed_ids.mapped("option")),
            self.limited_from or None,
            self.serves_responsible,
            self.serves_class_a,
        )

    @api.model
    def _of_case(self, insurer, company, case):
        """The profile of a dossier.

        :param case: :class:`...lib.transmission.profiles.Case`
        :return: :class:`...lib.transmission.profiles.Profile`
        """
        platform = insurer.sudo().optoamc_platform_id
        return choose(self._plain_rules(), case, platform.id or 0, insurer.id or 0, company.id)

    @api.model
    @tools.ormcache()
    def _plain_rules(self):
        """All rules, as plain values: every request asks."""
        rules = self.env["optoamc.profile.rule"].sudo().search([])
        plain = {profile: profile._plain() for profile in rules.profile_id}
        return tuple(
            Rule(
                plain[rule.profile_id],
                rule.date_from or None,
                rule.date_to or None,
                rule.platform_id.id or 0,
                rule.insurer_id.id or 0,
                rule.company_id.id or 0,
            )
            for rule in rules
        )


class OptoamcProfileRule(models.Model):
    """From when to when a profile serves, and for whom: an insurer, those of a platform, or all.

    The closest rule whose profile may serve the dossier's case holds: another one, or none, never lets more leave
    than the profile may.
    """

    _name = "optoamc.profile.rule"
    _description = "Use of a transmission profile"
    _inherit = ["optoamc.ormcache.mixin", "optoamc.seed.data.mixin", "optoamc.shop.owned", "optoamc.shared.data"]
    _order = "insurer_id, platform_id, date_from desc, id"

    profile_id = fields.Many2one("optoamc.profile", required=True, ondelete="cascade", index=True)
    date_from = fields.Date("From", help="First day of the dossiers. Empty: no first day.")
    date_to = fields.Date("To", help="Last day of the dossiers. Empty: until further notice.")
    platform_id = fields.Many2one(
        "optoamc.platform", ondelete="cascade", index="btree_not_null", help="Empty: every platform, and mail."
    )
    insurer_id = fields.Many2one(
        "res.partner",
        ondelete="cascade",
        index="btree_not_null",
        domain="[('is_amc', '=', True)]",
        help="Empty: every insurer.",
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self._optoamc_own_company(),
        index="btree_not_null",
        help="Empty: for every shop.",
    )

    @api.depends("profile_id", "insurer_id", "platform_id")
    def _compute_display_name(self):
        for rule in self:
            whom = rule.insurer_id.name or rule.platform_id.name
            rule.display_name = " – ".join(filter(None, (rule.profile_id.name, whom)))

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for rule in self:
            if rule.date_from and rule.date_to and rule.date_to < rule.date_from:
                raise ValidationError(
                    self.env._("%s: the last day cannot be before the first one.", rule.profile_id.name)
                )

    def _optoamc_shared(self):
        return super()._optoamc_shared().filtered(lambda rule: not rule.insurer_id.company_id)


class ResPartner(models.Model):
    _inherit = "res.partner"

    optoamc_profile_rule_ids = fields.One2many(
        "optoamc.profile.rule",
        "insurer_id",
        "Transmission profiles",
        groups="l10n_fr_optoamc.group_optician,l10n_fr_optoamc.group_manager",
    )

    def action_optoamc_transmission(self):
        """What leaves for the insurer, as the shop has configured it."""
        self.ensure_one()
        return self.env["optoamc.transmission"]._get_records_action(
            name=self.env._("What leaves for %s", self.display_name),
            target="new",
            context={"dialog_size": "extra-large", "default_insurer_id": self.id},
        )
