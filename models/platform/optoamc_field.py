from odoo import api, fields, models, tools


class OptoamcField(models.Model):
    """Data that a choice governs, and whether the shop lets them leave.

    An optional field of the norm is off by default: only what the norm needs leaves the shop. Some insurers
    refuse without a field; a rule then switches it on for them alone. What is of a profile leaves with it
    (:mod:`.optoamc_profile`), unless a rule keeps it from an insurer.
    """

    _name = "optoamc.field"
    _description = "Optional field of the norm"
    _inherit = ["optoamc.ormcache.mixin", "optoamc.guarded", "optoamc.shared.data"]
    _order = "sequence, id"

    sequence = fields.Integer()
    name = fields.Char("Field", required=True, translate=True)
    option = fields.Char("Key", required=True, readonly=True, help="The switch's name in the table of fields.")
    is_sent = fields.Boolean("Sent to all insurers", company_dependent=True)
    by_profile = fields.Boolean(
        readonly=True, help="It leaves with a profile of transmission that holds it, and with no other."
    )
    rule_ids = fields.One2many("optoamc.field.rule", "field_id", "Exceptions by insurer")
    required_count = fields.Integer("Insurers that require it", compute="_compute_rule_counts")
    withheld_count = fields.Integer("Insurers it is kept from", compute="_compute_rule_counts")

    _option_uniq = models.Constraint("UNIQUE(option)", "This option exists already.")

    @api.depends("rule_ids.is_sent")
    @api.depends_context("company")
    def _compute_rule_counts(self):
        counts = {
            (field, is_sent): count
            for field, is_sent, count in self.env["optoamc.field.rule"]._read_group(
                [("field_id", "in", self.ids), ("company_id", "in", (False, self.env.company.id))],
                ["field_id", "is_sent"],
                ["insurer_id:count_distinct"],
            )
        }
        for field in self:
            field.required_count = counts.get((field._origin, True), 0)
            field.withheld_count = counts.get((field._origin, False), 0)

    @api.model
    def _options(self):
        """The keys that have a switch, whatever it says."""
        return set(self.sudo().search([]).mapped("option"))

    @api.model
    def _sent_options(self, insurer, company, case=None):
        """The options that let data leave for an insurer, as the codec takes them.

        :param case: of the dossier, a :class:`...lib.transmission.profiles.Case`; a question about rights has none,
            and follows the switches alone
        :return: set of option keys
        """
        switched, withheld = self._switches(insurer, company)
        if case is None:
            return switched
        return self.env["optoamc.profile"]._of_case(insurer, company, case).options(switched, withheld)

    @api.model
    @tools.ormcache("insurer.id", "company.id")
    def _switches(self, insurer, company):
        """What a shop has decided for an insurer: every request asks.

        :return: the option keys that are switched on, and those that a rule keeps from the insurer
        """
        switches = self.sudo().with_company(company).search([])
        found = (
            self.env["optoamc.field.rule"]
            .sudo()
            .search([("insurer_id", "=", insurer.id), ("company_id", "in", (False, company.id))])
        )
        # A shop's own rule is read after that of every shop, and stands.
        rules = {rule.field_id: rule.is_sent for rule in found.sorted(lambda rule: rule.company_id.id)}
        on = frozenset(switch.option for switch in switches if rules.get(switch, switch.is_sent))
        return on, frozenset(field.option for field, is_sent in rules.items() if not is_sent)


class OptoamcFieldRule(models.Model):
    """An insurer's exception to the shop's choice for an optional field."""

    _name = "optoamc.field.rule"
    _description = "Optional field sent to an insurer"
    _inherit = ["optoamc.ormcache.mixin", "optoamc.shop.owned", "optoamc.shared.data"]
    _order = "insurer_id, company_id desc, id"

    field_id = fields.Many2one("optoamc.field", required=True, ondelete="cascade", index=True)
    insurer_id = fields.Many2one(
        "res.partner",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('is_amc', '=', True)]",
    )
    company_id = fields.Many2one(
        "res.company", default=lambda self: self._optoamc_own_company(), help="Empty: for every shop."
    )
    is_sent = fields.Boolean("Sent", default=True)

    _rule_uniq = models.UniqueIndex(
        "(field_id, insurer_id, COALESCE(company_id, 0))",
        "This insurer already has a rule for this field.",
    )

    def _optoamc_shared(self):
        return super()._optoamc_shared().filtered(lambda rule: not rule.insurer_id.company_id)
