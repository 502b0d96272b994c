from odoo import Command
from odoo.tests import TransactionCase, tagged

from .test_setup import new_company, new_manager
from .users import new_user, sole_shop


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOpening(TransactionCase):
    """What the app opens on in a shop that is not set up yet, and what is told there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["optoamc.platform"].search([]).active = False
        cls.company = new_company(cls.env)
        sole_shop(cls.company)
        cls.manager = new_manager(cls.env, cls.company)
        cls.manager.group_ids = [Command.link(cls.env.ref("l10n_fr_optoamc.group_optician").id)]
        cls.optician = new_user(
            cls.company, "opening_optician", "base.group_user,l10n_fr_optoamc.group_optician", lang="fr_FR"
        )

    def _opened(self, user):
        return self.env["res.company"].with_user(user).action_optoamc_open_app()

    def _told(self, user):
        self.env.invalidate_all()
        action = self.env.ref("l10n_fr_optoamc.action_day").with_user(user)
        return str(action._get_action_dict()["help"])

    def test_a_manager_is_led_to_what_is_first(self):
        app = self.env.ref("l10n_fr_optoamc.menu_root").action
        self.assertEqual(app.with_user(self.manager).run()["res_model"], "optoamc.setup")
        self.assertEqual(app.with_user(self.optician).run()["id"], self.env.ref("l10n_fr_optoamc.action_day").id)

    def test_who_cannot_ask_is_told_why(self):
        for user in (self.optician, self.manager):
            self.assertIn(self.company.name, self._told(user))
        orders = self.env["sale.order"].with_user(self.optician)
        self.assertNotIn(self.company.name, str(orders.get_empty_list_help("")), "nothing of it in Odoo's own lists")

    def test_once_it_is_set_up(self):
        """Or once an insurer was asked, on paper for one: nobody is led back for ever."""
        day = self.env.ref("l10n_fr_optoamc.action_day").id
        patient = self.env["res.partner"].create({"name": "Patient"})
        order = self.env["sale.order"].create({"partner_id": patient.id, "company_id": self.company.id})
        self.assertEqual(self._opened(self.manager)["res_model"], "optoamc.setup", "a dossier is no request")
        insurer = self.env["res.partner"].create({"name": "Insurer", "is_amc": True})
        contract = (
            self.env["optoamc.contract"]
            .with_company(self.company)
            .create({"partner_id": patient.id, "insurer_id": insurer.id, "member_number": "1"})
        )
        self.env["optoamc.request"].create(
            {"order_id": order.id, "contract_id": contract.id, "kind": "coverage", "equipment_number": 1}
        )
        self.assertEqual(self._opened(self.manager)["id"], day)
        self.assertNotIn(self.company.name, self._told(self.optician))

    def test_a_company_beside_the_shops(self):
        """Of somebody who sells no glasses there, nothing is asked."""
        self.env["res.company"].create({"name": "Optique ouverte", "finess": "759000003"})
        self.assertNotEqual(self._opened(self.manager).get("res_model"), "optoamc.setup")

    def test_who_has_no_dossier(self):
        """As before: the first menu that the person sees."""
        officer = new_user(self.company, "opening_officer", "base.group_user,l10n_fr_optoamc.group_privacy_officer")
        self.assertIn(self._opened(officer)["res_model"], ("res.partner", "optoamc.consent", "optoamc.request"))
