from odoo import api, fields, models

from ..models.request.states import FAILED

#: What a line of the grid lets a person type, by the request line's name of it.
TYPED_IN_GRID = {"amo_amount": "amo_amount", "lpp_code": "lpp_id"}


class OptoamcRequestWizard(models.TransientModel):
    """What keeps the request from being sent, or had it refused, each with the place where it is typed."""

    _inherit = "optoamc.request.wizard"

    #: What one look at the dossier finds: nothing of the screen looks at it again.
    examined = fields.Json("Found at a look", compute="_compute_examined")
    missing = fields.Json("To complete", compute="_compute_missing")
    to_check = fields.Json("To check", compute="_compute_to_check")

    @api.depends(
        "is_held",
        "is_consent_given",
        "contract_id",
        "patient_id.birthdate",
        "prescription_id",
        "insurance_nature",
        "renewal_case",
        "line_ids.eye_side",
        "line_ids.vision",
        "line_ids.lpp_id",
        "line_ids.amo_amount",
        "order_id.optical_date",
        "order_id.is_replacement",
        "order_id.commitment_date",
        "order_id.order_line.net_price",
    )
    @api.depends_context("lang")
    def _compute_examined(self):
        for wizard in self:
            wizard.examined = wizard._examine()

    def _examine(self):
        """Look at the dossier as the insurer would, once, as far as something of it may be asked or signed for.

        It is looked at whole before the patient signs: nobody signs for what then turns out not to leave.

        :return: what is found, each with the place where it is typed: ``obstacles`` (also to a signature),
            ``missing`` and ``doubts``
        """
        names = ("obstacles", "missing", "doubts")
        is_askable = not self.is_held
        if not self.contract_id or (self.is_consent_given and not is_askable):
            return {name: [] for name in names}
        draft = self.env["optoamc.request"].new(self._request_values("coverage"))._as_asked_now()
        examination = draft._examine(is_message_wanted=bool(is_askable and self.line_ids))
        return {name: [self._reachable(item) for item in getattr(examination, name)] for name in names}

    @api.depends("examined", "is_held", "is_consent_given", "contract_id", "line_ids")
    @api.depends_context("lang")
    def _compute_missing(self):
        for wizard in self:
            missing = [] if wizard.is_consent_given or not wizard.contract_id else wizard._missing_to_sign()
            if not wizard.is_held:
                missing = missing + wizard._missing()
            places = {(item["label"], item["model"], item["id"], item.get("field")): item for item in missing}
            wizard.missing = list(places.values()) or False

    @api.depends("state", "contract_id", "patient_id")
    def _compute_to_check(self):
        """After a refusal: the record that the catalogue blames, and those that insurers look their members up by."""
        for wizard in self:
            records = [wizard.request_id._blamed_record()] if wizard.state in FAILED else []
            if wizard.state == "refused":
                switches = wizard.request_id._fields_asked_for()
                records += [switch for switch in switches if switch.has_access("write")]
                records += [wizard.contract_id, wizard.patient_id]
            wizard.to_check = [
                {"label": record.display_name, "model": record._name, "id": record.id}
                for record in dict.fromkeys(filter(None, records))
            ]

    def _missing(self):
        """What keeps the request from being sent, each with the place where it is typed."""
        if not self.contract_id:
            return self._no_contract()
        if not self.line_ids:
            reason = self.env._("no optical line in this equipment")
            place = {"model": "sale.order", "id": self.order_id.id, "field": "order_line"}
            return [{"label": self.env._("Equipment"), "reason": reason, **place}]
        return self.examined["missing"]

    def _no_contract(self):
        """There is nobody to ask: the last contract has ended, as the check of it says, or there is none."""
        day, patient = self.order_id.optical_date, self.patient_id.with_company(self.company_id)
        last = patient.optoamc_contract_ids.filtered(lambda own: day and own.date_to and own.date_to < day)
        if last := last.sorted("date_to")[-1:]:
            draft = self.env["optoamc.request"].new({**self._request_values("coverage"), "contract_id": last.id})
            return [self._reachable(next(iter(draft._check_cover())))]
        reason = self.env._("no contract in force on the day of the dossier: add it on the patient's form")
        place = {"model": "res.partner", "id": self.patient_id.id, "field": "optoamc_contract_ids"}
        return [{"label": self.env._("Contract"), "reason": reason, **place}]

    def _missing_to_sign(self):
        """Nor is a signature asked for what may not be sent as it is."""
        missing = map(self._reachable, super()._missing_to_sign())
        return [*missing, *(self.examined["obstacles"] if self.contract_id else ())]

    def _reachable(self, item):
        """The item, with a place that has a screen of its own and that the user may open."""
        if not item["model"]:
            return item
        record = self.env[item["model"]].browse(item["id"])
        if record._name == "optoamc.prescription.eye" or item["field"] == "eye_id":
            # A measure is typed in its prescription, and so is a whole eye that is missing.
            record, item = self.prescription_id, item | {"field": "prescription_id"}
        elif record._name == "optoamc.request.line":
            # A request's line is no one's to type: it is taken from the order's.
            record, item = self._order_place(record, item)
        if not record or record._name == "optoamc.request":
            record = self  # the field is on this screen
        if not record.has_access("write"):
            asked = self.env._("ask a manager")
            return item | {"model": False, "reason": f"{item['reason']} – {asked}" if item["reason"] else asked}
        return item | {"model": record._name, "id": record._origin.id}

    def _order_place(self, line, item):
        """Where what a request's line lacks is typed: in the grid, else among the order's lines."""
        if field := TYPED_IN_GRID.get(item["field"]):
            return line.order_line_id, item | {"field": field}
        return self.order_id, item | {"field": "order_line"}
