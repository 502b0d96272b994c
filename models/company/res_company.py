from odoo import api, fields, models, tools
from odoo.addons.base.models.ir_actions_report import _wkhtml
from odoo.exceptions import RedirectWarning, UserError, ValidationError

from ..mixin.one_line import check_one_line

#: When the VAT on payments of a payer's part is due.
VAT_DAYS = [("transfer", "When the part is moved to the payer"), ("payment", "When the payer pays")]
#: What Odoo calls a company that nobody has named.
UNNAMED = ("My Company",)


class ResCompany(models.Model):
    """The shop: how it identifies itself to the insurers, and how it books their part."""

    _inherit = "res.company"

    finess = fields.Char("FINESS no.", help="The shop's number in the national register: 9 characters.")
    optoamc_contact_id = fields.Many2one("res.partner", "Responsible optician", help="The person insurers may call.")

    optoamc_privacy_contact = fields.Char(
        "Contact for patients' rights",
        help="Where patients write about their data: on the authorisation form. Empty: the company's e-mail.",
    )

    optoamc_consent_text_id = fields.Many2one(
        "optoamc.consent.text", "Approved authorisation form", help="The wording that the manager has read and taken."
    )
    optoamc_scan_days = fields.Integer(
        "Days to scan a signed authorisation",
        default=7,
        required=True,
        help="After this time an authorisation signed on paper is no longer valid until its scan is attached. 0: "
        "the scan is needed at once.",
    )
    _optoamc_scan_days_positive = models.Constraint(
        "CHECK (optoamc_scan_days >= 0)", "The days to scan a signed authorisation are a number from 0 on."
    )

    amo_third_party = fields.Boolean(
        "AMO third-party payment",
        help="The shop is paid by the AMO in the patient's place, for what the LPP covers.",
    )
    amo_partner_id = fields.Many2one(
        "res.partner",
        "Default AMO fund",
        domain="[('is_amo', '=', True)]",
        ondelete="restrict",
        check_company=True,
        help="Who owes the AMO's part of a patient whose fund is not known. Empty: the patient owes it.",
    )
    optoamc_journal_id = fields.Many2one(
        "account.journal",
        "Third-party journal",
        domain="[('type', '=', 'general')]",
        check_company=True,
        help="Journal of the entries that move the payers' parts off the patients.",
    )
    optoamc_vat_day = fields.Selection(
        VAT_DAYS,
        "VAT on payments of payers' parts",
        default="transfer",
        required=True,
        help="For taxes that are due on payment: the day that counts for the part of a payer. It holds for the parts "
        "that are moved from then on.",
    )
    optoamc_receivable_account_id = fields.Many2one(
        "account.account",
        "Third-party payers' account",
        domain="[('account_type', '=', 'asset_receivable')]",
        check_company=True,
        help="Receivable account of the payers that have none of their own.",
    )

    # -- shops of one database ----------------------------------------------------------------

    @api.model
    def _optoamc_shops(self):
        """The companies that work with optics, whoever asks."""
        return self.sudo().browse(self._optoamc_shop_ids())

    @api.model
    @tools.ormcache()
    def _optoamc_shop_ids(self):
        """Kept until it changes: each view of each company asks whether it is one of a shop."""
        return self._optoamc_find_shops()._ids

    @api.model
    def _optoamc_find_shops(self):
        """They have a FINESS number; whatever else makes a shop empties the cache when it changes."""
        return self.sudo().search([("finess", "!=", False)])

    def cache_invalidation_fields(self):
        return super().cache_invalidation_fields() | {"finess"}

    def _optoamc_is_shop(self):
        """Whether the company is one of :meth:`_optoamc_shops`: elsewhere an optical article is an article as any."""
        self.ensure_one()
        return bool(self.sudo().finess) or self in self._optoamc_shops()

    def _optoamc_is_beside_shops(self):
        """Whether none of the companies is a shop and others are: where there is none yet, each may be the first."""
        if any(self.sudo().mapped("finess")):
            return False
        shops = self._optoamc_shops()
        return bool(shops) and not self & shops

    def _optoamc_strangers(self, user):
        """Those of the companies in which a user does not work; none for the system administrator."""
        return self.browse() if user.has_group("base.group_system") else self - user.sudo().company_ids

    # -- the shop's papers --------------------------------------------------------------------

    def _optoamc_prints_unpatched(self, report_type, is_ours=False):
        """Whether wkhtmltopdf prints a paper of this shop without its patched Qt: no header, no text in web fonts.

        :param report_type: of the rendering, ``pdf`` or ``html``
        :param is_ours: whether it is a paper of this module: of a company that is not yet a shop, too
        """
        return report_type == "pdf" and bool(is_ours or self._optoamc_is_shop()) and not _wkhtml().is_patched_qt

    # -- the shop's day -----------------------------------------------------------------------

    def _optoamc_zone(self):
        """The shop's time zone: overseas, its day is not that of Paris or of the server."""
        return self.sudo().partner_id.tz or "Europe/Paris"

    def _optoamc_today(self):
        """The day that it is at the shop, whoever asks and wherever the server is.

        :return: what the whole module takes for today
        :rtype: datetime.date
        """
        return fields.Date.context_today(self.with_context(tz=self._optoamc_zone()))

    def _optoamc_is_named(self):
        """Whether the shop has a name of its own: Odoo calls a new company by one, which every paper would bear."""
        return bool(self.name) and self.name.strip() not in UNNAMED

    @api.constrains("optoamc_privacy_contact")
    def _check_optoamc_privacy_contact(self):
        check_one_line(self, ["optoamc_privacy_contact"])

    @api.constrains("optoamc_journal_id")
    def _check_optoamc_journal_id(self):
        for company in self:
            if company.optoamc_journal_id.type not in (False, "general"):
                raise ValidationError(
                    self.env._(
                        "The third-party journal must be a general (miscellaneous) one: in “%s” the "
                        "transfers would take numbers of other documents.",
                        company.optoamc_journal_id.display_name,
                    )
                )

    def _optoamc_journal(self):
        """The company's third-party journal, or its parent's.

        :raises RedirectWarning: none is chosen
        """
        return self._optoamc_setting("optoamc_journal_id")

    def _optoamc_receivable_account(self):
        """The account of the payers that have none of their own, the company's or its parent's.

        :raises RedirectWarning: none is chosen
        """
        return self._optoamc_setting("optoamc_receivable_account_id")

    def _optoamc_setting(self, name):
        self.ensure_one()
        if chosen := self._optoamc_chosen(name):
            return chosen
        # Who needs them for the first time gets those of the French chart; what was emptied by hand stays empty.
        chart = self.env["account.chart.template"].sudo().with_company(self)
        if not chart.ref("optoamc_journal", raise_if_not_found=False):
            self._optoamc_load_books()
            if chosen := self._optoamc_chosen(name):
                return chosen
        raise RedirectWarning(
            self.env._(
                "%(company)s has no “%(setting)s” yet: choose it in the settings of third-party payment.",
                company=self.display_name,
                setting=self._fields[name]._description_string(self.env),
            ),
            self.env.ref(self._optoamc_settings_action()).id,
            self.env._("Settings"),
        )

    def _optoamc_chosen(self, name):
        # parent_ids holds the company itself, from the root down.
        return next((company[name] for company in reversed(self.sudo().parent_ids) if company[name]), None)

    def _optoamc_settings_action(self):
        """Where the user sets the shop up: Odoo's own settings are for its administrator alone."""
        is_ours = self.env.user.has_group("l10n_fr_optoamc.group_manager")
        return "l10n_fr_optoamc.action_optoamc_settings" if is_ours else "account.action_account_config"

    @api.model
    def _optoamc_check_demonstration(self):
        """:raises UserError: the demonstration was played before the module was removed, and stands in the books"""
        if self.env.ref("l10n_fr_optoamc.company_shop", raise_if_not_found=False):
            raise UserError(
                self.env._("The demonstration shop of an earlier installation is kept: no second is made.")
            )

    # -- books only where optics is practised ------------------------------------------------

    def _optoamc_keeps_books(self):
        """Whether the company, or a branch that books in its chart, works with optics."""
        self.ensure_one()
        return bool(self.sudo().search([("id", "child_of", self.ids)]) & self._optoamc_shops())

    @api.model
    def _optoamc_setup_books(self):
        """Give the shops that have a French chart the account and the journal (at installation)."""
        self._optoamc_shops()._optoamc_load_books()

    def _optoamc_open_shop(self):
        """Give companies what they need as soon as they work with optics."""
        self._optoamc_load_books()
        self._optoamc_choose_layout()

    def _optoamc_load_books(self):
        charted = self.sudo().filtered(lambda company: company.root_id.chart_template)
        self.env["account.chart.template"]._optoamc_load(charted)

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.filtered("finess")._optoamc_open_shop()
        return companies

    def write(self, vals):
        new = self.filtered(lambda company: not company.finess) if vals.get("finess") else self.browse()
        result = super().write(vals)
        new._optoamc_open_shop()
        return result
