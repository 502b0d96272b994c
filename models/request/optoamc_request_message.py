"""From the dossier's records to the norm's messages.

One table says where each attribute of a message comes from. It is read twice:
to fill the message, and to tell the user in which record a missing one is typed.
"""

from __future__ import annotations

from dataclasses import replace as dataclass_replace
from functools import cache
from types import NoneType, UnionType
from typing import get_args, get_type_hints

from odoo import api, fields, models, release

from ...lib.identifiers import compact
from ...lib.protocol import messages as m
from ...lib.protocol.columns import value_of
from ...lib.transmission.profiles import withhold

#: Part of the request message -> its dataclass, and for each attribute the field path from the
#: ``optoamc.request`` record.
PART_SOURCES: dict[str, tuple[type, dict[str, str]]] = {
    "optician": (
        m.Optician,
        {
            "finess": "company_id.finess",
            "siret": "company_id.company_registry",
            "name": "company_id.name",
            "street": "company_id.street",
            "street2": "company_id.street2",
            "zip": "company_id.zip",
            "city": "company_id.city",
            "contact_name": "company_id.optoamc_contact_id.name",
            "phone": "company_id.phone",
            "email": "company_id.email",
        },
    ),
    "insurer": (
        m.Insurer,
        {
            "amc_number": "insurer_id.amc_number",
            "platform_number": "insurer_id.amc_platform_number",
            "name": "insurer_id.name",
            "scheme": "contract_id.scheme_id.code",
        },
    ),
    "insured": (
        m.Insured,
        {
            "last_name": "contract_id.insured_id.lastname",
            "first_name": "contract_id.insured_id.firstname",
            "birth_date": "contract_id.insured_id.birthdate",
            "card_birth_date": "contract_id.insured_id.card_birthdate",
            "nir": "contract_id.insured_id.nir",
            "member_number": "contract_id.member_number",
            "contract_number": "contract_id.contract_number",
            "group_number": "contract_id.group_number",
            "contract_type": "contract_id.contract_type",
        },
    ),
    "beneficiary": (
        m.Beneficiary,
        {
            "last_name": "patient_id.lastname",
            "first_name": "patient_id.firstname",
            "birth_date": "patient_id.birthdate",
            "card_birth_date": "patient_id.card_birthdate",
            "birth_rank": "patient_id.birth_rank",
            "nir": "patient_id.nir",
            "quality": "contract_id.relation",
        },
    ),
    "amo": (
        m.AmoRights,
        {
            "regime": "patient_id.amo_id.amo_regime",
            "fund": "patient_id.amo_id.amo_fund",
            "centre": "patient_id.amo_id.amo_centre",
            "insurance_nature": "order_id.insurance_nature",
            "exoneration": "patient_id.exoneration",
            "rate": "order_id.amo_rate",
            "child": "order_id.is_child",
        },
    ),
    "prescription": (
        m.Prescription,
        {
            "date": "prescription_id.date",
            "prescriber_last_name": "prescription_id.prescriber_id.lastname",
            "prescriber_first_name": "prescription_id.prescriber_id.firstname",
            "prescriber_number": "prescription_id.prescriber_id.prescriber_number",
            "renewal": "prescription_id.renewal",
        },
    ),
    "early_renewal": (
        m.EarlyRenewal,
        {
            "last_equipment": "order_id.last_equipment_on",
            "reason": "order_id.early_reason",
        },
    ),
    "equipment": (
        m.Equipment,
        {
            "rank": "equipment_number",
            "kind": "equipment_kind",
            "vision": "equipment_vision",
        },
    ),
    "totals": (
        m.Totals,
        {
            "price": "price_total",
            "amo": "amo_total",
        },
    ),
}

#: The message's own attributes -> field path from the request.
ROOT_SOURCES = {"kind": "kind", "date": "order_id.optical_date"}

#: Odoo's own fields of numbers, which keep the separators that were typed.
_AS_TYPED = {"company_registry"}

#: What every line has -> field path from the ``optoamc.request.line`` record.
LINE_SOURCES = {
    "line_number": "line_number",
    "product": "name",
    "catalogue_code": "catalogue_code",
    "lpp": "order_line_id.lpp_id.code",
    "group_code": "order_line_id.lpp_id.group_code",
    "product_class": "order_line_id.lpp_id.product_class",
    "quantity": "quantity",
    "price": "price",
    "discount": "discount_amount",
    "amo_base": "amo_base",
    "amo_amount": "amo_amount",
    "other_amc_amount": "other_amc_amount",
}

