from odoo.tests import tagged

from .test_setup import new_manager
from .tour_common import DeskTourCase
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

    def _accountant(self):
        groups = "base.group_user,account.group_account_invoice,account.group_account_readonly"
        return new_user(self.company, "widths_accountant", groups, lang="fr_FR")
