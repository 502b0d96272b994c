from collections import defaultdict
from itertools import count

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..selections import C2S_CARD_TYPE, C2S_TYPES, QUALITIES, RESPONSIBLE


class OptoamcContract(models.Model):
    """A patient's contract (*adhésion*) with an insurer, over a span of dates.

    A patient covered twice has two contracts, of ranks 1 and 2: the first insurer
    answers before the second is asked. Contracts that ended are kept, for the
    dossiers of their time.
    """

    _name = "optoamc.contract"
    _description = "Health insurance contract"
    _inherit = ["optoamc.shop.owned", "optoamc.access.logged"]
    _logged_fields = ("member_number", "contract_number", "display_name")
    _traced_fields = ("insurer_id", "member_number", "contract_number", "group_number", "insured_id", "relation")
    _traced_deletion = True
    _order = "partner_id, rank, date_from desc, id desc"
    _rec_names_search = ["member_number", "contract_number", "insurer_id", "partner_id"]
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        "Patient",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
        domain="[('is_company', '=', False)]",
    )
    insurer_id = fields.Many2one(
        "res.partner",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain="[('is_amc', '=', True), ('active', '=', True)]",
        context={"show_optoamc": True},
    )
    uses_optoamc = fields.Boolean(related="insurer_id.uses_optoamc", string="OptoAMC")
    scheme_id = fields.Many2one(
        "optoamc.scheme",
        ondelete="restrict",
        domain="[('insurer_id', '=', insurer_id)]",
        compute="_compute_scheme_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    rank = fields.Integer(
        compute="_compute_rank",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        aggregator=None,
        help="1: the insurer asked first. 2: the one asked for what the first leaves.",
    )
    member_number = fields.Char("Member no.", help="As printed on the card (n° adhérent).", index="btree_not_null")
    contract_number = fields.Char("Contract no.")
    group_number = fields.Char("Group no.")
    contract_type = fields.Char(
        "Type",
        help="As printed on the card. 88: aid to a mutual contract, 89: Complémentaire santé "
        "solidaire, 85 and 87: leaving it.",
    )
    responsible = fields.Selection(
        RESPONSIBLE,
        "Responsible contract",
        required=True,
        default="unknown",
        help="Whether the contract keeps to the ceilings of article R871-2 of the code de la sécurité sociale, as "
        "almost all do. Not known: treated as one that does, for which the least data leave.",
    )
    c2s_type = fields.Selection(
        C2S_TYPES,
        "C2S",
        help="Complémentaire santé solidaire, as the rights say: with it only class A is covered in full.",
    )
    insured_id = fields.Many2one(
        "res.partner",
        "Insured person",
        compute="_compute_insured_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        domain="[('is_company', '=', False)]",
        help="Who holds the contract: the patient, or somebody of the family.",
    )
    relation = fields.Selection(
        QUALITIES,
        compute="_compute_relation",
        store=True,
        readonly=False,
        precompute=True,
        help="What the patient is to the insured person.",
    )
    date_from = fields.Date("Start")
    date_to = fields.Date("End of validity", help="Last day of the contract. Empty: no known end.")
    portability_until = fields.Date(
        "End of portability",
        help="Last day on which the contract of a former employer still covers the patient. Empty: not concerned.",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        help="The shop that typed it; no other sees it, unless both shops' privacy officers share patients.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    has_annual_max = fields.Boolean(
        "Yearly maximum known",
        compute="_compute_has_annual_max",
        store=True,
        readonly=False,
        precompute=True,
        help="Whether the insurer said what it pays at most in a year: a maximum of 0 is one too.",
    )
    annual_max = fields.Monetary(
        "Yearly maximum", aggregator=None, help="The most that the insurer pays in a year (€)."
    )
    annual_used = fields.Monetary("Already used", aggregator=None, help="The amount it has paid this year (€).")
    annual_remaining = fields.Monetary("Left this year", compute="_compute_annual_remaining")
    is_current = fields.Boolean("In force", compute="_compute_is_current", search="_search_is_current")
    active = fields.Boolean(default=True)

    # -- computed fields ----------------------------------------------------------------------

    @api.depends("insurer_id", "member_number", "contract_number")
    def _compute_display_name(self):
        for contract in self:
            # A name is read through whatever leads here, and leaves no trail there: the whole number is its field's.
            parts = (contract.insurer_id.name, _masked(contract.member_number or contract.contract_number))
            contract.display_name = " – ".join(part for part in parts if part)

    @api.depends("insurer_id")
    def _compute_scheme_id(self):
        for contract in self:
            if contract.scheme_id.insurer_id != contract.insurer_id:
                contract.scheme_id = False

    @api.depends("partner_id")
    def _compute_rank(self):
        for contract in self:
            contract.rank = contract.rank or contract._free_rank()

    def _free_rank(self):
        """The first rank that no other contract of the patient has over these dates.

        Contracts that are typed and not saved yet count: a new patient's second contract comes second.
        """
        patient = self.partner_id.with_company(self.company_id or self.env.company)
        others = patient.optoamc_contract_ids.filtered("active") - self
        taken = {other.rank for other in others if self._overlaps(other)}
        return next(rank for rank in count(1) if rank not in taken)

    @api.depends("partner_id.insured_id")
    def _compute_insured_id(self):
        """The patient's insured person, until another is typed; what ended is left alone."""
        today = self.env.company._optoamc_today()
        for contract in self:
            patient, insured = contract.partner_id.with_company(contract.company_id), contract.insured_id
            ended = contract.date_to and contract.date_to < today
            if not insured or (insured == patient and not ended):
                contract.insured_id = patient.insured_id or patient

    @api.depends("insured_id", "partner_id.insured_id", "partner_id.beneficiary_quality")
    def _compute_relation(self):
        for contract in self:
            patient, insured = contract.partner_id.with_company(contract.company_id), contract.insured_id
            if insured == patient:
                contract.relation = "insured"
            elif insured == patient.insured_id:
                contract.relation = patient.beneficiary_quality
            elif contract.relation == "insured":
                contract.relation = False

    @api.depends("partner_id.company_id")
    def _compute_company_id(self):
        for contract in self:
            contract.company_id = contract.company_id or contract.partner_id.company_id or self.env.company

    @api.depends("company_id")
    def _compute_currency_id(self):
        for contract in self:
            contract.currency_id = (contract.company_id or self.env.company).currency_id

    @api.depends("annual_max")
    def _compute_has_annual_max(self):
        for contract in self:
            contract.has_annual_max = contract.has_annual_max or bool(contract.annual_max)

    @api.depends("has_annual_max", "annual_max", "annual_used")
    def _compute_annual_remaining(self):
        for contract in self:
            most = contract.annual_max if contract.has_annual_max else 0.0
            contract.annual_remaining = max(most - contract.annual_used, 0.0)

    @api.depends("date_from", "date_to", "active")
    def _compute_is_current(self):
        current = self._current()
        for contract in self:
            contract.is_current = contract in current

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._current_domain(self.env.company._optoamc_today())

    @api.model
    def _current_domain(self, date):
        """The contracts in force on a day."""
        begun = Domain("date_from", "=", False) | Domain("date_from", "<=", date)
        not_ended = Domain("date_to", "=", False) | Domain("date_to", ">=", date)
        return Domain("active", "=", True) & begun & not_ended

    # -- checks -------------------------------------------------------------------------------

    # In Python only: PostgreSQL would quote the failing row, numbers and all, in Odoo's log.

    @api.constrains("date_from", "date_to", "portability_until")
    def _check_dates(self):
        for contract in self:
            if contract.date_from and contract.portability_until and contract.portability_until < contract.date_from:
                raise ValidationError(
                    self.env._(
                        "The portability of the contract with %s cannot end before the contract starts.",
                        contract.insurer_id.name,
                    )
                )
            if contract.date_from and contract.date_to and contract.date_to < contract.date_from:
                raise ValidationError(
                    self.env._(
                        "The contract with %s cannot end before it starts.",
                        contract.insurer_id.name,
                    )
                )

    @api.constrains("rank", "annual_max", "annual_used")
    def _check_numbers(self):
        for contract in self:
            if contract.rank < 1:
                raise ValidationError(self.env._("The rank of an insurer is 1 for the first, 2 for the second."))
            if contract.annual_max < 0 or contract.annual_used < 0:
                raise ValidationError(
                    self.env._(
                        "The yearly maximum and what is used of it cannot be negative (%s).",
                        contract.insurer_id.name,
                    )
                )

    @api.constrains("insurer_id", "scheme_id")
    def _check_scheme(self):
        for contract in self:
            if contract.scheme_id and contract.scheme_id.insurer_id != contract.insurer_id:
                raise ValidationError(
                    self.env._(
                        "The scheme %(scheme)s is not one of %(insurer)s.",
                        scheme=contract.scheme_id.name,
                        insurer=contract.insurer_id.name,
                    )
                )

    @api.constrains("partner_id", "insured_id", "relation")
    def _check_relation(self):
        for contract in self:
            if contract.relation == "insured" and contract.insured_id != contract.partner_id:
                raise ValidationError(
                    self.env._(
                        "The contract with %s is held by somebody else than the patient: "
                        "say what the patient is to the insured person (spouse, child, other).",
                        contract.insurer_id.name,
                    )
                )
            if contract.relation not in ("insured", False) and contract.insured_id == contract.partner_id:
                raise ValidationError(
                    self.env._(
                        "The contract with %s: choose the insured person that the patient depends on, "
                        "or make the patient the insured person.",
                        contract.insurer_id.name,
                    )
                )

    @api.constrains("partner_id", "company_id", "rank", "date_from", "date_to", "active")
    def _check_rank(self):
        """One insurer of a rank at a time in a shop: or nobody could tell which to ask first."""
        others = defaultdict(self.browse)
        domain = [("partner_id", "in", self.partner_id.ids), ("rank", "in", self.mapped("rank"))]
        for contract in self.search(domain):
            others[contract.partner_id, contract.company_id, contract.rank] |= contract
        for contract in self.filtered("active"):
            for other in others[contract.partner_id, contract.company_id, contract.rank] - contract:
                if contract._overlaps(other):
                    raise ValidationError(contract._rank_taken_message(other))

    def _overlaps(self, other):
        """Whether two contracts share a day; a missing date is "always"."""
        return not (
            (self.date_to and other.date_from and self.date_to < other.date_from)
            or (other.date_to and self.date_from and other.date_to < self.date_from)
        )

    def _rank_taken_message(self, other):
        return self.env._(
            "The patient already has an insurer of rank %(rank)s over these dates: "
            "%(insurer)s (%(start)s to %(end)s).\n"
            "Put an end date on that contract, or give another rank to this one.",
            rank=other.rank,
            insurer=other.insurer_id.name,
            start=format_date(self.env, other.date_from) if other.date_from else "…",
            end=format_date(self.env, other.date_to) if other.date_to else "…",
        )

    # -- keeping values in step ---------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """An empty insured person is the patient: who creates both at once cannot name the patient yet."""
        vals_list = [
            {name: value for name, value in vals.items() if value or name not in ("insured_id", "rank")}
            for vals in vals_list
        ]
        if all("rank" in vals for vals in vals_list):
            return super().create(vals_list)
        contracts = self.browse()
        for vals in vals_list:  # each takes the rank that those before it leave
            contracts += super().create([vals])
        return contracts

    def write(self, vals):
        if vals.get("insured_id", True) or not vals.get("relation", True):
            return super().write(vals)
        for contract in self:  # emptied, and not forgotten with the relation: the patient's insured person again
            patient = contract.partner_id.with_company(contract.company_id)
            super(OptoamcContract, contract).write({**vals, "insured_id": (patient.insured_id or patient).id})
        return True

    # -- for the other rooms ------------------------------------------------------------------

    def _current(self, date=None):
        """The contracts in force on a day, first insurer first.

        :param date: a date, today when omitted
        """
        date = date or self.env.company._optoamc_today()
        return self.filtered_domain(self._current_domain(date)).sorted("rank")

    def _is_responsible(self):
        """Whether the contract counts as a *contrat responsable*: it does until it is known not to."""
        return self.responsible != "no"

    def _is_c2s(self):
        """Whether the contract is the *complémentaire santé solidaire*: by its rights, or by the type on the card."""
        return bool(self.c2s_type) or self.contract_type == C2S_CARD_TYPE

    def _covered_until(self):
        """The last day of the rights as the shop knows it: a date, or ``False`` for no known end."""
        return min(filter(None, (self.date_to, self.portability_until)), default=False)

    def _optoamc_logged_patient(self):
        return self.partner_id

    def _erase(self):
        """Forget the numbers of the contract; that there was one with this insurer, requests say."""
        numbers = ("member_number", "contract_number", "group_number", "contract_type", "scheme_id", "relation")
        situation = ("c2s_type", "portability_until")
        self.write(
            dict.fromkeys((*numbers, *situation), False)
            | {
                "insured_id": False,
                "responsible": "unknown",
                "has_annual_max": False,
                "annual_max": 0.0,
                "annual_used": 0.0,
                "active": False,
            }
        )


def _masked(number):
    """The end of a number, by which one tells it from another: four characters, and never more than half."""
    return number and f"…{number[len(number) - min(4, len(number) // 2) :]}"