#: Where a correction is typed; what it is, :meth:`_message_line` takes from the prescription as a whole.
_EYE_SOURCES = {
    "side": "order_line_id.eye_side",
    "sphere": "eye_id.sphere",
    "cylinder": "eye_id.cylinder",
    "axis": "eye_id.axis",
    "addition": "eye_id.addition",
}

_PRODUCT = "order_line_id.product_id"

#: Per optical category: the message's dataclass, and its sources besides the common ones.
CATEGORY_SOURCES: dict[str, tuple[type, dict[str, str]]] = {
    "lens": (
        m.Lens,
        {
            **_EYE_SOURCES,
            "prism": "eye_id.prism",
            "prism_base": "eye_id.prism_base",
            "lens_type": f"{_PRODUCT}.lens_type",
            "index": f"{_PRODUCT}.lens_index",
            "diameter": f"{_PRODUCT}.lens_diameter",
            "surface": f"{_PRODUCT}.lens_surface",
        },
    ),
    "frame": (
        m.Frame,
        {
            "brand": f"{_PRODUCT}.frame_brand",
            "model": f"{_PRODUCT}.frame_model",
            "colour": f"{_PRODUCT}.frame_colour",
            "size": f"{_PRODUCT}.frame_size",
        },
    ),
    "contact": (
        m.ContactLens,
        {
            **_EYE_SOURCES,
            "replacement": f"{_PRODUCT}.contact_replacement_days",
            "boxes": "quantity",
            "lenses_per_box": f"{_PRODUCT}.contact_per_box",
            "radius": f"{_PRODUCT}.contact_radius",
            "diameter": f"{_PRODUCT}.lens_diameter",
        },
    ),
    "supplement": (m.Supplement, {"side": "order_line_id.eye_side"}),
}

#: Treatment of the norm -> the product's checkbox.
TREATMENTS = {
    m.Treatment.ANTI_REFLECTIVE: "lens_is_anti_reflective",
    m.Treatment.TINT: "lens_is_tinted",
    m.Treatment.PHOTOCHROMIC: "lens_is_photochromic",
    m.Treatment.HARDENED: "lens_is_hardened",
    m.Treatment.ANTI_SOILING: "lens_is_anti_soiling",
}


@cache
def _attribute_types(cls):
    """Attribute -> its type without ``| None``, of a message dataclass."""
    hints = {}
    for name, hint in get_type_hints(cls).items():
        if isinstance(hint, UnionType):
            hint = next(arg for arg in get_args(hint) if arg is not NoneType)
        hints[name] = hint
    return hints


def message_mode(mode):
    """What a request or a check of rights says of itself: a demonstration is a test."""
    return m.Mode.PRODUCTION if mode == "production" else m.Mode.TEST


def message_header(record, exchange_id, mode=None):
    """Who speaks for a request or a check of rights: the shop, at its local time.

    :param mode: of the platform; the record's own by default
    """
    local = record.with_context(tz=record.company_id._optoamc_zone())
    return m.Header(
        exchange_id=exchange_id,
        created_at=fields.Datetime.context_timestamp(local, fields.Datetime.now()).replace(tzinfo=None),
        mode=message_mode(mode or record.mode),
        software="l10n_fr_optoamc",
        software_version=release.major_version,
    )


def fill(record, cls, sources):
    """A message dataclass filled from a record by its source paths."""
    types = _attribute_types(cls)
    # A patient's numbers are those that this shop knows.
    record = record.with_company(record.company_id)
    return cls(
        **{
            attribute: value_of(_walk(record, path), attribute, types[attribute])
            for attribute, path in sources.items()
        }
    )


def _walk(record, path):
    *links, last = path.split(".")
    for link in links:
        record = record[link]
    value = record[last] if record else False
    return compact(value) if value and last in _AS_TYPED else value


