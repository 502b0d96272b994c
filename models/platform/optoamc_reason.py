import re
from functools import cache

from odoo import api, fields, models
from odoo.fields import Domain

from ...lib.protocol.dialect import Dialect
from ...lib.protocol.errors import ERRORS
from ...lib.protocol.messages import MessageKind

#: What a catalogue takes for a code. An insurer may put words there, and in them a patient.
CODE = re.compile(r"[0-9A-Za-z._-]{1,20}")


@cache
def _request_fields():
    """``[(path, French label)]`` of what a request says, from the shipped table of fields."""
    fields_of = Dialect.shipped("open").dictionary.fields_of(MessageKind.REQUEST)
    return [(field.attribute, field.label) for field in fields_of if "header." not in field.attribute]


class OptoamcReason(models.Model):
    """What a code means in plain words, and what to do about it.

    A *cause* is one of the thirteen for which insurers refuse in practice, with the check that sees it before sending;
    platforms' codes point to it. A *refusal* code is an insurer's own, in its answer; a code that nobody has described
    yet is collected here the first time it comes, for the shop that it came to. A *reject* code is this
    module's (:data:`~..lib.protocol.errors.ERRORS`): no decision was reached.

    The words that come with a code are about one patient, and stay with the request: here a
    manager types what the code means for everybody.
    """

    _name = "optoamc.reason"
    _description = "Refusal or reject code"
    _inherit = ["optoamc.seed.data.mixin", "optoamc.guarded", "optoamc.shop.owned", "optoamc.shared.data"]
    _order = "kind, code, id"
    _rec_names_search = ["code", "name"]

    kind = fields.Selection(
        [
            ("refusal", "Refusal by the insurer"),
            ("reject", "Technical reject"),
            ("cause", "Practical cause"),
        ],
        required=True,
        default="refusal",
    )
    code = fields.Char(required=True, index=True)
    name = fields.Char("Meaning", translate=True)
    advice = fields.Text("What to do", translate=True)
    told_advice = fields.Text(
        "Advice told", compute="_compute_told_advice", help="What is said here, else what is said of the cause."
    )
    path = fields.Selection(
        selection="_selection_path",
        string="Field to check",
        help="Where one field is to blame: offered with one click.",
    )
    platform_id = fields.Many2one(
        "optoamc.platform", ondelete="cascade", index="btree_not_null", help="Empty: for all of them."
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self._optoamc_own_company(),
        index="btree_not_null",
        help="The shop whose answers had this code. Empty: described for all shops of the database.",
    )
    seen_count = fields.Integer("Times seen", company_dependent=True, readonly=True, copy=False)
    seen_at = fields.Datetime("Last seen", company_dependent=True, readonly=True, copy=False)
    cause_id = fields.Many2one(
        "optoamc.reason",
        domain="[('kind', '=', 'cause')]",
        ondelete="set null",
        index="btree_not_null",
        help="Which of the practical causes the code stands for: what to do is then said there.",
    )
    field_id = fields.Many2one(
        "optoamc.field",
        "Optional field asked for",
        ondelete="restrict",
        index="btree_not_null",
        help="Without which the insurer refuses: whether it may leave, and how, is then said for each dossier.",
    )
    by_manager = fields.Boolean(
        "Done by a manager", help="The advice is about screens that only a manager has: others are told to ask one."
    )
    code_ids = fields.One2many("optoamc.reason", "cause_id", "Codes that mean it")
    foreseen = fields.Selection(
        [
            ("stop", "Yes: sending stops"),
            ("ask", "Yes: a person is asked"),
            ("no", "No: the insurer alone knows"),
        ],
        "Seen before sending",
        readonly=True,
    )
    check_words = fields.Char("What is looked at", translate=True, readonly=True)
    refusal_count = fields.Integer(
        "Past refusals", compute="_compute_refusal_count", help="Of this shop, by the codes that mean the cause."
    )
    to_describe = fields.Boolean(compute="_compute_to_describe", store=True)

    _code_uniq = models.UniqueIndex(
        "(kind, code, COALESCE(platform_id, 0), COALESCE(company_id, 0))",
        "This code is described already for this platform.",
    )

    @api.model
    def _selection_path(self):
        return _request_fields()

    @api.depends("advice", "by_manager", "cause_id.advice", "cause_id.by_manager")
    @api.depends_context("uid", "lang")
    def _compute_told_advice(self):
        for reason in self:
            said = reason if reason.advice else reason.cause_id
            asked = said.by_manager and reason.field_id._asks_a_manager()
            reason.told_advice = " ".join(filter(None, (said.advice, asked))) or False

    def _advice_on(self, request):
        """The advice on one refusal or reject, for who reads it: it can be followed with what leaves today."""
        self.ensure_one()
        if not self.field_id:
            return self.told_advice
        field = self.field_id.with_context(lang=self.env.lang)
        can_leave, words = field._advice_about(request.insurer_id, request.company_id, request._case())
        return " ".join(filter(None, (can_leave and self.told_advice, words)))

    @api.depends("advice", "cause_id")
    def _compute_to_describe(self):
        for reason in self:
            reason.to_describe = not reason.advice and not reason.cause_id

    @api.depends("code_ids.seen_count")
    @api.depends_context("company")
    def _compute_refusal_count(self):
        for reason in self:
            reason.refusal_count = sum(reason.code_ids.mapped("seen_count"))

    @api.depends("code", "name")
    def _compute_display_name(self):
        for reason in self:
            reason.display_name = f"{reason.code} – {reason.name}" if reason.name else reason.code

    @api.model
    def _load_rejects(self):
        """Give the rejects their first advice, once; what a manager wrote stays."""
        for reason in self.search([("kind", "=", "reject"), ("advice", "=", False)]):
            if kind := ERRORS.get(reason.code):
                reason.advice = kind.advice

    @api.model
    def _of_request(self, request):
        """The entries of the catalogue for a request, what is described before what is not, the platform's
        own and the shop's own before those of all."""
        kind, codes = "refusal", request.reason_codes or []
        if request.error_code:
            kind, codes = "reject", [request.error_code]
        if not codes:
            return self.browse()
        found = self.sudo().search(
            Domain("kind", "=", kind)
            & Domain("code", "in", codes)
            & self._known_to(request.platform_id, request.company_id)
        )
        found = found.sorted(
            lambda reason: (not reason.to_describe, bool(reason.platform_id), bool(reason.company_id))
        )
        by_code = {reason.code: reason for reason in found}
        return self.sudo().browse(by_code[code].id for code in dict.fromkeys(codes) if code in by_code)

    @api.model
    def _advice(self, request):
        """What a person should do about a request's refusal, reject or unknown answer."""
        told = [reason._advice_on(request) for reason in self._of_request(request)]
        advice = "\n".join(dict.fromkeys(filter(None, told)))
        if not advice and request.error_code in ERRORS:
            return ERRORS[request.error_code].advice
        return advice or False

    @api.model
    def _known_to(self, platform, company):
        """The entries that hold for the answers of a platform to a shop: a domain."""
        return Domain("platform_id", "in", (False, platform.id)) & Domain("company_id", "in", (False, company.id))

    @api.model
    def _collect(self, platform, company, codes):
        """Count the codes of an answer; keep those that are new, for a manager to describe.

        :param codes: the codes alone, without the insurer's words
        """
        codes = [code for code in dict.fromkeys(codes) if CODE.fullmatch(code)]
        self = self.sudo().with_company(company)
        known = self.search(
            Domain("kind", "=", "refusal") & Domain("code", "in", codes) & self._known_to(platform, company)
        )
        now = fields.Datetime.now()
        for reason in known:
            reason.write({"seen_count": reason.seen_count + 1, "seen_at": now})
        found = {"platform_id": platform.id, "company_id": company.id, "seen_count": 1, "seen_at": now}
        self.create([{"code": code, **found} for code in codes if code not in known.mapped("code")])
