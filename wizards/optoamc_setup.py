from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..models.platform.optoamc_platform import MODES
from ..models.request.optoamc_platform_checklist import STEPS

#: After how many months the CNAM's table is to be imported again.
LPP_MONTHS = 3


class OptoamcSetup(models.TransientModel):
    """*First steps*: one screen on which a manager sets a company up, and which ticks itself.

    A manager has no rights on companies: the few fields below are written on the user's present
    company, and on no other, as superuser. Nothing is stored here; a step is done when what it
    asks for is there, wherever it was typed.
    """

    _name = "optoamc.setup"
    _description = "First steps"
    _inherit = ["optoamc.own.screen"]

    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    # Shop.
    company_name = fields.Char(
        related="company_id.name", related_sudo=False, readonly=False, string="Name of the shop"
    )
    finess = fields.Char(related="company_id.finess", related_sudo=False, readonly=False)
    finess_warning = fields.Char(compute="_compute_number_warnings")
    siret_warning = fields.Char(compute="_compute_number_warnings")
    company_registry = fields.Char("SIRET", related="company_id.company_registry", related_sudo=False, readonly=False)
    vat = fields.Char("VAT number", related="company_id.vat", related_sudo=False, readonly=False)
    street = fields.Char(related="company_id.street", related_sudo=False, readonly=False)
    zip = fields.Char(related="company_id.zip", related_sudo=False, readonly=False)
    city = fields.Char(related="company_id.city", related_sudo=False, readonly=False)
    phone = fields.Char(related="company_id.phone", related_sudo=False, readonly=False)
    email = fields.Char(related="company_id.email", related_sudo=False, readonly=False)
    company_partner_id = fields.Many2one(related="company_id.partner_id", related_sudo=False)
    contact_id = fields.Many2one(related="company_id.optoamc_contact_id", related_sudo=False, readonly=False)
    # Platform.
    platform_id = fields.Many2one("optoamc.platform", compute="_compute_platform_id", store=True, readonly=False)
    platform_mode = fields.Selection(
        MODES, "Mode", compute="_compute_platform_mode", inverse="_inverse_platform_mode", readonly=False
    )
    platform_diagnosis = fields.Text(related="platform_id.diagnosis", related_sudo=False)
    # The rest is shown.
    journal_name = fields.Char("Journal", compute="_compute_books")
    account_name = fields.Char("Account", compute="_compute_books")
    text_name = fields.Char("Version in use", compute="_compute_text_name")
    insurer_count = fields.Integer("Insurers with OptoAMC", compute="_compute_insurer_count")
    lpp_release = fields.Char("LPP table in use", compute="_compute_lpp_release")
    is_lpp_old = fields.Boolean(compute="_compute_lpp_release")
    done_count = fields.Integer(compute="_compute_steps")
    step_count = fields.Integer(compute="_compute_steps")
    shop_done = fields.Boolean(compute="_compute_steps")
    vat_done = fields.Boolean(compute="_compute_steps")
    contact_done = fields.Boolean(compute="_compute_steps")
    platform_done = fields.Boolean(compute="_compute_steps")
    credentials_done = fields.Boolean(compute="_compute_steps")
    books_done = fields.Boolean(compute="_compute_steps")
    text_done = fields.Boolean(compute="_compute_steps")
    insurers_done = fields.Boolean(compute="_compute_steps")
    lpp_done = fields.Boolean(compute="_compute_steps")
    trial_done = fields.Boolean(compute="_compute_steps")

    @api.depends_context("lang", "optoamc_settings")
    def _compute_display_name(self):
        is_settings = self.env.context.get("optoamc_settings")
        self.display_name = self.env._("Settings") if is_settings else self.env._("First steps")

    # -- what is shown ------------------------------------------------------------------------

    @api.depends("finess", "company_registry")
    @api.depends_context("lang")
    def _compute_number_warnings(self):
        """As typed: who mistypes a number sees it at once."""
        for setup in self:
            setup.finess_warning = setup.company_id._optoamc_finess_warning(setup.finess)
            setup.siret_warning = setup.company_id._optoamc_siret_warning(setup.company_registry)

    @api.depends("company_id")
    def _compute_platform_id(self):
        """The platform that the company uses; without one, the only one there is."""
        platforms = self.env["optoamc.platform"].search([])
        for setup in self:
            used = platforms.with_company(setup.company_id).filtered(lambda p: p.mode not in (False, "disabled"))
            setup.platform_id = used[:1] or (platforms if len(platforms) == 1 else False)

    @api.depends("platform_id")
    def _compute_platform_mode(self):
        for setup in self:
            setup.platform_mode = setup.platform_id.with_company(setup.company_id).mode or "disabled"

    def _inverse_platform_mode(self):
        for setup in self.filtered("platform_id"):
            setup.platform_id.with_company(setup.company_id).mode = setup.platform_mode

    @api.depends("company_id")
    def _compute_books(self):
        for setup in self:
            company = setup.company_id.sudo()
            setup.journal_name = company.optoamc_journal_id.display_name
            setup.account_name = company.optoamc_receivable_account_id.display_name

    @api.depends("company_id")
    def _compute_text_name(self):
        try:
            self.text_name = self.env["optoamc.consent.text"]._current().name
        except UserError:
            self.text_name = False

    @api.depends("company_id")
    def _compute_insurer_count(self):
        self.insurer_count = self.env["res.partner"].search_count([("is_amc", "=", True), ("uses_optoamc", "=", True)])

    @api.depends("company_id")
    def _compute_lpp_release(self):
        """Which release of the CNAM's table was imported, and when: tariffs and codes change several times a year."""
        last, today = self.env["optoamc.import"]._last_lpp(), fields.Date.context_today(self)
        imported = last and fields.Datetime.context_timestamp(self, last.create_date).date()
        for setup in self:
            setup.lpp_release = bool(last) and self.env._(
                "Release %(release)s, imported on %(date)s",
                release=last.lpp_release or "?",
                date=format_date(self.env, imported),
            )
            setup.is_lpp_old = bool(last) and imported + relativedelta(months=LPP_MONTHS) < today

    @api.depends(
        "company_name",
        "finess",
        "company_registry",
        "street",
        "zip",
        "city",
        "vat",
        "contact_id",
        "platform_id",
        "platform_mode",
        "text_name",
    )
    def _compute_steps(self):
        for setup in self:
            done = setup._done()
            for step in STEPS:
                setup[f"{step}_done"] = done[step]
            setup.done_count, setup.step_count = sum(done.values()), len(STEPS)

    def _done(self):
        """Whether each step is done, what is typed on the screen and not stored yet included: ``{step: bool}``."""
        typed = self.finess, self.company_registry, self.street, self.zip, self.city
        done = self.platform_id._checklist(self.company_id)
        return done | {
            "shop": all(typed)
            and self.company_id._optoamc_is_named()
            and not (self.finess_warning or self.siret_warning),
            "vat": bool(self.vat),
            "contact": bool(self.contact_id),
            "credentials": self.platform_mode == "demo" or done["credentials"],
        }

    # -- writing as a manager -----------------------------------------------------------------

    def _check_manager(self):
        """The company that a manager sets up.

        :raises AccessError: somebody else, or another company than the present one
        """
        if not self.env.user.has_group("l10n_fr_optoamc.group_manager"):
            raise AccessError(self.env._("Only a third-party payment manager sets a shop up."))
        company = self.env.company  # is one of the user's: Odoo has checked it
        if self.company_id - company:
            raise AccessError(self.env._("Switch to the company that you set up first."))
        return company

    @api.model_create_multi
    def create(self, vals_list):
        company = self._check_manager()
        for name in {name for vals in vals_list for name in vals}:
            self._check_field_access(self._fields[name], "write")
        vals_list = [{**vals, "company_id": company.id} for vals in vals_list]
        setups = super(OptoamcSetup, self.sudo()).create(vals_list).with_env(self.env)
        setups._check_references(self._fields)
        return setups

    def write(self, vals):
        self._check_manager()
        self.check_access("write")
        for name in vals:
            # As superuser below, a field's own groups would not be asked.
            self._check_field_access(self._fields[name], "write")
        if "company_id" in vals:
            raise AccessError(self.env._("Switch to the company that you set up first."))
        result = super(OptoamcSetup, self.sudo()).write(vals)
        self._check_references(vals)
        return result

    # -- buttons ------------------------------------------------------------------------------

    @api.model
    def action_open(self):
        """The screen, on the user's company."""
        return self.create({})._get_records_action(name=self.env._("First steps"))

    def _platform(self):
        self._check_manager()
        if not self.platform_id:
            raise UserError(self.env._("Choose a platform first, or type the name of a new one."))
        return self.platform_id

    def action_open_platform(self):
        return self._platform().get_formview_action()

    def action_open_access(self):
        return self._platform().action_open_access()

    def action_test_connection(self):
        self._platform().action_test_connection()

    def action_download_directory(self):
        return self._platform().action_download_directory()

    def action_import_lpp(self):
        """Where the manager reads the CNAM's table in."""
        self._check_manager()
        return self.env["ir.actions.act_window"]._for_xml_id("l10n_fr_optoamc.action_optoamc_import_lpp") | {
            "views": [(False, "form")],
        }

    def action_set_up_books(self):
        """The French chart of accounts where there is none yet, with the journal and the account."""
        company = self._check_manager().sudo()
        if not company.chart_template:
            company._optoamc_load_french_chart()
        self.env["account.chart.template"].sudo()._optoamc_load(company)
        if not company.optoamc_journal_id:
            raise UserError(
                self.env._(
                    "%s has a chart of accounts that is not French: do the step “France and euro” first.",
                    company.name,
                )
            )

    def action_read_text(self):
        """The authorisation form's wording in use."""
        company = self._check_manager()
        return self.env["optoamc.consent.text"].with_company(company)._current().get_formview_action()

    def action_approve_text(self):
        """The manager has read the wording in use, and takes it for the shop."""
        company = self._check_manager().sudo()
        company.optoamc_consent_text_id = self.env["optoamc.consent.text"].with_company(company)._current()