class OptoamcRequest(models.Model):
    _inherit = "optoamc.request"

    equipment_kind = fields.Char(compute="_compute_message_values", compute_sudo=True)
    equipment_vision = fields.Char(compute="_compute_message_values", compute_sudo=True)
    price_total = fields.Monetary(compute="_compute_message_values", compute_sudo=True)
    amo_total = fields.Monetary(compute="_compute_message_values", compute_sudo=True)

    @api.depends("line_ids.price", "line_ids.amo_amount", "line_ids.optical_category", "line_ids.order_line_id.vision")
    def _compute_message_values(self):
        for request in self:
            lines = request.line_ids
            contact = any(line.optical_category == "contact" for line in lines)
            request.equipment_kind = "contact_lenses" if contact else "glasses"
            # A frame or a supplement sees nothing.
            seen = lines.order_line_id.filtered(lambda line: line.optical_category in ("lens", "contact"))
            request.equipment_vision = seen[:1].vision or "far"
            request.price_total = sum(lines.mapped("price"))
            request.amo_total = sum(lines.mapped("amo_amount"))

    def _coverage_message(self, header=None, options=None):
        """The request as the norm's ``OPAMCREQ``, with what its profile lets leave and nothing besides.

        :param header: of a message that is about to leave; one to look at by default
        :param options: the choices that let data leave now, where they are known
        """
        self.ensure_one()
        platform = self.insurer_id.optoamc_platform_id
        parts = {name: self._message_part(name) for name in PART_SOURCES}
        by_category = {category: [] for category in CATEGORY_SOURCES}
        for line in self.line_ids:
            by_category[line.optical_category].append(line._message_line())
        parts["equipment"] = dataclass_replace(
            parts["equipment"],
            lenses=tuple(by_category["lens"]),
            frame=by_category["frame"][0] if by_category["frame"] else None,
            contact_lenses=tuple(by_category["contact"]),
            supplements=tuple(by_category["supplement"]),
        )
        message = m.CoverageRequest(
            header=header or message_header(self, self.exchange_id or platform._like_identifier()),
            kind=m.RequestKind(self.kind),
            date=self.order_id.optical_date or None,
            **parts,
        )
        return withhold(message, self._sent_options() if options is None else options)

    def _message_part(self, name):
        return fill(self, *PART_SOURCES[name])

    def _sent_options(self):
        """The choices that let data of the patient leave for this insurer now."""
        return self.env["optoamc.field"]._sent_options(self.insurer_id, self.company_id, self._case())

    def _case(self):
        """What of the dossier decides of its profile: a :class:`...lib.transmission.profiles.Case`."""
        return self.order_id._optoamc_case(self.contract_id, self.equipment_number)

    def _enquiry_message(self, kind, exchange_id):
        """``OPAMCGET`` (a consultation) or ``OPAMCDEL`` (a cancellation) for this request."""
        return m.MESSAGE_TYPES[kind](
            header=message_header(self, exchange_id),
            optician=self._message_part("optician"),
            insurer=self._message_part("insurer"),
            request_id=self.exchange_id,
            file_number=self.pec_number or None,
        )


class OptoamcRequestLine(models.Model):
    _inherit = "optoamc.request.line"

    eye_id = fields.Many2one("optoamc.prescription.eye", "Prescribed row", compute="_compute_eye_id")
    formula = fields.Char("Correction", compute="_compute_eye_id", help="What the line corrects.")

    @api.depends(
        "eye_side",
        "order_line_id.vision",
        *(
            f"request_id.order_id.{prescription}.eye_ids.{name}"
            for prescription in ("prescription_id", "other_prescription_id")
            for name in ("formula", "side", "vision")
        ),
    )
    @api.depends_context("lang")
    def _compute_eye_id(self):
        for line in self:
            correction = line._correction()
            line.eye_id = line.order_line_id._optoamc_eye(line.eye_side)
            line.formula = correction and self.env["optoamc.prescription.eye"]._formula_of(correction)

    def _correction(self):
        """What the line corrects, maybe ``None``: see :meth:`_optoamc_correction`."""
        return self.order_line_id._optoamc_correction(self.eye_side)

    def _message_line(self):
        """The line as the norm's lens, frame, contact lens or supplement."""
        self.ensure_one()
        cls, own_sources = CATEGORY_SOURCES[self.optical_category]
        sources = {**LINE_SOURCES, **own_sources}
        typed = {name: path for name, path in sources.items() if not path.startswith("eye_id.")}
        line = fill(self, cls, typed)
        changes = {} if self.has_other_amc else {"other_amc_amount": None}
        if "side" in typed:
            changes["side"] = m.Side(self.eye_side) if self.eye_side else None
        if correction := self._correction():
            changes |= {name: getattr(correction, name) for name in sources if name not in typed}
        if cls is m.Lens:
            product = self.order_line_id.product_id
            changes["treatments"] = tuple(code for code, box in TREATMENTS.items() if product[box])
        return dataclass_replace(line, **changes)
