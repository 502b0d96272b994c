from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.mixin.labelled import labelled
from ..models.request.states import ACTIVE

#: What a screen is about; all the rest of it is read from the dossier.
SUBJECT = ("order_id", "equipment_number", "contract_id")


class OptoamcRequestWizard(models.TransientModel):
    """The "Prise en charge" screen: one equipment of a dossier, one contract, one question.

    It opens as a new record, worked out from the dossier in one call, and saves itself once it is drawn
    (``static/src/saved_screen``).
    """

    _name = "optoamc.request.wizard"
    _description = "Coverage screen"
    _inherit = ["optoamc.live.screen"]

    order_id = fields.Many2one("sale.order", "Dossier", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="order_id.company_id", related_sudo=False)
    currency_id = fields.Many2one(related="order_id.currency_id", related_sudo=False)
    patient_id = fields.Many2one(related="order_id.patient_id", related_sudo=False)
    prescription_id = fields.Many2one(
        "optoamc.prescription",
        compute="_compute_prescription_id",
        inverse="_inverse_prescription_id",
        readonly=False,
        domain="[('patient_id', '=', patient_id)]",
    )
    prescription_warning = fields.Char(compute="_compute_prescription_warning")
    equipment_number = fields.Integer(
        "Equipment", compute="_compute_equipment_number", store=True, readonly=False, precompute=True, required=True
    )
    has_fictitious_tariffs = fields.Boolean(related="order_id.has_fictitious_tariffs", related_sudo=False)
    equipments = fields.Json(related="order_id.optical_summary", related_sudo=False)
    contract_id = fields.Many2one(
        "optoamc.contract",
        compute="_compute_contract_id",
        store=True,
        readonly=False,
        domain="[('partner_id', '=', patient_id)]",
    )
    insurer_id = fields.Many2one(related="contract_id.insurer_id", related_sudo=False)
    uses_optoamc = fields.Boolean(related="contract_id.uses_optoamc", related_sudo=False)
    rights_state = fields.Selection(related="contract_id.rights_state", related_sudo=False)
    rights_seconds = fields.Integer(related="contract_id.rights_seconds", related_sudo=False)
    line_ids = fields.One2many(
        "optoamc.request.wizard.line",
        "wizard_id",
        "Lines",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    has_other_insurer = fields.Boolean(compute="_compute_has_other_insurer")
    has_returned = fields.Boolean(compute="_compute_has_returned")
    unknown_amo = fields.Text(compute="_compute_unknown_amo", help="Why what the Sécu pays is not known, by article.")
    amo_none_choice = fields.Char(related="order_id.optoamc_amo_none_choice", related_sudo=False)
    is_held = fields.Boolean(
        compute="_compute_is_held", help="The insurer has a question or an agreement: what it was asked stands."
    )
    insurance_nature = fields.Selection(related="order_id.insurance_nature", related_sudo=False, readonly=False)
    amo_rate = fields.Float(related="order_id.amo_rate", related_sudo=False, readonly=False)
    is_child = fields.Boolean(related="order_id.is_child", related_sudo=False, readonly=False)
    renewal_case = fields.Selection(related="order_id.renewal_case", related_sudo=False, readonly=False)
    renewal_note = fields.Char(related="order_id.renewal_note", related_sudo=False)
    is_renewal_early = fields.Boolean(related="order_id.is_renewal_early", related_sudo=False)

    request_id = fields.Many2one("optoamc.request", compute="_compute_request_id")
    state = fields.Selection(related="request_id.state", related_sudo=False)
    allowed_actions = fields.Json(related="request_id.allowed_actions", related_sudo=False)
    kind = fields.Selection(related="request_id.kind", related_sudo=False)
    pec_number = fields.Char(related="request_id.pec_number", related_sudo=False)
    answered_at = fields.Datetime(related="request_id.answered_at", related_sudo=False)
    sent_at = fields.Datetime(related="request_id.sent_at", related_sudo=False)
    answer_seconds = fields.Integer(related="request_id.answer_seconds", related_sudo=False)
    consulted_at = fields.Datetime(related="request_id.consulted_at", related_sudo=False)
    later_notice = fields.Text(related="request_id.later_notice", related_sudo=False)
    cancellation_refusal = fields.Text(related="request_id.cancellation_refusal", related_sudo=False)
    valid_until = fields.Date(related="request_id.valid_until", related_sudo=False)
    insurer_message = fields.Text(related="request_id.insurer_message", related_sudo=False)
    advice = fields.Text(related="request_id.advice", related_sudo=False)
    is_stale = fields.Boolean(related="request_id.is_stale", related_sudo=False)
    stale_changes = fields.Text(related="request_id.stale_changes", related_sudo=False)
    transferred = fields.Boolean(related="request_id.transferred", related_sudo=False)
    unbooked_notice = fields.Text(related="request_id.unbooked_notice", related_sudo=False)
    patient_due = fields.Monetary(related="order_id.patient_due", related_sudo=False)
    left_note = fields.Char(related="order_id.left_note", related_sudo=False)
    is_on_invoice = fields.Boolean(related="request_id.is_on_invoice", related_sudo=False)
    cancelled_before = fields.Text(related="request_id.cancelled_before", related_sudo=False)
    next_contract_id = fields.Many2one("optoamc.contract", "Next insurer", compute="_compute_next_contract_id")
    can_ask = fields.Boolean(compute="_compute_can_ask")
    can_quote = fields.Boolean(compute="_compute_can_send")
    can_cover = fields.Boolean(compute="_compute_can_send")
    can_agree = fields.Boolean(compute="_compute_can_agree")

    @api.model_create_multi
    def create(self, vals_list):
        """A new screen comes back whole: of the dossier, it writes what was typed alone."""
        self._read_ahead(vals.get("order_id") for vals in vals_list)
        screens = super().create([{name: vals[name] for name in SUBJECT if name in vals} for vals in vals_list])
        for screen, vals in zip(screens, vals_list, strict=True):
            rows = [row for _command, _id, row in vals.get("line_ids", ()) if row]
            for row in rows:
                line = screen.line_ids.filtered(lambda line, row=row: line.order_line_id.id == row["order_line_id"])
                line._write_typed(row)
            screen._write_typed({name: vals[name] for name in vals if name != "line_ids"})
        return screens

    def onchange(self, values, field_names, fields_spec):
        self._read_ahead([values.get("order_id") or self.env.context.get("default_order_id")])
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _read_ahead(self, order_ids):
        """Read the dossiers in one query a table; who may not read one is told where it is looked at."""
        ids = [order_id for order_id in order_ids if isinstance(order_id, int)]
        self.env["sale.order"].browse(ids)._optoamc_read_ahead()

    # -- what is shown ------------------------------------------------------------------------

    @api.depends("order_id")
    def _compute_shown(self):
        return super()._compute_shown()

    @api.depends("order_id")
    def _compute_equipment_number(self):
        """The first one, unless what was asked about another is out of date."""
        for wizard in self:
            order = wizard.order_id
            numbers = set(order._optoamc_optical_lines().mapped("equipment_number"))
            outdated = [number for number in numbers if order._optoamc_outdated_requests(number)]
            wizard.equipment_number = min(outdated or numbers, default=1)

    @api.depends(
        *(f"order_id.{name}" for name in ("prescription_id", "other_prescription_id", "prescription_warning")),
        "equipment_number",
    )
    @api.depends_context("lang")
    def _compute_prescription_id(self):
        for wizard in self:
            wizard.prescription_id = wizard.order_id._optoamc_prescription_of(wizard._equipment_lines())

    @api.depends(
        *("prescription_id", "order_id.prescription_warning", "order_id.other_prescription_warning"),
        "equipment_number",
    )
    @api.depends_context("lang")
    def _compute_prescription_warning(self):
        for wizard in self:
            wizard.prescription_warning = wizard.order_id._optoamc_prescription_told(wizard._equipment_lines())

    def _inverse_prescription_id(self):
        for wizard in self:
            name = wizard.order_id._optoamc_prescription_field(wizard._equipment_lines())
            wizard.order_id[name] = wizard.prescription_id

    def _equipment_lines(self):
        return self.order_id._optoamc_equipment_lines(self.equipment_number)

    @api.depends("order_id", "equipment_number")
    def _compute_contract_id(self):
        for wizard in self:
            wizard.contract_id = wizard.order_id._optoamc_next_contract(wizard.equipment_number)

    @api.depends("order_id", "equipment_number")
    def _compute_line_ids(self):
        for wizard in self:
            lines = wizard._equipment_lines()
            wizard.line_ids = [Command.clear()] + [Command.create({"order_line_id": line.id}) for line in lines]

    @api.depends("line_ids.other_amount")
    def _compute_has_other_insurer(self):
        for wizard in self:
            wizard.has_other_insurer = any(wizard.line_ids.mapped("other_amount"))

    @api.depends("line_ids.is_returned")
    def _compute_has_returned(self):
        for wizard in self:
            wizard.has_returned = any(wizard.line_ids.mapped("is_returned"))

    @api.depends("line_ids.is_amo_unknown", "line_ids.lpp_id")
    @api.depends_context("lang")
    def _compute_unknown_amo(self):
        for wizard in self:
            lines = wizard.line_ids.filtered("is_amo_unknown")
            reasons = [labelled(self.env, line.name, line.order_line_id._optoamc_why_amo_unknown()) for line in lines]
            wizard.unknown_amo = "\n".join(dict.fromkeys(reasons)) or False

    @api.depends("request_id.state", "request_id.kind")
    def _compute_is_held(self):
        for wizard in self:
            is_quoted = wizard.state == "granted" and wizard.kind == "quote"
            wizard.is_held = wizard.state in ACTIVE and not is_quoted

    @api.depends("order_id.optoamc_request_ids", "equipment_number", "contract_id")
    def _compute_request_id(self):
        """The latest request of this equipment to this insurer."""
        for wizard in self:
            requests = wizard.order_id.optoamc_request_ids.filtered(
                lambda asked, wizard=wizard: (
                    asked.equipment_number == wizard.equipment_number and asked.contract_id == wizard.contract_id
                )
            )
            wizard.request_id = requests.sorted("id")[-1:]

    @api.depends("contract_id", "transferred")
    def _compute_next_contract_id(self):
        """Whom to ask for what this insurer leaves, once its answer is in the dossier."""
        for wizard in self:
            following = wizard.transferred and wizard.order_id._optoamc_next_contract(wizard.equipment_number)
            wizard.next_contract_id = following and following.rank > wizard.contract_id.rank and following

    @api.depends("is_held", "for_quote", "for_coverage")
    def _compute_can_ask(self):
        """A question may be asked unless the insurer has one about the same equipment."""
        for wizard in self:
            wizard.can_ask = (wizard.for_quote or wizard.for_coverage) and not wizard.is_held

    @api.depends("can_ask", "for_quote", "for_coverage", "missing")
    def _compute_can_send(self):
        for wizard in self:
            is_ready = wizard.can_ask and not wizard.missing
            wizard.can_quote = is_ready and wizard.for_quote
            wizard.can_cover = is_ready and wizard.for_coverage

    @api.depends("can_ask", "for_coverage", "uses_optoamc", "allowed_actions")
    def _compute_can_agree(self):
        """An answer may be typed where none can come by itself, or where it does not come."""
        for wizard in self:
            is_by_hand = wizard.contract_id and not wizard.uses_optoamc
            is_asked = is_by_hand and wizard.can_ask and wizard.for_coverage
            wizard.can_agree = is_asked or "agree" in (wizard.allowed_actions or [])

    def _request_values(self, kind):
        return {
            "order_id": self.order_id.id,
            "equipment_number": self.equipment_number,
            "contract_id": self.contract_id.id,
            "kind": kind,
        }

    # -- what can be done ---------------------------------------------------------------------

    def _reopen(self):
        return self._get_records_action(
            name=self.env._("Request to the insurer"), target="new", context={"dialog_size": "extra-large"}
        )

    def _draft(self, kind):
        """A draft for the question: the one begun, or a new one."""
        self.ensure_one()
        self._check_contract()
        if self.request_id.state == "draft":
            self.request_id.kind = kind
            return self.request_id
        request = self.env["optoamc.request"].create(self._request_values(kind))
        self.invalidate_recordset()
        return request

    def _check_contract(self):
        """:raises UserError: there is none, so nobody to ask"""
        self.ensure_one()
        if not self.contract_id:
            [item] = self._no_contract()
            raise UserError(
                self.env._(
                    "%(patient)s cannot be asked for: %(reason)s.",
                    patient=self.patient_id.display_name,
                    reason=item["reason"],
                )
            )

    def action_request_coverage(self):
        """*Demande de prise en charge*; to an insurer without OptoAMC, printed for mail or portal."""
        return self._draft("coverage").action_send() or self._reopen()

    def action_request_quote(self):
        """*Demande de cotation*; to an insurer without OptoAMC, printed for mail or portal."""
        return self._draft("quote").action_send() or self._reopen()

    def action_next_insurer(self):
        """The same equipment, asked of the patient's next insurer."""
        self.contract_id = self.next_contract_id
        return self._reopen()

    def action_amo_none(self):
        """*The Sécu pays nothing*: of the articles of which nothing says what it pays."""
        self.order_id.action_optoamc_amo_none()
        return self._reopen()

    def action_check_rights(self):
        """Ask the insurer whether the patient is covered on the day of the dossier."""
        self.contract_id._check_rights_on(self.order_id.optical_date, self.company_id)
        return self._reopen()

    def action_consult(self):
        """*Consultation de l'état*."""
        self.request_id.action_consult()
        return self._reopen()

    def action_cancel(self):
        """*Annuler la demande*; of what an invoice carries, the screen that asks again."""
        return self.request_id.with_context(optoamc_wizard_id=self.id).action_cancel() or self._reopen()

    def action_retry(self):
        """Send a technical reject again."""
        self.request_id.action_retry()
        return self._reopen()

    def action_transfer(self):
        """*Transférer vers le dossier*: back to it, unless something is left to ask."""
        self.request_id.action_transfer()
        return self._reopen() if self._is_more_to_ask() else {"type": "ir.actions.act_window_close"}

    def _is_more_to_ask(self):
        """Whether another insurer may pay what is left, or another equipment has no answer in the dossier."""
        done = self.order_id.optoamc_request_ids.filtered("transferred").mapped("equipment_number")
        equipments = self.order_id._optoamc_optical_lines().mapped("equipment_number")
        return bool(self.next_contract_id or set(equipments) - set(done))

    def action_type_answer(self):
        """The insurer answered by phone, mail or portal: type its number and amounts."""
        is_begun = "agree" in (self.allowed_actions or [])
        action = (self.request_id if is_begun else self._draft("coverage")).action_type_answer()
        action["context"]["optoamc_wizard_id"] = self.id
        return action

    def action_print(self):
        """*Imprimer*: the request, or its answer."""
        return self.request_id.action_print()
