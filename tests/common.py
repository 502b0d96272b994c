"""A small shop, an insurer and a patient, for the tests that need no accounting."""

from datetime import date

from odoo import Command
from odoo.tests import TransactionCase

from .users import new_user, sole_shop

#: One empty page; what is added behind it is still the same document.
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\nxref\n0 4\n0000000000 65535 f \n"
    b"0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\n"
    b"startxref\n160\n%%EOF\n"
)

#: The worked example's day: what leaves of a dossier, and so what a form names, depends on it.
DOSSIER_DAY = date(2013, 11, 26)

KNOWN, PENDING, UNKNOWN = "1012345678", "1012345679", "9999999999"


def only_shipped_tariffs(env):
    """Forget the tariffs that the demonstration data make up: a shop has those that the module ships."""
    env["optoamc.lpp.price"].search([("is_fictitious", "=", True)]).unlink()


class OptoamcCommon(TransactionCase):
    """The worked example of the trade, asked of the insurer simulated in this process."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create(
            {
                "name": "Optique des tests",
                "country_id": cls.env.ref("base.fr").id,
                "currency_id": cls.env.ref("base.EUR").id,
                "company_registry": "82000000800012",
                "finess": "759000003",
                "street": "1 rue de la Vision",
                "zip": "75009",
                "city": "Paris",
                "optoamc_consent_text_id": cls.env.ref("l10n_fr_optoamc.consent_text_1").id,
            }
        )
        sole_shop(cls.company)
        cls.env.user.company_ids |= cls.company
        cls.env.user.company_id = cls.company
        cls.optician = new_user(cls.company, "optoamc_optician", "base.group_user,l10n_fr_optoamc.group_optician")
        cls.platform = cls.env["optoamc.platform"].create({"name": "Plateforme des tests"})
        cls.platform.with_company(cls.company).mode = "demo"
        cls.insurer = cls.env["res.partner"].create(
            {
                "name": "ADPR des tests",
                "is_company": True,
                "is_amc": True,
                # The demonstration data may hold the number already.
                "amc_number": "75809426",
                "amc_platform_number": "75809426",
                "optoamc_platform_id": cls.platform.id,
                "active": False,
            }
        )
        cls.env["res.partner"].search([("amc_number", "=", "75809426")]).active = False
        cls.insurer.active = True
        cls.fund = cls.env["res.partner"].create(
            {
                "name": "CPAM des tests",
                "is_company": True,
                "is_amo": True,
                "amo_regime": "01",
                "amo_fund": "751",
                "amo_centre": "0000",
            }
        )
        cls.prescriber = cls.env["res.partner"].create(
            {"name": "Dr BESNAINOU", "lastname": "BESNAINOU", "is_prescriber": True, "rpps": "10000000017"}
        )
        cls.lens = cls.env["product.product"].create(
            {
                "name": "Verre des tests",
                "default_code": "1545116",
                "list_price": 250.0,
                "taxes_id": [Command.clear()],
                "optical_category": "lens",
                "lens_type": "single",
                "lens_index": 1.5,
                "lens_diameter": 60,
                "lpp_id": cls.env.ref("l10n_fr_optoamc.lpp_2203240").id,
            }
        )
        cls.frame = cls.env["product.product"].create(
            {
                "name": "Monture des tests",
                "default_code": "9",
                "list_price": 214.0,
                "taxes_id": [Command.clear()],
                "optical_category": "frame",
                "frame_brand": "DOLCE GABBANA",
                "frame_model": "339",
                "frame_colour": "720",
                "frame_size": "51*19",
                "lpp_id": cls.env.ref("l10n_fr_optoamc.lpp_2223342").id,
            }
        )
        cls.order = cls._new_dossier(KNOWN)

    @classmethod
    def _new_dossier(cls, member_number, consent=True):
        """A dossier of two lenses and a frame for a new patient with that member number."""
        patient = cls.env["res.partner"].create(
            {
                "lastname": "MONTFORT",
                "firstname": "Fabienne",
                "name": "Fabienne MONTFORT",
                "birthdate": date(1953, 7, 14),
                "nir": "253070730047075",
                "amo_id": cls.fund.id,
            }
        )
        cls.env["optoamc.contract"].create(
            {
                "partner_id": patient.id,
                "insurer_id": cls.insurer.id,
                "member_number": member_number,
                "relation": "insured",
            }
        )
        prescription = cls.env["optoamc.prescription"].create(
            {
                "patient_id": patient.id,
                "prescriber_id": cls.prescriber.id,
                "date": date(2012, 1, 1),
                "eye_ids": [Command.clear()]
                + [Command.create({"side": side, "vision": "far", "sphere": 2.0}) for side in ("right", "left")],
            }
        )
        for purpose in ("quote", "coverage") if consent else ():
            cls._consent(patient, purpose)
        return cls.env["sale.order"].create(
            {
                "company_id": cls.company.id,
                "partner_id": patient.id,
                "optical_date": DOSSIER_DAY,
                "prescription_id": prescription.id,
                "order_line": [
                    Command.create({"product_id": cls.lens.id, "eye_side": "right", "sequence": 1}),
                    Command.create({"product_id": cls.lens.id, "eye_side": "left", "sequence": 2}),
                    Command.create({"product_id": cls.frame.id, "sequence": 3}),
                ],
            }
        )

    @classmethod
    def _consent(cls, patient, purpose="coverage", **values):
        """A patient's consent on the form of a dossier of the worked example's day."""
        return cls.env["optoamc.consent"].create(
            {
                "patient_id": patient.id,
                "company_id": cls.company.id,
                "purpose": purpose,
                "dossier_date": DOSSIER_DAY,
                **values,
            }
        )

    def _new_request(self, order=None, kind="coverage"):
        """A draft request of the optician about a dossier."""
        order = order or self.order
        return (
            self.env["optoamc.request"]
            .with_user(self.optician)
            .create(
                {
                    "order_id": order.id,
                    "contract_id": order.patient_id.optoamc_contract_ids.id,
                    "kind": kind,
                }
            )
        )

    def _dispatch(self):
        """One run of the cron, as Odoo's scheduler would do it."""
        with self.enter_registry_test_mode():
            self.env.ref("l10n_fr_optoamc.cron_dispatch").method_direct_trigger()
        self.env.invalidate_all()
