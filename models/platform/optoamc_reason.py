from functools import cache

from odoo import api, fields, models
from odoo.fields import Domain

from ...lib.protocol.dialect import Dialect
from ...lib.protocol.errors import ERRORS
from ...lib.protocol.messages import MessageKind


@cache
def _request_fields():
    """``[(path, French label)]`` of what a request says, from the shipped table of fields."""
    fields_of = Dialect.shipped("open").dictionary.fields_of(MessageKind.REQUEST)
    return [(field.attribute, field.label) for field in fields_of if "header." not in field.attribute]


class OptoamcReason(models.Model):
    """What a code means in plain words, and what to do about it.

    A *refusal* code is an insurer's own, in its answer; a code that nobody has described yet is
    collected here the first time it comes. A *reject* code is this module's
    (:data:`~..lib.protocol.errors.ERRORS`): no decision was reached.
    """

    _name = "optoamc.reason"
    _description = "Refusal or reject code"
    _inherit = ["optoamc.shipped.table", "optoamc.guarded"]
    _order = "kind, code, id"
    _rec_names_search = ["code", "name"]

    kind = fields.Selection(
        [("refusal", "Refusal by the insurer"), ("reject", "Technical reject")], required=True, default="refusal"
    )
    code = fields.Char(required=True, index=True)
    name = fields.Char("Meaning", translate=True)
    advice = fields.Text("What to do", translate=True)
    path = fields.Selection(
        selection="_selection_path",
        string="Field to check",
        help="Where one field is to blame: offered with one click.",
    )
    platform_id = fields.Many2one(
        "optoamc.platform", ondelete="cascade", index="btree_not_null", help="Empty: for all of them."
    )
    seen_count = fields.Integer("Times seen", readonly=True, copy=False)
    seen_at = fields.Datetime("Last seen", readonly=True, copy=False)
    to_describe = fields.Boolean(compute="_compute_to_describe", store=True)

    _code_uniq = models.UniqueIndex(
        "(kind, code, COALESCE(platform_id, 0))", "This code is described already for this platform."
    )

    @api.model
    def _selection_path(self):
        return _request_fields()

    @api.depends("advice")
    def _compute_to_describe(self):
        for reason in self:
            reason.to_describe = not reason.advice

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
        """The entries of the catalogue for a request, the platform's own before those of all."""
        kind, codes = "refusal", request.reason_codes or []
        if request.error_code:
            kind, codes = "reject", [request.error_code]
        if not codes:
            return self.browse()
        found = self.sudo().search(
            Domain("kind", "=", kind)
            & Domain("code", "in", codes)
            & Domain("platform_id", "in", (False, request.platform_id.id))
        )
        by_code = {reason.code: reason for reason in found.sorted(lambda reason: bool(reason.platform_id))}
        return self.sudo().browse(by_code[code].id for code in dict.fromkeys(codes) if code in by_code)

    @api.model
    def _advice(self, request):
        """What a person should do about a request's refusal, reject or unknown answer."""
        advice = "\n".join(reason.advice for reason in self._of_request(request) if reason.advice)
        if not advice and request.error_code in ERRORS:
            return ERRORS[request.error_code].advice
        return advice or False

    @api.model
    def _collect(self, platform, words):
        """Count the codes of an answer; keep those that are new, for a manager to describe.

        :param words: the insurer's label of each code, ``{code: label}``
        """
        known = self.sudo().search(
            Domain("kind", "=", "refusal")
            & Domain("code", "in", list(words))
            & Domain("platform_id", "in", (False, platform.id))
        )
        now = fields.Datetime.now()
        for reason in known:
            reason.write({"seen_count": reason.seen_count + 1, "seen_at": now})
        self.sudo().create(
            [
                {"code": code, "name": label, "platform_id": platform.id, "seen_count": 1, "seen_at": now}
                for code, label in words.items()
                if code not in known.mapped("code")
            ]
        )
