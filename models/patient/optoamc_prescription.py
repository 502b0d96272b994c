from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import format_date

from ...lib.lpp.correction import correction_of
from ..mixin.uploads import check_document_bytes
from .optoamc_prescription_eye import COLUMNS


class OptoamcPrescription(models.Model):
    """A prescription (*ordonnance*) of glasses or contact lenses.

    Health data: only opticians read it, it has no chatter, and its figures are copied nowhere else.

    Validity: articles D4362-12 (glasses) and D4362-11-1 (contact lenses) of the *code de la santé
    publique*. The prescriber may say less: the date can be changed.
    """

    _name = "optoamc.prescription"
    _inherit = ["optoamc.shop.owned", "optoamc.access.logged"]
    _description = "Prescription"
    _logged_fields = (
        "display_name",
        "date",
        "prescriber_id",
        "equipment_kind",
        "renewal",
        "valid_until",
        "eye_ids",
        "comparison",
        "scan_ids",
        "agreement_document",
        "note",
    )
    _traced_fields = ("patient_id", "date", "prescriber_id", "equipment_kind", "renewal", "valid_until", "note")
    _traced_deletion = True
    _optoamc_import_columns = {column: f"eye_ids/{name}" for column, name in COLUMNS.items()}
    _order = "date desc, id desc"
    _rec_names_search = ["patient_id", "prescriber_id"]
    _check_company_auto = True

    patient_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    prescriber_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('is_prescriber', '=', True)]",
        context={"default_is_prescriber": True},
    )
    prescriber_kind = fields.Selection(
        [("doctor", "Doctor"), ("orthoptist", "Orthoptist")],
        "Prescriber's profession",
        compute="_compute_prescriber_kind",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
        help="The shop that typed it; no other sees it, unless both shops' privacy officers share patients.",
    )
    active = fields.Boolean(default=True)
    # No default: a prescription is hardly ever written on the day it is typed, and its date decides of its validity.
    date = fields.Date("Prescribed on", required=True)
    equipment_kind = fields.Selection(
        [("glasses", "Glasses"), ("contact_lenses", "Contact lenses")],
        "Equipment",
        required=True,
        default="glasses",
    )
    renewal = fields.Selection(
        [("RI", "RI – same correction"), ("RA", "RA – with an adaptation")],
        help="RI: renewal of the same correction. RA: renewal adapted by the optician.",
    )
    valid_until = fields.Date(
        "Valid until",
        compute="_compute_valid_until",
        store=True,
        readonly=False,
        help="Last day of validity, from the patient's age and the prescriber's profession. "
        "Change it when the prescriber wrote a shorter one.",
    )
    is_expired = fields.Boolean("Expired", compute="_compute_is_expired", search="_search_is_expired")
    warning = fields.Char(compute="_compute_warning")
    eye_ids = fields.One2many("optoamc.prescription.eye", "prescription_id", "Corrections", copy=True)
    has_negative_cylinder = fields.Boolean(compute="_compute_grid_actions")
    has_intermediate = fields.Boolean(compute="_compute_grid_actions")
    has_near = fields.Boolean(compute="_compute_grid_actions")
    previous_id = fields.Many2one("optoamc.prescription", "Previous prescription", compute="_compute_previous_id")
    comparison = fields.Text("Change since the previous one", compute="_compute_comparison")
    scan_ids = fields.Many2many(
        "ir.attachment",
        "optoamc_prescription_scan_rel",
        "prescription_id",
        "attachment_id",
        "Scans",
        copy=False,
        bypass_search_access=True,
    )
    note = fields.Text("Notes")

    @api.depends("date", "prescriber_id.name", "prescriber_kind", "equipment_kind", "patient_id.name", "valid_until")
    @api.depends_context("lang", "formatted_display_name")
    def _compute_display_name(self):
        """In a list to choose from (``formatted_display_name``), also what of, whose, and since when expired."""
        formatted = self.env.context.get("formatted_display_name")
        kinds = dict(self._fields["equipment_kind"]._description_selection(self.env))
        for prescription in self:
            name = prescription.prescriber_id.name or ""
            is_titled = name.lower().startswith(("dr ", "dr.", "docteur ", "pr ", "professeur "))
            if name and prescription.prescriber_kind == "doctor" and not is_titled:
                name = f"Dr {name}"
            # Most are of glasses: only the others say what they are of, and all of them where one is chosen.
            kind = (formatted or prescription.equipment_kind != "glasses") and kinds.get(prescription.equipment_kind)
            parts = (format_date(self.env, prescription.date), name, kind)
            prescription.display_name = " – ".join(filter(None, parts))
            if formatted:
                about = (prescription.patient_id.name, prescription.is_expired and prescription._expired_on())
                prescription.display_name += f" \t --{' · '.join(filter(None, about))}--"

    def _expired_on(self):
        """When it expired, in words."""
        return self.env._("expired on %s", format_date(self.env, self.valid_until))

    @api.depends("prescriber_id")
    def _compute_prescriber_kind(self):
        for prescription in self:
            prescription.prescriber_kind = (
                prescription.prescriber_id.prescriber_kind or prescription.prescriber_kind or "doctor"
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        asked = Domain("optoamc_request_ids.state", "not in", ("draft", "cancelled"))
        used = Domain("prescription_id", "in", self.ids) & (asked | Domain("state", "=", "sale"))
        if order := self.env["sale.order"].sudo().search(used, limit=1):
            raise UserError(
                self.env._(
                    "The dossier %(order)s was asked or sold with the prescription %(prescription)s: archive it "
                    "instead.",
                    order=order.name,
                    prescription=order.prescription_id.display_name,
                )
            )

    @api.depends("valid_until")
    def _compute_is_expired(self):
        today = self.env.company._optoamc_today()
        for prescription in self:
            prescription.is_expired = bool(prescription.valid_until and prescription.valid_until < today)

    def _search_is_expired(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("valid_until", "<", self.env.company._optoamc_today())

    @api.depends(
        *("valid_until", "date", "equipment_kind", "prescriber_kind", "patient_id.birthdate", "eye_ids.is_plano"),
    )
    @api.depends_context("lang")
    def _compute_warning(self):
        for prescription in self:
            warnings = []
            if prescription.is_expired:
                warnings.append(
                    self.env._(
                        "This prescription expired on %s.",
                        format_date(self.env, prescription.valid_until),
                    )
                )
            elif prescription.patient_id and not prescription.valid_until:
                warnings.append(prescription._validity_unknown())
            if prescription.id and all(prescription.eye_ids.mapped("is_plano")):
                warnings.append(self.env._("No correction has been typed."))
            prescription.warning = " ".join(warnings) or False

    @api.depends("eye_ids.cylinder", "eye_ids.vision")
    def _compute_grid_actions(self):
        for prescription in self:
            visions = prescription.eye_ids.mapped("vision")
            prescription.has_negative_cylinder = any(eye.cylinder < 0 for eye in prescription.eye_ids)
            prescription.has_intermediate = "intermediate" in visions
            prescription.has_near = "near" in visions

    @api.depends("patient_id", "date", "equipment_kind", "company_id")
    def _compute_previous_id(self):
        for prescription in self:
            prescription.previous_id = prescription._find_previous()

    def _find_previous(self):
        """The same patient's prescription of the same equipment just before this one, maybe empty."""
        self.ensure_one()
        if not self.patient_id or not self.date:
            return self.browse()
        before = Domain("date", "<", self.date)
        # Two prescriptions of one day: the one typed first comes before.
        same_day = Domain("date", "=", self.date)
        if self._origin:
            same_day &= Domain("id", "<", self._origin.id)
        domain = Domain("patient_id", "=", self.patient_id.id)
        domain &= Domain("equipment_kind", "=", self.equipment_kind)
        domain &= Domain("company_id", "=", self.company_id.id)
        # As superuser: nobody searches here for anything.
        return self.sudo().search(domain & (before | same_day), limit=1).with_env(self.env)

    @api.depends(
        "previous_id",
        *(f"eye_ids.{name}" for name in ("side", "vision", "sphere", "cylinder", "axis", "addition", "prism")),
        "eye_ids.prism_base",
    )
    @api.depends_context("lang")
    def _compute_comparison(self):
        for prescription in self:
            previous = prescription.previous_id
            if not previous:
                prescription.comparison = False
                continue
            prescription.comparison = "\n".join(prescription._differences(previous)) or self.env._(
                "Same correction as on %s.", format_date(self.env, previous.date)
            )

    def _differences(self, previous):
        """What changed since another prescription: one readable line for each row of the grid."""
        self.ensure_one()
        before = {(eye.side, eye.vision): eye for eye in previous.eye_ids}
        lines = []
        for eye in self.eye_ids.sorted(lambda eye: eye._grid_rank()):
            other = before.pop((eye.side, eye.vision), None)
            changes = eye._changes_since(other) if other else [self.env._("new")]
            if changes:
                lines.append(self._difference_line(eye, changes))
        lines += [self._difference_line(eye, [self.env._("removed")]) for eye in before.values()]
        return lines

    def _difference_line(self, eye, changes):
        return self.env._("%(row)s: %(changes)s", row=eye._row_name(), changes=", ".join(changes))

    @api.constrains("date")
    def _check_date(self):
        today = self.env.company._optoamc_today()
        for prescription in self:
            if prescription.date > today:
                raise ValidationError(
                    self.env._(
                        "A prescription cannot be dated in the future (%s).",
                        format_date(self.env, prescription.date),
                    )
                )

    @api.constrains("date", "valid_until")
    def _check_valid_until(self):
        for prescription in self:
            if prescription.valid_until and prescription.valid_until < prescription.date:
                raise ValidationError(self.env._("A prescription cannot expire before it was written."))

    @api.constrains("scan_ids")
    def _check_scan_ids(self):
        label = self._fields["scan_ids"]._description_string(self.env)
        for scan in self.scan_ids:
            check_document_bytes(self.env, scan.raw or b"", label)

    # Not a default: a prescription created by code gives its own rows, and would meet these.
    @api.onchange("equipment_kind")
    def _onchange_equipment_kind(self):
        if not self.eye_ids:
            self.eye_ids = [Command.create({"side": side, "vision": "far"}) for side in ("right", "left")]

    @api.onchange("patient_id")
    def _onchange_patient_id(self):
        if self.patient_id.company_id:
            self.company_id = self.patient_id.company_id

    @api.model_create_multi
    def create(self, vals_list):
        prescriptions = super().create(vals_list)
        prescriptions._own_scans()
        if "_import_current_module" in self.env.context and not all(row.eye_ids for row in prescriptions):
            raise ValidationError(
                self.env._("The prescription has no correction: match the columns of the eye and the sphere.")
            )
        return prescriptions

    def write(self, vals):
        result = super().write(vals)
        if "scan_ids" in vals:
            self._own_scans()
        return result

    def _optoamc_logged_patient(self):
        return self.patient_id

    def _own_scans(self):
        """Tie new scans to their prescription, so that who reads the one reads the others."""
        for prescription in self:
            # The form uploads a file before the record that it belongs to is saved.
            new = prescription.scan_ids.filtered(lambda scan: scan.res_model == self._name and not scan.res_id)
            new.check_access("write")
            new.sudo().write({"res_id": prescription.id})  # linked, its owner is not changed by a person any more

    def action_add_intermediate(self):
        """Add the rows of intermediate vision to the grid."""
        self._add_vision("intermediate")

    def action_add_near(self):
        """Add the rows of near vision, worked out from far vision and its addition."""
        self._add_vision("near")

    def _add_vision(self, vision):
        for prescription in self:
            taken = {eye.side for eye in prescription.eye_ids if eye.vision == vision}
            prescription.eye_ids = [
                Command.create({"side": side, "vision": vision, **prescription._derived_row(side, vision)})
                for side in ("right", "left")
                if side not in taken
            ]

    def _derived_row(self, side, vision):
        """What far vision says of another one: values of a row, ``{}`` when it says nothing."""
        far = self._eye(side, "far")
        if not far or vision != "near":
            return {}
        return {
            "sphere": far.sphere + far.addition,
            "cylinder": far.cylinder,
            "axis": far.axis,
            "prism": far.prism,
            "prism_base": far.prism_base,
        }

    def _eye(self, side, vision):
        """The row of the grid for an eye (``right``, ``left``) and a vision, maybe empty."""
        return self.eye_ids.filtered(lambda eye: (eye.side, eye.vision) == (side, vision))[:1]

    def _power(self, side, vision="far"):
        """The power to make a lens of, in dioptres: ``(sphere, cylinder, axis)``, or ``None``.

        See :func:`...lib.lpp.correction.correction_of`.
        """
        found = self._correction(side, vision)
        return found and (float(found.sphere), float(found.cylinder), found.axis or 0)

    def _correction(self, side, vision):
        """What a lens for an eye and a distance corrects, maybe ``None``.

        :param side: ``right`` or ``left``
        :param vision: ``far``, ``intermediate``, ``near`` or ``all`` (a progressive lens)
        """
        rows = {eye.vision: eye._correction() for eye in self.eye_ids if eye.side == side}
        return correction_of(rows, vision or "far")

    def action_positive_cylinder(self):
        """Write every row of the grid with a positive cylinder, as the LPP and makers do."""
        self.eye_ids._to_positive_cylinder()
