"""A shop with a catalogue of both classes, and dossiers of today."""

import datetime as dt
import re
import subprocess
import tempfile
from io import BytesIO
from pathlib import Path

from odoo import Command, fields
from odoo.tools.pdf import OdooPdfFileReader

from .common import KNOWN, OptoamcCommon, only_shipped_tariffs

try:
    from . import cnam_archive as cnam
except ImportError:  # the tests alone need it: it writes dBase
    cnam = None

#: Generated tariffs: the official table is not to be had here. Base and maximum price of each code of class A.
BASE, CEILING = 12.0, 40.0


def pdf_text(pdf):
    """The text of a PDF, as a person selects it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "quote.pdf")
        file.write_bytes(pdf)
        command = ["pdftotext", "-layout", str(file), "-"]
        text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return re.sub(r"[ \u00a0\u202f]+", " ", text)


def pdf_title(pdf):
    """The title that a PDF says it has."""
    return OdooPdfFileReader(BytesIO(pdf)).metadata.title


class QuoteCase(OptoamcCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        only_shipped_tariffs(cls.env)
        cls.maker = cls.env["optoamc.maker"].create(
            {"name": "Verrerie des tests", "address": "4 rue des Verriers, 55000 Bar-le-Duc"}
        )
        outside = cls.env["optoamc.maker"].create(
            {
                "name": "Eyewear of Tests Ltd",
                "address": "1 Harbour Road, Hong Kong",
                "country_id": cls.env.ref("base.hk").id,
                "representative": "Mandataire des tests, 13002 Marseille",
            }
        )
        cls.lenses = {
            (cls_, kind): cls._article(f"Verre {kind} {cls_}", price, lens_type=kind, product_class=cls_)
            for kind in ("single", "multifocal", "progressive")
            for cls_, price in (("A", 35.0), ("B", 120.0))
        }
        cls.frames = {
            ("A", "adult"): cls._article("Monture A adulte", 30.0, "frame", lpp="2222124"),
            ("A", "child"): cls._article("Monture A enfant", 30.0, "frame", lpp="2254242", maker=outside),
            ("B", "adult"): cls._article("Monture B adulte", 149.0, "frame", lpp="2264861"),
            ("B", "child"): cls._article("Monture B enfant", 99.0, "frame", lpp="2276870"),
        }

    @classmethod
    def _article(cls, name, price, category="lens", lpp=None, maker=None, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "default_code": f"REF-{name.replace(' ', '-')}",
                "list_price": price,
                "taxes_id": [Command.clear()],
                "optical_category": category,
                "lpp_id": lpp and cls.env.ref(f"l10n_fr_optoamc.lpp_{lpp}").id,
                "optical_maker_id": (maker or cls.maker).id,
                "frame_brand": "Marque",
                "frame_model": f"Modèle {name}",
                "optical_material": "Organique",
                **values,
            }
        )

    @classmethod
    def _know_tariffs(cls):
        """The tariffs of class A, as the CNAM's table would bring them."""
        lpps = cls.env["optoamc.lpp"].search([("product_class", "=", "A"), ("price_ids", "=", False)])
        cls.env["optoamc.lpp.price"].create(
            [{"lpp_id": lpp.id, "date_from": "2020-01-01", "base_price": BASE, "max_price": CEILING} for lpp in lpps]
        )

    @classmethod
    def _checked(cls, *orders):
        """An optician has checked the derived grouping codes."""
        for order in orders:
            order.with_user(cls.optician).action_optoamc_check_codes()

    @classmethod
    def _dossier(cls, right, left=None, kind="single", age=40, near=None, pairs=1, product_class="B"):
        """A dossier of today for a patient with a responsible contract.

        :param right: sphere, cylinder and axis, and besides by name what the prescription has
        """
        order = cls._new_dossier(KNOWN)
        today = fields.Date.context_today(order)
        order.patient_id.birthdate = today.replace(day=1) - dt.timedelta(days=365.25 * age + 40)
        eyes = [("right", "far", right), ("left", "far", left or right)]
        eyes += [(side, "near", near) for side in ("right", "left") if near]
        prescription = cls.env["optoamc.prescription"].create(
            {
                "patient_id": order.patient_id.id,
                "prescriber_id": cls.prescriber.id,
                "date": today - dt.timedelta(days=30),
                "eye_ids": [
                    Command.clear(),
                    *(Command.create({"side": side, "vision": vision, **values}) for side, vision, values in eyes),
                ],
            }
        )
        audience = "child" if age < 16 else "adult"
        lens, frame = cls.lenses[product_class, kind], cls.frames[product_class, audience]
        lines = [
            Command.create(values)
            for number in range(1, pairs + 1)
            for values in (
                {"product_id": lens.id, "eye_side": "right", "equipment_number": number},
                {"product_id": lens.id, "eye_side": "left", "equipment_number": number},
                {"product_id": frame.id, "equipment_number": number},
            )
        ]
        order.order_line.unlink()
        order.write({"optical_date": today, "prescription_id": prescription.id, "order_line": lines})
        if pairs > 1:
            order.order_line.filtered(lambda line: line.equipment_number > 1 and line.eye_side).vision = "near"
        return order

    @classmethod
    def _on_one_line(cls, order):
        """Both lenses of a dossier on the right eye's line, as one that types an article and a 2 leaves it."""
        right, left, _frame = order.order_line
        left.unlink()
        right.product_uom_qty = 2
        return right

    def _propose(self, order, **values):
        """The optician has the offer of class A added; the only articles of the catalogue are chosen already."""
        action = order.with_user(self.optician).action_optoamc_propose_class_a()
        offer = self.env["optoamc.class.a.offer"].with_user(self.optician).browse(action["res_id"])
        offer.write(values)
        offer.action_make_offer()
        return (order._optoamc_variants() - order)[-1:]

    def _text(self, order, report="legal_quote", lang="fr_FR"):
        """The text of a printed document, as a person selects it in the PDF."""
        order.partner_id.lang = lang
        reports = self.env["ir.actions.report"].with_user(self.optician).with_context(force_report_rendering=True)
        pdf, _kind = reports.sudo()._render_qweb_pdf(f"l10n_fr_optoamc.action_report_{report}", order.ids)
        return pdf_text(pdf)
