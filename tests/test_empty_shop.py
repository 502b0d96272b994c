import base64
from unittest.mock import patch

from odoo.tests import tagged

from .common import KNOWN
from .test_setup import new_company, new_manager
from .tour_common import DeskTourCase
from .users import new_user, sole_shop

try:
    from . import cnam_archive as cnam
except ImportError:  # the tests alone need it: it writes dBase
    cnam = None

COMPANIES = "/odoo/action-base.action_res_company_form"
USERS = "/odoo/action-base.action_res_users"
SETUP = "/odoo/action-l10n_fr_optoamc.action_optoamc_setup"
PATIENTS = "/odoo/action-l10n_fr_optoamc.action_patients"

#: Of the first dossier, as the guide names them.
JOBS = (
    "Un nouveau patient et ses deux contrats",
    "Un dossier de quatre lignes",
    "Une demande accordée et transférée",
    "La liste du jour",
)

#: The same day by keyboard alone: Tab counts, a shortcut is one key.
KEYBOARD_JOBS = (
    "Un nouveau patient et ses deux contrats, au clavier",
    "Une ordonnance et son prescripteur, au clavier",
    "Un dossier de quatre lignes, au clavier",
    "Une demande signée, accordée et transférée, au clavier",
)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEmptyShop(DeskTourCase):
    """From a database without a shop to the insurer's payment, each by who does it, with the screens alone."""

    def setUp(self):
        super().setUp()
        if not cnam:
            self.skipTest("dbf is not installed")
        partners = self.env["res.partner"].with_context(active_test=False)
        people = ["|", "|", ("is_amc", "=", True), ("is_amo", "=", True), ("is_prescriber", "=", True)]
        partners.search(people).active = False
        partners.search([("amc_number", "!=", False)]).amc_number = False
        self.env["optoamc.platform"].search([]).active = False
        # Its tariffs are imported by the tour.
        self.env["optoamc.lpp.price"].search([("is_fictitious", "=", True)]).unlink()
        self.env.ref("base.user_admin").lang = "fr_FR"

    def _serve(self, name, data):
        """Put a file where a tour takes it."""
        self.env["ir.attachment"].create(
            {
                "name": name,
                "type": "binary",
                "datas": base64.b64encode(data),
                "url": f"/optoamc-tour/{name}",
                "public": True,
            }
        )

    def _play(self, tour, login, path, *jobs, fewer=0):
        imports = type(self.env["optoamc.import"])
        work = patch.object(imports, "_trigger", lambda jobs: jobs.sudo()._cron_work())
        with self._dispatcher(), work, self._screenshots(), self._efforts(*jobs, fewer=fewer):
            self.start_tour(path, tour, login=login, timeout=600)
        self.env.invalidate_all()

    def _patient(self, name):
        return self.env["res.partner"].search([("name", "=", name)]).with_company(self.shop)

    def _open_shop(self):
        self.shop = new_company(self.env)
        sole_shop(self.shop)
        new_manager(self.env, self.shop, login="gaspard")
        roles = "base.group_user,l10n_fr_optoamc.group_optician,account.group_account_invoice"
        new_user(self.shop, "odile", roles, lang="fr_FR")
        self._play("optoamc_setup", "gaspard", SETUP)
        self._serve("lpp.zip", cnam.fictitious_archive())
        self._play("optoamc_empty_catalogue", "gaspard", "/odoo/action-l10n_fr_optoamc.action_insurers")
        lens = self.env.ref("l10n_fr_optoamc.lpp_2249229")
        self.assertTrue(lens._price_on(self.env.company._optoamc_today()).is_fictitious)
        articles = self.env["product.template"].search([("name", "like", "du jour")], order="id")
        self.assertEqual(articles.mapped("optical_category"), ["lens", "lens", "frame", "supplement"])
        self.assertEqual(articles.mapped("list_price"), [280.0, 90.0, 149.0, 25.0])
        self.assertEqual(articles.mapped("lens_type"), ["progressive", "single", False, False])
        self.assertEqual(articles.mapped("product_class"), ["B", "B", "B", False])

    def test_company_and_people(self):
        """The company and its people, by the administrator, with roles and no technical right."""
        self._play("optoamc_empty_company", "admin", COMPANIES)
        shop = self.env["res.company"].search([("name", "=", "Optique toute neuve")])
        self.assertEqual((shop.country_id.code, shop.currency_id.name), ("FR", "EUR"))
        self._play("optoamc_empty_people", "admin", USERS)
        people = self.env["res.users"].search([("login", "in", ("gaspard", "odile"))], order="login")
        self.assertEqual([user.company_ids for user in people], [shop, shop])
        self.assertEqual(set(people.mapped("lang")), {"fr_FR"})
        roles = ("l10n_fr_optoamc.group_manager", "l10n_fr_optoamc.group_optician", "base.group_system")
        held = [[user.has_group(role) for role in roles] for user in people]
        self.assertEqual(held, [[True, False, False], [False, True, False]])

    def test_first_days(self):
        self._open_shop()
        self._first_patient()
        self._family()
        self._mistakes()

    def test_first_day_by_keyboard(self):
        """The mouse stays where it is: a patient with two contracts in one save, to the agreement in the dossier."""
        self._open_shop()
        # A tour presses Tab again while a new row is on its way.
        self._play("optoamc_empty_desk_keyboard", "odile", PATIENTS, *KEYBOARD_JOBS, fewer=8)
        patient = self._patient("Denis FAURE")
        contracts = patient.optoamc_contract_ids
        self.assertEqual(contracts.mapped("rank"), [1, 2])
        self.assertEqual(contracts.mapped("member_number"), ["1012345691", "43"])
        order = self.env["sale.order"].search([("patient_id", "=", patient.id)])
        self.assertEqual(order.prescription_id.prescriber_id.rpps, "10000000017")
        eyes = order.prescription_id.eye_ids
        self.assertEqual((eyes.mapped("sphere"), eyes.mapped("addition")), ([-1.25, -1.25], [2.0, 2.0]))
        self.assertEqual(order.order_line.mapped("price_unit"), [280.0, 280.0, 25.0, 149.0])
        request = order.optoamc_request_ids
        self.assertEqual((request.state, request.transferred, order.amc_total), ("granted", True, 300.0))
        consents = self.env["optoamc.consent"].search([("patient_id", "=", patient.id)])
        self.assertEqual(set(consents.mapped("method")), {"paper"})

    def _first_patient(self):
        self._play("optoamc_empty_desk", "odile", PATIENTS, *JOBS)
        patient = self._patient("Paul PETIT")
        self.assertEqual(patient.optoamc_contract_ids.mapped("rank"), [1, 2])
        self.assertEqual(patient.optoamc_contract_ids.mapped("member_number"), [KNOWN, "42"])
        order = self.env["sale.order"].search([("patient_id", "=", patient.id)])
        request = order.optoamc_request_ids
        self.assertEqual((request.state, request.transferred, order.amc_total), ("granted", True, 300.0))
        self.assertEqual(order.order_line.lpp_id.mapped("product_class"), ["B", False, "B"])
        consents = self.env["optoamc.consent"].search([("patient_id", "=", patient.id)])
        self.assertEqual(set(consents.mapped("method")), {"screen"})

        dossier = f"/odoo/action-l10n_fr_optoamc.action_dossiers/{order.id}"
        self._play("optoamc_empty_till", "odile", dossier)
        invoices = order.invoice_ids
        self.assertEqual(len(invoices), 2)
        self.assertEqual(set(invoices.mapped("state")), {"posted"})
        self.assertEqual(set(invoices.mapped("amount_residual")), {0.0})
        share = invoices.optoamc_share_ids.filtered(lambda share: share.kind == "amc")
        self.assertEqual((share.amount, share.state), (300.0, "open"))

        self._serve("advice.csv", f"N° PEC;Montant réglé\r\n{request.pec_number};300,00".encode("cp1252"))
        self._play("optoamc_empty_advice", "odile", "/odoo/payment-advices")
        self.assertEqual(share.state, "paid")

    def _family(self):
        self._play("optoamc_empty_family", "odile", PATIENTS)
        mother, child = self._patient("Claire ROUX"), self._patient("Hugo ROUX")
        self.assertEqual(child.optoamc_contract_ids.mapped("member_number"), ["1012345688", "77"])
        self.assertEqual(child.optoamc_contract_ids.insured_id, mother)
        order = self.env["sale.order"].search([("patient_id", "=", child.id)])
        self.assertEqual(set(order.optoamc_request_ids.mapped("state")), {"granted"})
        self.assertEqual(order.invoice_ids.partner_id, mother)
        self.assertEqual(order.invoice_ids.state, "posted")
        consents = self.env["optoamc.consent"].search([("patient_id", "=", child.id)])
        self.assertEqual(set(consents.mapped("capacity")), {"parent"})

    def _mistakes(self):
        self._play("optoamc_empty_mistakes", "odile", PATIENTS)
        patient = self._patient("Jean BLANC")
        self.assertEqual(patient.nir, "175086938412366")
        order = self.env["sale.order"].search([("patient_id", "=", patient.id)])
        self.assertTrue(order.prescription_id.is_expired, "who chose it sees that it has expired")
        self.assertEqual((order.state, len(order.order_line)), ("cancel", 2))
        self.assertFalse(order.optoamc_request_ids.filtered(lambda request: request.state != "draft"))
