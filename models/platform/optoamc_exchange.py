import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...lib.protocol.messages import MessageKind
from .optoamc_platform import MODES

#: The one change to a message, and no role may make it.
ERASED = {"xml": False, "error_detail": False}


class OptoamcExchange(models.Model):
    """One XML that left or came, or the error that came instead: kept as it was.

    Nobody writes here through the screens; the module does as superuser, once.
    """

    _name = "optoamc.exchange"
    _description = "Message exchanged with a platform"
    _inherit = ["optoamc.access.logged", "optoamc.guarded"]
    _logged_fields = ("xml",)
    _logged_by_field = True
    _order = "id desc"

    request_id = fields.Many2one("optoamc.request", ondelete="restrict", index="btree_not_null", readonly=True)
    patient_id = fields.Many2one(
        "res.partner",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
        help="Person whose data it contains.",
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    platform_id = fields.Many2one("optoamc.platform", ondelete="restrict", index=True, readonly=True)
    mode = fields.Selection(MODES, readonly=True)
    dialect = fields.Char(readonly=True)
    direction = fields.Selection([("out", "Sent"), ("in", "Received")], readonly=True, required=True)
    kind = fields.Char("Message", readonly=True, required=True, help="OPAMCREQ, OPAMCRSP, …")
    exchange_id = fields.Char(
        "Identifier", readonly=True, index=True, help="Of the message sent; its answer has the same."
    )
    xml = fields.Binary("XML", attachment=False, readonly=True, groups="l10n_fr_optoamc.group_privacy_officer")
    checksum = fields.Char("SHA-256", readonly=True)
    check_id = fields.Many2one("optoamc.rights.check", ondelete="set null", index="btree_not_null", readonly=True)
    ticket = fields.Char(
        readonly=True,
        index="btree_not_null",
        help="Given by a platform that answers later: the answer is fetched under it, or by the identifier.",
    )
    options = fields.Json(
        "Optional data in it", readonly=True, help="Of the patient's: what the consent has to name when it leaves."
    )
    http_status = fields.Integer(readonly=True)
    duration_ms = fields.Integer("Duration (ms)", readonly=True, aggregator="avg")
    error_code = fields.Char("Error", readonly=True, index="btree_not_null")
    error_detail = fields.Text(readonly=True)

    @api.depends("kind", "request_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for exchange in self:
            parts = (exchange.kind, exchange.request_id.sudo().display_name)
            exchange.display_name = " – ".join(filter(None, parts))

    @api.model
    def _record_out(self, messages):
        """Keep what is about to leave, before it does.

        :param messages: list of (request or check of rights, kind, exchange id, bytes, and the patient's optional
            data in it if any)
        """
        return self._record([self._values("out", *message) for message in messages])

    @api.model
    def _record_in(self, request, kind, exchange_id, reply=None, error=None, **values):
        """Keep what came: the answer's bytes, and the error met, with what was received instead of them.

        :param request: or check of rights
        """
        came = reply.xml if reply else error.body
        values["http_status"] = reply.http_status if reply else error.http_status
        if error:
            values |= {"error_code": error.code, "error_detail": error.detail}
        return self._record([self._values("in", request, kind, exchange_id, came) | values])

    def _record(self, vals_list):
        return self.sudo().create(vals_list)

    def _values(self, direction, request, kind, exchange_id, xml, options=()):
        return {
            # A check of rights belongs to no request, what nobody asked for to no patient.
            "request_id": request._name == self._fields["request_id"].comodel_name and request.id,
            "check_id": request._name == self._fields["check_id"].comodel_name and request.id,
            "patient_id": "patient_id" in request._fields and request.patient_id.id,
            "company_id": request.company_id.id,
            "platform_id": request.platform_id.id,
            "mode": request.mode,
            "dialect": request.platform_id._codec().dialect.name,
            "direction": direction,
            "kind": str(kind),
            "exchange_id": exchange_id,
            "xml": base64.b64encode(xml) if xml else False,
            "checksum": hashlib.sha256(xml).hexdigest() if xml else False,
            "options": list(options) or False,
        }

    @api.model
    def _question(self, platform, mode, ticket, reply_to):
        """The message of ours that an answer is to; empty for nobody's.

        :param ticket: that it came under, if any: it counts more than what the answer repeats
        :param reply_to: the identifier that it repeats, if any
        """
        here = Domain("platform_id", "=", platform.id) & Domain("mode", "=", mode)
        receipts = self.sudo().search(here & Domain("ticket", "=", ticket), limit=1) if ticket else self.browse()
        name = receipts.exchange_id or reply_to
        asked = here & Domain("direction", "=", "out") & Domain("exchange_id", "=", name)
        return self.sudo().search(asked, limit=1) if name else self.browse()

    def _has_answer(self, xml):
        """Whether these very bytes have come as the answer to this message."""
        return self._is_kept(self, self.exchange_id, xml)

    @api.model
    def _is_kept(self, owner, exchange_id, xml):
        """Whether these very bytes have come under an identifier.

        :param owner: whose ``platform_id`` and ``mode`` they came with
        """
        same = Domain("platform_id", "=", owner.platform_id.id) & Domain("mode", "=", owner.mode)
        same &= Domain("direction", "=", "in") & Domain("exchange_id", "=", exchange_id or False)
        same &= Domain("checksum", "=", hashlib.sha256(xml).hexdigest() if xml else False)
        return bool(self.sudo().search_count(same & Domain("ticket", "=", False), limit=1))

    @api.model
    def _acts(self, requests, kinds):
        """The latest message of some kinds that each request froze.

        :returns: dict by (request id, kind) of (exchange id, bytes)
        """
        found = self.sudo().search_fetch(
            [
                ("request_id", "in", requests.ids),
                ("direction", "=", "out"),
                ("kind", "in", [str(kind) for kind in kinds]),
            ],
            ["request_id", "kind", "exchange_id", "xml"],
            order="id",
        )
        return {(out.request_id.id, out.kind): (out.exchange_id, out._xml_bytes()) for out in found}

    @api.model
    def _frozen_options(self, requests):
        """The patient's optional data in the question that each of these requests froze: dict by request id."""
        found = self.sudo().search_fetch(
            [("request_id", "in", requests.ids), ("direction", "=", "out"), ("kind", "=", str(MessageKind.REQUEST))],
            ["request_id", "options"],
            order="id",
        )
        return {out.request_id.id: out.options or [] for out in found}

    def _xml_bytes(self):
        """The bytes as they left or came."""
        # A screen asks for the size of what is binary, and gets it everywhere.
        return base64.b64decode(self.with_context(bin_size=False).xml or b"")

    def _optoamc_logged_patient(self):
        return self.patient_id

    def _erase(self):
        """Forget what was said, keep that it was: for a patient's right, or at the end of the retention
        time. Whoever calls it logs it."""
        self.sudo().write(ERASED)

    def write(self, vals):
        self.check_access("write")
        if vals != ERASED:
            raise UserError(self.env._("A message exchanged with an insurer is never changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A message exchanged with an insurer is never deleted."))
