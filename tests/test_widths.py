from odoo import Command
from odoo.tests import tagged

from ..models.privacy.optoamc_kept_data import KINDS
from .share_common import ShareCase
from .test_setup import new_manager
from .tour_common import DeskTourCase, TourCase
from .users import new_user

#: A member about whom the insurer decides nothing.
NEVER = "1012345682"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestWidths(DeskTourCase):
    """What is seen of the optician's two grids at the widths of a desk, a tablet and a telephone."""

    def setUp(self):
        super().setUp()
        self.order.order_line[0].discount = 10
        self.order.order_line.product_id.name = "ESSILOR Advans Orma Optifog UV Org 60"
        request = self._new_request()
        request.action_send()
        self._dispatch()
        request.action_transfer()

    def _measure(self, width, height=768):
        self.browser_size = f"{width}x{height}"
        self._tour(f"optoamc_widths_{width}", self.order)

    def test_desk(self):
        self._measure(1366)

    def test_desk_once_confirmed(self):
        self.order.action_confirm()
        self._measure(1366)

    def test_a_pair_on_one_line(self):
        order = self._new_dossier(NEVER)
        order.order_line[1].unlink()
        order.order_line[0].product_uom_qty = 2
        self.assertIn(order.order_line[0].eye_side, ("right", "left"))
        self._tour("optoamc_widths_pair", order)

    def test_tablet(self):
        # 1024 pixels less the bar that scrolls the page, which a browser under test does not show.
        self.browser_size = "1009x768"
        self._tour("optoamc_widths_1024", self.order)

    def test_tablet_with_another_insurer(self):
        other = self.insurer.copy({"name": "Seconde des tests", "amc_number": "99000077"})
        self.env["optoamc.contract"].create(
            {"partner_id": self.order.patient_id.id, "insurer_id": other.id, "member_number": "7", "rank": "2"}
        )
        self.browser_size = "1024x768"
        self._tour("optoamc_widths_1024_others", self.order)

    def test_lists_of_the_day(self):
        """Neither names nor amounts are cut, nor is anything scrolled for, on a desk, a tablet and a telephone."""
        self.order.action_optoamc_add_variant()
        self.order.order_line[0].lpp_id = False  # what is not known is a word, wider than an amount
        for size in ("1366x768", "1024x768", "390x844"):
            with self.subTest(size=size):
                self.browser_size = size
                self._tour("optoamc_widths_lists", self.order)

    def test_telephone(self):
        self._measure(390, 844)

    def test_telephone_of_what_is_not_known(self):
        """A word, wider than an amount."""
        self.order = self._new_dossier(NEVER)
        self.order.order_line.product_id.name = "ESSILOR Advans Orma Optifog UV Org 60"
        self.order.order_line[0].lpp_id = False
        self.browser_size = "390x844"
        self._tour("optoamc_widths_390_unknown", self.order)

    def test_telephone_lines_with_vat(self):
        """As its unit prices and the desk, in a dossier alone."""
        self.env["account.chart.template"].try_loading("fr", self.company, install_demo=False)
        self.company.account_price_include = "tax_included"
        tax = self.env["account.tax"].create({"name": "20 % TTC", "amount": 20.0, "company_id": self.company.id})
        article = {"taxes_id": [Command.set(tax.ids)], "list_price": 12.0, "invoice_policy": "order"}
        case = self.env["product.product"].create({**article, "name": "Étui"})
        optics = {"optical_category": "lens", "lens_type": "single", "lpp_id": self.lens.lpp_id.id}
        lens = case.create({**article, **optics, "name": "Verre TTC", "list_price": 300.0})
        order = self._new_dossier(NEVER)
        order.order_line = [Command.clear(), Command.create({"product_id": lens.id})]
        plain = self.env["sale.order"].create(
            {"partner_id": order.partner_id.id, "order_line": [Command.create({"product_id": case.id})]}
        )
        self.assertEqual((order.order_line[0].price_total, plain.order_line.price_subtotal), (300.0, 10.0))
        self.browser_size = "390x844"
        self._tour("optoamc_widths_390_lines", order)
        self._tour("optoamc_widths_390_plain", plain)

    def test_telephone_of_a_patient(self):
        patient = self.order.patient_id
        patient.copy({"name": "Enfant des tests", "insured_id": patient.id, "beneficiary_quality": "child"})
        self.browser_size = "390x844"
        self._tour("optoamc_widths_390_patient", path=f"/odoo/action-l10n_fr_optoamc.action_patients/{patient.id}")

    def test_telephone_while_an_answer_is_typed(self):
        order = self._new_dossier(NEVER)
        self._new_request(order).action_send()
        self._dispatch()
        self.browser_size = "390x844"
        self._tour("optoamc_widths_390_typed", order)

    def test_lists_of_the_menus(self):
        """No header, amount or date of a list is cut at the width of a desk, whoever opens it."""
        officer = new_user(self.company, "widths_officer", "l10n_fr_optoamc.group_privacy_officer", lang="fr_FR")
        for user in (self.optician, new_manager(self.env, self.company), officer, self._accountant()):
            with self.subTest(user=user.login):
                self.start_tour("/odoo", "optoamc_widths_menus", login=user.login, timeout=180)

    def test_kept_after_an_erasure_is_read_whole(self):
        """What is kept, and on what ground, is a sentence: a patient is told of it."""
        officer = new_user(self.company, "widths_keeper", "l10n_fr_optoamc.group_privacy_officer", lang="fr_FR")
        kinds = [kind for kind, _label in KINDS]
        kept = [{"kind": kind, "record_count": 3, "until": "2036-12-31"} for kind in kinds]
        common = {"patient_id": self.order.patient_id.id, "company_id": self.company.id}
        self.env["optoamc.kept.data"].create([common | row for row in kept])
        self._whole("/odoo/action-l10n_fr_optoamc.action_optoamc_kept_data", officer)

    def test_an_import_is_read_whole(self):
        """The day of a tariff is what tells its rows apart."""
        manager = new_manager(self.env, self.company)
        manager.lang = "fr_FR"
        values = {"number": "2264861", "label": "MONTURE CLASSE B POUR ADULTE OU ENFANT", "kind": "changed"}
        lines = [
            Command.create({**values, "column": f"Tarif du {day}", "old": "0,05 €", "new": "0,06 €"})
            for day in ("01/01/2026", "30/12/2027")
        ]
        values = {"kind": "lpp", "state": "preview", "company_id": self.company.id, "line_ids": lines}
        table = self.env["optoamc.import"].create({**values, "file_name": "LPP901.zip"})
        self._whole(f"/odoo/action-l10n_fr_optoamc.action_optoamc_import_lpp/{table.id}", manager)

    def _whole(self, path, user):
        self.start_tour(path, "optoamc_widths_whole", login=user.login, timeout=180)

    def _accountant(self):
        groups = "base.group_user,account.group_account_invoice,account.group_account_readonly"
        return new_user(self.company, "widths_accountant", groups, lang="fr_FR")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestWidthsOfMoney(ShareCase, TourCase):
    """The same of an accountant's screens, with invoices."""

    def test_a_payment_advice_is_read_whole(self):
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order)
        share = invoice.optoamc_share_ids
        said = {"pec_number": share.pec_number, "invoice_number": invoice.name, "amount": 300.0}
        matched = {**said, "match": "matched", "share_id": share.id}
        doubtful = {**said, "match": "doubtful", "doubt": "payer", "share_id": share.id}
        lines = [Command.create(line) for line in (matched, doubtful, {**said, "match": "unknown"})]
        values = {"name": "bordereau.csv", "file_key": "1", "journal_id": self.bank.id, "partner_id": self.insurer.id}
        advice = self.env["optoamc.remittance"].sudo().create({**values, "line_ids": lines})
        groups = "base.group_user,account.group_account_invoice,account.group_account_readonly"
        accountant = new_user(self.company, "widths_advice", groups, lang="fr_FR")
        path = f"/odoo/action-l10n_fr_optoamc.action_optoamc_remittance/{advice.id}"
        self.start_tour(path, "optoamc_widths_whole", login=accountant.login, timeout=180)
