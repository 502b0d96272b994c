from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ...lib import identifiers
from ..mixin.access_first import check_first
from ..mixin.one_line import check_one_line

#: Who reads health data; everybody else does not even see that the field exists.
HEALTH_GROUPS = "l10n_fr_optoamc.group_optician,l10n_fr_optoamc.group_privacy_officer"

#: Numbers stored without separators, so that they are found however they are typed.
_COMPACT_FIELDS = (
    "nir",
    "rpps",
    "adeli",
    "amc_number",
    "amc_platform_number",
    *identifiers.AMO_CODE_WIDTHS,
)

#: What decides where a request goes, and is therefore the manager's to change.
_DIRECTORY_FIELDS = (
    "is_amc",
    "amc_number",
    "amc_platform_number",
    "optoamc_platform_id",
    "third_party_payment",
    "is_mutualist_top",
    "pec_validity_days",
    "invoicing_delay_days",
    "payment_delay_days",
)

#: What decides whether an insurer's number is another's.
_NUMBER_FIELDS = ("is_amc", "active", "amc_number", "company_id")


class ResPartner(models.Model):
    """Insurers (AMC), funds (AMO, *caisses*) and prescribers, and anybody's name in two parts."""

    _inherit = "res.partner"

    # Insurer (AMC). No health data: every internal user reads it.
    is_amc = fields.Boolean("Insurer (AMC)", help="Organisme complémentaire: mutuelle, assureur…")
    amc_number = fields.Char("AMC no.", copy=False, index="trigram", help="8 to 10 digits.")
    amc_platform_number = fields.Char(
        "Platform no.", copy=False, help="Plateau: the insurer's number at its platform, 8 to 10 digits."
    )
    optoamc_platform_id = fields.Many2one(
        "optoamc.platform",
        "OptoAMC platform",
        ondelete="restrict",
        index="btree_not_null",
        help="Who carries the requests to this insurer. Empty: it does not take OptoAMC.",
    )
    uses_optoamc = fields.Boolean(
        "OptoAMC", compute="_compute_uses_optoamc", store=True, help="The insurer takes OptoAMC."
    )
    third_party_payment = fields.Selection(
        [("yes", "Yes"), ("no", "No"), ("outsourced", "Outsourced")],
        "Third-party payment",
        help="Whether the insurer pays the shop in the patient's place, itself or through others.",
    )
    is_mutualist_top = fields.Boolean("TOP mutualiste")
    scheme_ids = fields.One2many(
        "optoamc.scheme",
        "insurer_id",
        "Schemes",
        groups=f"{HEALTH_GROUPS},l10n_fr_optoamc.group_manager",
    )
    pec_validity_days = fields.Integer(
        "PEC validity (days)",
        help="How long an agreement holds when the answer does not say. Zero: not known.",
    )
    invoicing_delay_days = fields.Integer(
        "Invoicing delay (days)",
        help="How long after delivery an invoice may still be sent. Zero: not known.",
    )
    payment_delay_days = fields.Integer(
        "Usual payment delay (days)", help="How long the insurer takes to pay. 0: at once, or not known."
    )
    coverage_phone = fields.Char("Phone for requests")
    coverage_email = fields.Char("E-mail for requests")
    insured_contract_count = fields.Integer(compute="_compute_insured_contract_count", groups=HEALTH_GROUPS)
    can_edit_insurer = fields.Boolean(compute="_compute_can_edit_insurer")

    # Fund (AMO, caisse).
    is_amo = fields.Boolean("Fund (AMO)", help="Caisse de l'assurance maladie obligatoire.")
    amo_regime = fields.Char("Regime", copy=False, help="2 digits, 01 for the general one.")
    amo_fund = fields.Char("Fund code", copy=False, help="Caisse: 3 digits.")
    amo_centre = fields.Char("Centre", copy=False, help="4 digits.")

    # Anybody's name, as insurers ask for it. OCA's partner_firstname has the same two fields.
    lastname = fields.Char("Last name", index=True)
    firstname = fields.Char("First name", index=True)

    # Prescriber.
    is_prescriber = fields.Boolean("Prescriber")
    prescriber_kind = fields.Selection([("doctor", "Doctor"), ("orthoptist", "Orthoptist")], "Kind of prescriber")
    rpps = fields.Char("RPPS no.", copy=False, index="btree_not_null", help="11 digits.")
    adeli = fields.Char("ADELI no.", copy=False, help="9 characters. The RPPS replaces it.")
    prescriber_number = fields.Char(
        compute="_compute_prescriber_number", help="RPPS number, or the ADELI one without it."
    )

    # Insurers of one company may bear the number of another company's: neither sees the other.
    _amc_number_uniq = models.UniqueIndex(
        "(amc_number, COALESCE(company_id, 0)) WHERE is_amc AND active AND amc_number IS NOT NULL",
        "Another active insurer already has this AMC number: correct it, or archive one of the two.",
    )
    # -- computed fields ----------------------------------------------------------------------

    @api.depends("optoamc_platform_id")
    def _compute_uses_optoamc(self):
        for partner in self:
            partner.uses_optoamc = bool(partner.optoamc_platform_id)

    def _compute_insured_contract_count(self):
        insurers = self.filtered("is_amc")
        counts = dict(
            self.env["optoamc.contract"]._read_group([("insurer_id", "in", insurers.ids)], ["insurer_id"], ["__count"])
        )
        for partner in self:
            partner.insured_contract_count = counts.get(partner._origin, 0)

    @api.depends_context("uid")
    def _compute_can_edit_insurer(self):
        self.can_edit_insurer = self.env.su or self.env.user.has_group("l10n_fr_optoamc.group_manager")

    @api.depends("rpps", "adeli")
    def _compute_prescriber_number(self):
        for partner in self:
            partner.prescriber_number = partner.rpps or partner.adeli

    @api.depends("uses_optoamc", "amc_number", "amo_regime", "amo_fund", "amo_centre")
    @api.depends_context("show_optoamc", "show_amo_code", "formatted_display_name")
    def _compute_display_name(self):
        """With ``show_optoamc``, whether an insurer takes OptoAMC; with ``show_amo_code``, the
        codes of a fund. In a list to choose from (``formatted_display_name``) as a badge."""
        super()._compute_display_name()
        show_optoamc = self.env.context.get("show_optoamc")
        show_amo_code = self.env.context.get("show_amo_code")
        if not (show_optoamc or show_amo_code):
            return
        formatted = self.env.context.get("formatted_display_name")
        for partner in self:
            if show_optoamc and partner.is_amc:
                if formatted and partner.amc_number:
                    partner.display_name += f" \t --{partner.amc_number}--"
                if partner.uses_optoamc:
                    partner.display_name += " \t `OptoAMC`" if formatted else " · OptoAMC"
            if show_amo_code and partner.is_amo and partner.amo_regime:
                code = partner._optoamc_amo_code()
                partner.display_name += f" \t --{code}--" if formatted else f" ({code})"

    @api.model
    def _search_display_name(self, operator, value):
        """An insurer is also found by its AMC number, a fund by its codes, a prescriber by RPPS."""
        domain = super()._search_display_name(operator, value)
        if operator == "in":
            numbers = [identifiers.compact(text) for text in value if isinstance(text, str)]
            return Domain(domain) | Domain("amc_number", "in", [n for n in numbers if n.isdigit()])
        if operator not in ("ilike", "like") or not isinstance(value, str):
            return domain
        number = identifiers.compact(value)
        if not number.isdigit() or len(number) < 3:
            return domain
        domain = Domain(domain) | Domain("amc_number", "=like", f"{number}%")
        if len(number) == 3:
            domain |= Domain("amo_fund", "=", number)
        if len(number) == 11:
            domain |= Domain("rpps", "=", number)
        if len(number) >= 5:
            regime, fund, centre = number[:2], number[2:5], number[5:]
            domain |= (
                Domain("amo_regime", "=", regime)
                & Domain("amo_fund", "=", fund)
                & (Domain("amo_centre", "=like", f"{centre}%") if centre else Domain.TRUE)
            )
        return domain

    # -- checks -------------------------------------------------------------------------------

    # Patients' numbers stay out of the messages, and out of SQL constraints (PostgreSQL quotes the
    # failing row): Odoo logs both.

    @api.constrains("rpps", "adeli")
    def _check_prescriber_numbers(self):
        for partner in self:
            problem = partner.rpps and identifiers.rpps_problem(partner.rpps)
            if problem == identifiers.FORMAT:
                raise ValidationError(self.env._("An RPPS number has 11 digits."))
            if problem == identifiers.KEY:
                raise ValidationError(
                    self.env._("The key of the RPPS number is wrong: one of its 11 digits was mistyped.")
                )
            if partner.adeli and identifiers.adeli_problem(partner.adeli):
                raise ValidationError(self.env._("An ADELI number has 9 digits (it may start with 2A or 2B)."))

    @api.constrains("amc_number", "amc_platform_number")
    def _check_amc_numbers(self):
        for partner in self:
            for name in ("amc_number", "amc_platform_number"):
                if partner[name] and identifiers.amc_number_problem(partner[name]):
                    raise ValidationError(
                        self.env._(
                            "%(insurer)s: “%(field)s” has 8 to 10 digits.",
                            insurer=partner.name,
                            field=self._fields[name]._description_string(self.env),
                        )
                    )

    @api.constrains(*identifiers.AMO_CODE_WIDTHS)
    def _check_amo_codes(self):
        for partner in self:
            for name, width in identifiers.AMO_CODE_WIDTHS.items():
                if partner[name] and identifiers.amo_code_problem(partner[name], width):
                    raise ValidationError(
                        self.env._(
                            "%(fund)s: “%(field)s” has %(width)s digits.",
                            fund=partner.name,
                            field=self._fields[name]._description_string(self.env),
                            width=width,
                        )
                    )

    @api.constrains("pec_validity_days", "invoicing_delay_days", "payment_delay_days")
    def _check_delays(self):
        for partner in self:
            days = partner.pec_validity_days, partner.invoicing_delay_days, partner.payment_delay_days
            if min(days) < 0:
                raise ValidationError(self.env._("%s: a validity or a delay cannot be negative.", partner.name))

    def _check_amc_number_free(self, vals_list):
        """Name the insurer that already has a number, before the index refuses it unnamed.

        :param vals_list: the new values of each record of ``self``; on an empty
            ``self``, those of the records to create
        :raises ValidationError: the number is another active insurer's
        """
        names = ["is_amc", "active", "amc_number", "company_id"]
        wanted = {}
        defaults = {}
        if not self and (vals_list := [vals for vals in vals_list if vals.get("amc_number")]):
            defaults = self.default_get(names)
        for index, vals in enumerate(vals_list):
            known = self[index].sudo().read(names, load=None)[0] if self else defaults
            future = {name: vals.get(name, known.get(name)) for name in names}
            if self and all(future[name] == known[name] for name in names):
                continue
            if not (future["is_amc"] and future["active"] and future["amc_number"]):
                continue
            key = future["amc_number"], future["company_id"] or False
            if key in wanted:
                raise self._optoamc_amc_number_taken(key[0], wanted[key])
            wanted[key] = vals.get("name") or known.get("name")
        if not wanted:
            return
        # Whose number is taken is no news for another shop.
        self._optoamc_check_own_shop([{"company_id": company} for _number, company in wanted])
        domain = [
            ("is_amc", "=", True),
            ("active", "=", True),
            ("amc_number", "in", [number for number, _company in wanted]),
            ("id", "not in", self.ids),
        ]
        for other in self.sudo().search(domain):
            if (other.amc_number, other.company_id.id) in wanted:
                raise self._optoamc_amc_number_taken(other.amc_number, other.name)

    def _optoamc_amc_number_taken(self, number, name):
        return ValidationError(
            self.env._(
                "The AMC number %(number)s is already that of %(insurer)s: correct it, or archive one of the two.",
                number=number,
                insurer=name,
            )
        )

    def _optoamc_require_manager(self):
        """:raises AccessError: somebody else than a manager changes what requests depend on"""
        if not (self.env.su or self.env.user.has_group("l10n_fr_optoamc.group_manager")):
            raise AccessError(
                self.env._(
                    "The insurers' numbers, platforms and conditions decide where requests go: "
                    "ask a third-party payment manager to change them."
                )
            )

    # -- keeping values in step ---------------------------------------------------------------

    @api.constrains("coverage_email", "coverage_phone")
    def _check_coverage_contact(self):
        check_one_line(self, ["coverage_email", "coverage_phone"])

    # Odoo's own address, where it is one that the module's directory gave.
    @api.constrains("email", "is_amc", "is_amo")
    def _check_insurer_email(self):
        check_one_line(self.filtered(lambda partner: partner.is_amc or partner.is_amo), ["email"])

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")  # first: a number that is taken names its insurer
        new = self.browse()
        if not self.env.su:
            vals_list = [{**new._optoamc_shared_values(vals), **vals} for vals in vals_list]
        vals_list = [
            {**vals, **self._optoamc_compact_values(vals), **new._optoamc_name_values(vals)} for vals in vals_list
        ]
        new._check_amc_number_free(vals_list)
        partners = super().create(vals_list)
        if partners.filtered(lambda partner: any(partner[name] for name in _DIRECTORY_FIELDS)):
            self._optoamc_require_manager()
        return partners

    def write(self, vals):
        if not vals.keys().isdisjoint((*_DIRECTORY_FIELDS, *_COMPACT_FIELDS, *_NUMBER_FIELDS)):
            check_first(self, "write")
        if not vals.keys().isdisjoint(_DIRECTORY_FIELDS):
            self._optoamc_require_manager()
        if not vals.keys().isdisjoint(_COMPACT_FIELDS):
            vals = {**vals, **self._optoamc_compact_values(vals)}
        if not vals.keys().isdisjoint(_NUMBER_FIELDS):
            self._check_amc_number_free([vals] * len(self))
        if vals.keys().isdisjoint(("name", "lastname", "firstname")):
            return super().write(vals)
        for partner in self:
            super(ResPartner, partner).write({**vals, **partner._optoamc_name_values(vals)})
        return True

    @api.model
    def _optoamc_compact_values(self, vals):
        return {
            name: identifiers.compact(vals[name]) or False
            for name in _COMPACT_FIELDS
            if isinstance(vals.get(name), str)
        }

    # -- for the other rooms ------------------------------------------------------------------

    def _optoamc_amo_code(self):
        """Regime, fund and centre as they are read aloud: ``01 751 0000``."""
        self.ensure_one()
        return " ".join(filter(None, (self.amo_regime, self.amo_fund, self.amo_centre)))

    # -- buttons ------------------------------------------------------------------------------

    def action_optoamc_view_insured_contracts(self):
        """The contracts that patients hold with this insurer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("l10n_fr_optoamc.action_optoamc_contract")
        action["domain"] = [("insurer_id", "=", self.id)]
        action["context"] = {"default_insurer_id": self.id}
        return action
