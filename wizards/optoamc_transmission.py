from odoo import api, fields, models

from ..lib.protocol.codec import Codec
from ..lib.protocol.dialect import Dialect
from ..lib.protocol.dictionary import Usage
from ..lib.protocol.messages import MessageKind
from ..lib.transmission.disclosure import disclose
from ..lib.transmission.profiles import Case, held_back


class OptoamcTransmission(models.TransientModel):
    """*Ce qui part*: of a dossier, each field with its value and why; of an insurer, each field that may leave.

    Nothing is sent, and nothing of it is stored: it is read from the message that would leave.
    """

    _name = "optoamc.transmission"
    _description = "What leaves"
    _inherit = ["optoamc.own.screen"]

    order_id = fields.Many2one("sale.order", "Dossier", readonly=True, ondelete="cascade")
    equipment_number = fields.Integer("Equipment", readonly=True, default=1)
    contract_id = fields.Many2one("optoamc.contract", readonly=True, ondelete="cascade")
    insurer_id = fields.Many2one(
        "res.partner",
        compute="_compute_insurer_id",
        store=True,
        readonly=False,
        domain="[('is_amc', '=', True)]",
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, readonly=True)
    date = fields.Date("Date of the dossier", default=lambda self: self.env.company._optoamc_today(), required=True)
    is_responsible = fields.Boolean("Responsible contract, or not known", default=True)
    has_class_a = fields.Boolean("Equipment of class A")
    profile = fields.Char(compute="_compute_document")
    ground = fields.Text("Legal ground", compute="_compute_document")
    document = fields.Html("What leaves", compute="_compute_document", sanitize=False)

    @api.depends("contract_id")
    def _compute_insurer_id(self):
        for screen in self:
            screen.insurer_id = screen.contract_id.insurer_id or screen.insurer_id

    @api.depends("order_id", "equipment_number", "contract_id", "insurer_id", "date", "is_responsible", "has_class_a")
    @api.depends_context("lang")
    def _compute_document(self):
        for screen in self:
            case = screen._case()
            # The shop's choices, for who answers for them too: a privacy officer configures nothing.
            fields_, profiles = self.env["optoamc.field"].sudo(), self.env["optoamc.profile"].sudo()
            plain = profiles._of_case(screen.insurer_id, screen.company_id, case)
            profile = profiles.search([("code", "=", plain.key)], limit=1)
            options = fields_._sent_options(screen.insurer_id, screen.company_id, case)
            kept = fields_.search([]).filtered(lambda field, options=options: field.option not in options)
            switched, _withheld = fields_._switches(screen.insurer_id, screen.company_id)
            screen.profile, screen.ground = profile.name or plain.key, profile.ground
            screen.document = self.env["ir.qweb"]._render(
                "l10n_fr_optoamc.transmission_table",
                {
                    "groups": screen._groups(options),
                    "kept": [(field.name, field.option in switched and not field.by_profile) for field in kept],
                    "is_by_mail": screen.insurer_id and not screen.insurer_id.sudo().optoamc_platform_id,
                },
            )

    def _case(self):
        """What decides of the profile: of the dossier, or of the one imagined."""
        if self.order_id:
            return self.order_id._optoamc_case(self.contract_id, self.equipment_number)
        return Case(self.date or None, self.is_responsible, self.has_class_a)

    def _codec(self):
        platform = self.insurer_id.sudo().optoamc_platform_id
        return platform._codec() if platform else Codec(Dialect.shipped("open"))

    def _groups(self, options):
        """What leaves, by line of the equipment: ``[(title, [row, ...]), ...]``."""
        rows = self._rows_of_dossier(options) if self.order_id else self._rows_of_table(options)
        groups = {}
        for place, row in rows:
            groups.setdefault(place, []).append(row)
        # What a line is called does not leave by itself: no more of it is said here than leaves.
        lines = self._draft().line_ids if self.order_id else ()
        names = {line.line_number: line._paper_name(options) for line in lines}
        return [
            (
                self.env._("Line %(number)s: %(name)s", number=place, name=names.get(place, ""))
                if place
                else self.env._("The request"),
                found,
            )
            for place, found in sorted(groups.items())
        ]

    def _draft(self):
        values = {
            "order_id": self.order_id.id,
            "equipment_number": self.equipment_number,
            "contract_id": self.contract_id.id,
            "kind": "coverage",
        }
        return self.env["optoamc.request"].new(values)._as_asked_now()

    def _rows_of_dossier(self, options):
        for item in disclose(self._codec(), self._draft()._coverage_message(), options):
            if not item.attribute.startswith("header."):
                yield item.place, self._row(item, item.value)

    def _rows_of_table(self, options):
        names = held_back(options)
        for field in self._codec().dialect.dictionary.fields_of(MessageKind.REQUEST):
            is_off = field.option and field.option not in options
            if is_off or field.attribute.replace("[]", "") in names or field.attribute.startswith("header."):
                continue
            yield 0, self._row(field, "")

    def _row(self, item, value):
        """A field as it is shown."""
        if item.option:
            by_profile = self.env["optoamc.field"].sudo().search([("option", "=", item.option)], limit=1).by_profile
            why = self.env._("profile") if by_profile else self.env._("option switched on")
        elif item.usage is Usage.CONDITIONAL:
            why = self.env._("condition")
        else:
            why = self.env._("mandatory")
        return {"label": item.label, "value": value, "why": why, "reason": item.reason}

    def action_back(self):
        """The screen of the request again."""
        self.ensure_one()
        self.check_access("read")
        wizard = self.env["optoamc.request.wizard"].browse(self.env.context.get("optoamc_wizard_id")).exists()
        return wizard._reopen() if wizard else {"type": "ir.actions.act_window_close"}
