"""A whole shop, from the counter to the books, with a patient whose data can be told from all others."""

import base64
import re
from datetime import date

from odoo import Command

from .share_common import ShareCase
from .users import new_user

#: What must turn up nowhere but in its own field.
NIR = "278037511509958"
SPACED_NIR = "2 78 03 75 115 099 58"
MEMBER = "1012345688"
SPHERE, ADDITION = -7.75, 2.75
PRODUCT = "Azurine ultramarine"
NOTE = "keratocone stade deux"
PASSWORD = "Zephyr-Quartz-81"
HEALTH = (NIR, SPACED_NIR, "7.75", "7,75", PRODUCT, NOTE, "ANTIREFLET", "PHOTOCHROMIQUE")


def traces(text, secrets):
    """Which of the secrets stand in a text: plainly, or within something in base64, hexadecimal or both."""
    return sorted(secret for secret in secrets if _pattern(secret).search(text))


def _pattern(secret):
    if re.fullmatch(r"\d+[.,]\d+", secret):
        # 17.750 ms is no correction.
        return re.compile(rf"(?<!\d)(?<!\d[.,]){re.escape(secret)}(?!\d)")
    raw = secret.encode()
    forms = [re.escape(secret), raw.hex()]
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + raw).decode().rstrip("=")
        # The first and last characters hold bits of the neighbours.
        encoded = encoded[shift + (shift > 0) : -1]
        forms += [re.escape(encoded), encoded.encode().hex()]
    return re.compile("|".join(forms))


class ShopCase(ShareCase):
    """French books, an insurer simulated in this process, and a patient."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "finess": "759000003",
                "company_registry": "82000000800012",
                "street": "1 rue de la Vision",
                "zip": "75009",
                "city": "Paris",
                "optoamc_consent_text_id": cls.env.ref("l10n_fr_optoamc.consent_text_1").id,
            }
        )
        cls.platform = cls.env["optoamc.platform"].create(
            {"name": "Plateforme du magasin", "username": "boutique", "password": PASSWORD}
        )
        cls.platform.with_company(cls.company).mode = "demo"
        cls.env["res.partner"].sudo().search([("amc_number", "=", "75809426")]).active = False
        cls.insurer.write(
            {"amc_number": "75809426", "amc_platform_number": "75809426", "optoamc_platform_id": cls.platform.id}
        )
        # The demonstration's patients may have the number that the insurer simulated knows: it is nobody else's here.
        cls.env.cr.execute("UPDATE optoamc_contract SET member_number = NULL WHERE member_number = %s", [MEMBER])
        cls.env["optoamc.contract"].invalidate_model(["member_number"])
        cls.fund.write({"amo_regime": "01", "amo_fund": "751", "amo_centre": "0000"})
        cls.prescriber = cls.env["res.partner"].create(
            {"name": "Dr BESNAINOU", "lastname": "BESNAINOU", "is_prescriber": True, "rpps": "10000000017"}
        )
        cls.lens.write(
            {
                "name": PRODUCT,
                "lens_type": "progressive",
                "lens_is_anti_reflective": True,
                "lens_is_photochromic": True,
            }
        )
        for option in ("lens_treatments", "beneficiary_nir", "insured_nir"):
            cls.env.ref(f"l10n_fr_optoamc.field_{option}").with_company(cls.company).is_sent = True
        cls.officer = new_user(cls.company, "optoamc_shop_officer", "l10n_fr_optoamc.group_privacy_officer")

    @classmethod
    def _dossier(cls, member=MEMBER):
        """A dossier as the optician types it, for a new patient."""
        env = cls.env(user=cls.optician)
        patient = env["res.partner"].create(
            {
                "lastname": "LEROY",
                "firstname": "Anne",
                "name": "Anne LEROY",
                "street": "12 rue des Lunetiers",
                "zip": "75009",
                "city": "Paris",
                "birthdate": "1978-03-08",
                "nir": SPACED_NIR,
                "amo_id": cls.fund.id,
                "optoamc_contract_ids": [
                    Command.create({"insurer_id": cls.insurer.id, "member_number": member, "relation": "insured"})
                ],
            }
        )
        eye = {"vision": "far", "sphere": SPHERE, "addition": ADDITION}
        prescription = env["optoamc.prescription"].create(
            {
                "patient_id": patient.id,
                "prescriber_id": cls.prescriber.id,
                "date": date(2013, 1, 1),
                "note": NOTE,
                "eye_ids": [Command.create({"side": side, **eye}) for side in ("right", "left")],
            }
        )
        return env["sale.order"].create(
            {
                "partner_id": patient.id,
                "optical_date": date(2013, 11, 26),
                "prescription_id": prescription.id,
                "order_line": [
                    Command.create({"product_id": cls.lens.id, "eye_side": "right", "vision": "all"}),
                    Command.create({"product_id": cls.lens.id, "eye_side": "left", "vision": "all"}),
                    Command.create({"product_id": cls.frame.id}),
                ],
            }
        )

    def _ask(self, order):
        """The optician's clicks on the "Prise en charge" screen, to the request."""
        wizard = (
            self.env["optoamc.request.wizard"]
            .with_user(self.optician)
            .browse(order.action_optoamc_open_pec()["res_id"])
        )
        wizard.action_record_consent()
        wizard.action_request_coverage()
        return wizard.request_id

    def _dispatch(self):
        with self.enter_registry_test_mode():
            self.env.ref("l10n_fr_optoamc.cron_dispatch").method_direct_trigger()
        self.env.invalidate_all()
