from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...lib import identifiers
from ...lib.identifiers.age import age_on
from ...lib.identifiers.card_birth import card_birth_problem
from ..selections import INSURANCE_NATURES, LAST_EQUIPMENT_SOURCES, QUALITIES
from .res_partner import HEALTH_GROUPS

#: What a shop knows of a person's health cover: each company's own values, in columns by company.
HEALTH_FIELDS = (
    "nir",
    "birthdate",
    "card_birthdate",
    "birth_rank",
    "insured_id",
    "beneficiary_quality",
    "amo_id",
    "insurance_nature",
    "exoneration",
    "last_equipment_typed_on",
    "last_equipment_source",
)

#: Where else a company keeps a person's health data: model -> its field of the person.
HEALTH_RECORDS = {
    "optoamc.contract": "partner_id",
    "optoamc.prescription": "patient_id",
    "optoamc.consent": "patient_id",
}


class ResPartner(models.Model):
    """The patient: health data that each company has of its own, also of a contact that several share.

    They are company-dependent: read, searched, grouped, exported and written for the company one works in
    (``env.company``) and for no other, by whatever path. What works as superuser for a record of another
    company says so by ``with_company``.
    """

    _inherit = "res.partner"

    # A new patient's contact is the shop's; who the shops share (insurers, funds, prescribers, colleagues) is not.
    company_id = fields.Many2one(default=lambda self: self._optoamc_default_company())

    # Nothing of it is copied: a copy is another person's contact.
    birthdate = fields.Date("Birth date", company_dependent=True, groups=HEALTH_GROUPS)
    card_birthdate = fields.Char(
        "Birth date on the card",
        company_dependent=True,
        groups=HEALTH_GROUPS,
        help="Where it is no day of the calendar (lunar): DD/MM/YYYY, day or month 00 or beyond. "
        "The birth date is then the civil one, for the patient's age.",
    )
    nir = fields.Char(
        "Social security no.",
        company_dependent=True,
        groups=HEALTH_GROUPS,
        help="NIR: 13 characters and the key. A child's card bears a parent's number.",
    )
    birth_rank = fields.Integer(
        "Birth rank",
        company_dependent=True,
        groups=HEALTH_GROUPS,
        aggregator=None,
        help="Rang gémellaire: 1, or the order of birth of a twin.",
    )
    insured_id = fields.Many2one(
        "res.partner",
        "Insured person",
        company_dependent=True,
        ondelete="restrict",
        check_company=True,
        groups=HEALTH_GROUPS,
        domain="[('is_company', '=', False), ('id', '!=', id), ('insured_id', '=', False)]",
        help="Whose cover the patient depends on. Empty: the patient is insured in person.",
    )
    dependant_ids = fields.One2many(
        "res.partner", "insured_id", "Dependants", depends_context=("company",), groups=HEALTH_GROUPS
    )
    beneficiary_quality = fields.Selection(
        QUALITIES,
        "Quality",
        company_dependent=True,
        groups=HEALTH_GROUPS,
        help="What the patient is to the insured person.",
    )
    amo_id = fields.Many2one(
        "res.partner",
        "AMO fund",
        company_dependent=True,
        ondelete="restrict",
        domain="[('is_amo', '=', True)]",
        context={"show_amo_code": True},
        groups=HEALTH_GROUPS,
        help="The patient's caisse d'assurance maladie.",
    )
    insurance_nature = fields.Selection(
        INSURANCE_NATURES,
        "Risk code",
        company_dependent=True,
        groups=HEALTH_GROUPS,
    )
    # The values of B2 (type 2, position 79) are recalled, not read in its specification.
    exoneration = fields.Selection(
        [
            ("0", "None"),
            ("3", "Exempted care"),
            ("4", "Long-term illness (ALD)"),
            ("5", "Exempted person"),
        ],
        company_dependent=True,
        groups=HEALTH_GROUPS,
        help="Why the fund pays in full, as in position 79 of a B2 invoice.",
    )
    last_equipment_typed_on = fields.Date(
        "Last equipment elsewhere",
        company_dependent=True,
        groups=HEALTH_GROUPS,
        help="Day of the last glasses that were reimbursed, when this shop did not bill them.",
    )
    last_equipment_source = fields.Selection(
        LAST_EQUIPMENT_SOURCES, "Reported by", company_dependent=True, groups=HEALTH_GROUPS
    )
    # Not ``contract_ids``: in Odoo those are the partner's analytic accounts.
    optoamc_contract_ids = fields.One2many(
        "optoamc.contract",
        "partner_id",
        "Contracts",
        domain=lambda self: self._optoamc_own_records(),
        depends_context=("company",),
        groups=HEALTH_GROUPS,
    )
    main_contract_id = fields.Many2one(
        "optoamc.contract",
        "First insurer today",
        compute="_compute_main_contract_id",
        groups=HEALTH_GROUPS,
    )
    health_warning = fields.Char(compute="_compute_health_warning", groups=HEALTH_GROUPS)

    # -- computed fields ----------------------------------------------------------------------

    @api.depends(
        "optoamc_contract_ids.rank",
        "optoamc_contract_ids.date_from",
        "optoamc_contract_ids.date_to",
        "optoamc_contract_ids.active",
    )
    @api.depends_context("company")
    def _compute_main_contract_id(self):
        for partner in self:
            partner.main_contract_id = partner._optoamc_current_contracts()[:1]

    @api.depends("nir", "birthdate", "birth_rank", "insured_id.nir")
    @api.depends_context("company")
    def _compute_health_warning(self):
        for partner in self:
            warnings = (
                partner._optoamc_twin_of_one_rank(),
                partner._optoamc_nir_and_birth(),
                partner._optoamc_shared_nir(),
            )
            partner.health_warning = " ".join(filter(None, warnings)) or False

    def _optoamc_nir_and_birth(self):
        """The NIR of a registered person tells the month of birth: another one is a slip."""
        born, in_nir = self.birthdate, identifiers.nir_birth(identifiers.compact(self.nir))
        if not born or not in_nir or self.nir == self.insured_id.nir:
            return None
        year, month = in_nir
        if year == born.year % 100 and month in (None, born.month):
            return None
        return self.env._(
            "The social security number does not agree with the birth date: "
            "check both, unless the number is a parent's."
        )

    def _optoamc_shared_nir(self):
        """One number for two persons is right in a family only, where the card bears a parent's."""
        if not self.nir:
            return None
        family = (self.insured_id | self)._origin
        outside = Domain("id", "not in", family.ids) & Domain("insured_id", "not in", family.ids)
        same = Domain("nir", "=", identifiers.compact(self.nir))
        twin = self._optoamc_unprobed().search(same & outside, limit=1)
        if not twin:
            return None
        return self.env._(
            "%s has the same social security number: it is one person typed twice, or a number mistyped, unless one "
            "is insured through the other (fill in “Insured person”).",
            twin.display_name,
        )

    def _optoamc_twin_of_one_rank(self):
        """Twins of one rank: an insurer cannot tell them apart."""
        if not self.birthdate or not self.insured_id:
            return None
        same = Domain("birthdate", "=", self.birthdate) & Domain("birth_rank", "=", self.birth_rank)
        same &= Domain("insured_id", "=", self.insured_id.id) & Domain("id", "not in", self._origin.ids)
        twin = self.search(same, limit=1)
        if not twin:
            return None
        return self.env._(
            "%s has the same birth date, insured person and birth rank: twins have ranks 1 and 2.", twin.display_name
        )

    @api.constrains("card_birthdate")
    def _check_card_birthdate(self):
        for partner in self.filtered("card_birthdate"):
            if card_birth_problem(partner.card_birthdate):
                raise ValidationError(self.env._("The birth date on the card is written DD/MM/YYYY, e.g. 31/00/1950."))

    @api.constrains("nir")
    def _check_nir(self):
        for partner in self.filtered("nir"):
            problem = identifiers.nir_problem(partner.nir)
            if problem == identifiers.FORMAT:
                raise ValidationError(
                    self.env._(
                        "A social security number (NIR) has 13 characters and a key of 2 digits: "
                        "type all 15, as on the card."
                    )
                )
            if problem == identifiers.KEY:
                raise ValidationError(
                    self.env._(
                        "The key of the social security number (NIR) is wrong: one of its characters was mistyped."
                    )
                )

    @api.constrains("birth_rank")
    def _check_birth_rank(self):
        if any(not 0 <= partner.birth_rank <= 9 for partner in self):
            raise ValidationError(self.env._("The birth rank is a single digit, 1 but for twins."))

    @api.constrains("birthdate")
    def _check_birthdate(self):
        today = self.env.company._optoamc_today()
        for partner in self:
            if partner.birthdate and partner.birthdate > today:
                raise ValidationError(self.env._("A birth date cannot be in the future."))

    @api.constrains("insured_id", "beneficiary_quality")
    def _check_insured(self):
        """One step from a dependant to the insured person, so no chain and no loop."""
        for partner in self.filtered("insured_id"):
            if partner.insured_id == partner:
                raise ValidationError(self.env._("Leave “Insured person” empty for a patient insured in person."))
            if partner.insured_id.insured_id:
                raise ValidationError(
                    self.env._(
                        "The insured person chosen depends on somebody else's cover: choose the person who holds it."
                    )
                )
            if partner.sudo().with_context(active_test=False).dependant_ids:
                raise ValidationError(
                    self.env._("Other patients depend on this person's cover: give them another insured person first.")
                )
            if partner.beneficiary_quality == "insured":
                raise ValidationError(
                    self.env._(
                        "A patient who depends on somebody's cover is a spouse, a child or "
                        "another dependant: correct the quality."
                    )
                )

    @api.onchange("is_company", "is_amc", "is_amo", "is_prescriber")
    def _onchange_optoamc_shared(self):
        if self._origin:
            return
        if self.is_amc or self.is_amo:
            self.company_id = self._optoamc_own_company()
        elif self.is_company or self.is_prescriber:
            self.company_id = False

    @api.onchange("insured_id")
    def _onchange_insured_id(self):
        if not self.insured_id:
            self.beneficiary_quality = "insured"
        elif self.beneficiary_quality == "insured":
            self.beneficiary_quality = False

    # -- whose it is --------------------------------------------------------------------------

    @api.model
    def _optoamc_default_company(self):
        """The optician's shop for a person who is none of those whom shops share.

        An insurer or a fund is common where its author may speak for all the shops.
        """
        context = self.env.context
        if self.env.su:
            return False
        if context.get("default_is_amc") or context.get("default_is_amo"):
            return self._optoamc_own_company()
        if context.get("default_is_company") or context.get("default_is_prescriber"):
            return False
        company = self.env.company
        is_optician = self.env.user.has_group("l10n_fr_optoamc.group_optician")
        return company if is_optician and company._optoamc_is_shop() else False

    @api.model
    def default_get(self, fields):
        """Propose what is read without a value of its own, to those who may write it."""
        proposed = super().default_get(fields)
        refused = [name for name in HEALTH_FIELDS if not self._has_field_access(self._fields[name], "write")]
        return {name: value for name, value in proposed.items() if name not in refused}

    @api.model
    def _optoamc_shared_values(self, vals):
        """The company of a new contact that is no new patient: none, or that of the person it is an address of."""
        if (vals.get("is_amc") or vals.get("is_amo")) and (own := self._optoamc_own_company()):
            return {"company_id": own.id}
        if not self._optoamc_default_company():
            return {}
        if vals.get("parent_id"):
            return {"company_id": self.browse(vals["parent_id"]).company_id.id}
        roles = ("is_company", "is_amc", "is_amo", "is_prescriber")
        is_shared = vals.get("company_type") == "company" or any(vals.get(name) for name in roles)
        return {"company_id": False} if is_shared else {}

    @api.model
    def _optoamc_own_records(self):
        """The domain of what a field leads to: Odoo tests ``(field, "!=", False)`` past the rules of companies."""
        return [("company_id", "=", self.env.company.id)]

    def _optoamc_holders(self):
        """Tell which companies hold health data of these persons, whoever asks.

        :return: ids of the companies by id of the person; only persons of whom there are any
        :rtype: dict[int, set[int]]
        """
        if not self:
            return {}
        self.flush_model(HEALTH_FIELDS)
        for model, name in HEALTH_RECORDS.items():
            self.env[model].flush_model([name, "company_id"])
        own = SQL(" || ").join(
            SQL("jsonb_strip_nulls(COALESCE(%s, '{}'))", SQL.identifier(name)) for name in HEALTH_FIELDS
        )
        queries = [SQL("SELECT id, jsonb_object_keys(%s)::int FROM res_partner WHERE id IN %s", own, self._ids)]
        queries += [
            SQL(
                "SELECT %(person)s, company_id FROM %(table)s WHERE %(person)s IN %(ids)s",
                person=SQL.identifier(name),
                table=SQL.identifier(self.env[model]._table),
                ids=self._ids,
            )
            for model, name in HEALTH_RECORDS.items()
        ]
        holders = defaultdict(set)
        for person, company in self.env.execute_query(SQL(" UNION ").join(queries)):
            holders[person].add(company)
        return dict(holders)

    def _optoamc_check_holders(self):
        """:raises AccessError: another shop than one's own holds health data of these persons"""
        held = set().union(*self._optoamc_holders().values())
        if not (self.env.su or held <= set(self.env.companies.ids)):
            raise AccessError(
                self.env._(
                    "Another shop of this database holds health data of this contact: it cannot be deleted or merged "
                    "from here alone. Choose all the shops concerned at the top of the screen."
                )
            )
        return held

    def _optoamc_check_merge(self):
        """:raises AccessError: a patient is among them, and the user is no optician of every shop concerned"""
        if self._optoamc_check_holders() and not (
            self.env.su or self.env.user.has_group("l10n_fr_optoamc.group_optician")
        ):
            raise AccessError(self.env._("Contacts that hold health data are merged by an optician."))

    # -- for the other rooms ------------------------------------------------------------------

    def _optoamc_current_contracts(self, date=None):
        """The patient's contracts with this company in force on a day, first insurer first."""
        self.ensure_one()
        return self.optoamc_contract_ids._current(date)

    def _optoamc_age_on(self, date):
        """Age in full years on a day; ``None`` without a birth date."""
        self.ensure_one()
        return age_on(self.birthdate, date) if self.birthdate else None
