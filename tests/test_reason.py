from odoo.tests import new_test_user, tagged

from ..lib.protocol.errors import ERRORS
from .common import UNKNOWN, OptoamcCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestReason(OptoamcCommon):
    """What a refusal means, what to do about it, and where."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "reason_manager", "base.group_user,l10n_fr_optoamc.group_manager")
        cls.reasons = cls.env["optoamc.reason"]

    def _refused(self):
        request = self._new_request(self._new_dossier(UNKNOWN))
        request.action_send()
        self._dispatch()
        self.assertEqual((request.state, request.reason_codes), ("refused", ["ADH01"]))
        return request

    def test_every_technical_reject_is_in_the_catalogue(self):
        rejects = self.reasons.search([("kind", "=", "reject")])
        self.assertEqual(set(rejects.mapped("code")), set(ERRORS))
        for reject in rejects:
            self.assertEqual(reject.advice, ERRORS[reject.code].advice)

    def test_a_refusal_says_what_to_do_and_where(self):
        request = self._refused()
        self.assertIn("member number", request.advice)
        self.assertTrue(request.blamed_field)
        action = request.action_open_blamed_field()
        self.assertEqual((action["res_model"], action["res_id"]), ("optoamc.contract", request.contract_id.id))

    def test_the_pec_screen_leads_there_first(self):
        request = self._refused()
        self.reasons.search([("code", "=", "ADH01")]).path = "prescription.date"
        action = request.order_id.with_user(self.optician).action_open_pec()
        wizard = self.env["optoamc.request.wizard"].with_user(self.optician).browse(action["res_id"])
        self.assertEqual(
            [(place["model"], place["id"]) for place in wizard.to_check],
            [
                ("optoamc.prescription", request.order_id.prescription_id.id),
                ("optoamc.contract", request.contract_id.id),
                ("res.partner", request.patient_id.id),
            ],
        )

    def test_the_managers_words_replace_ours(self):
        request = self._refused()
        reason = self.reasons.with_user(self.manager).search([("code", "=", "ADH01"), ("platform_id", "=", False)])
        reason.advice = "Appelez Sylvie"
        self.assertEqual(request.advice, "Appelez Sylvie")
        # The platform's own entry comes first.
        self.reasons.with_user(self.manager).create(
            {"code": "ADH01", "platform_id": self.platform.id, "advice": "Appelez la plateforme"}
        )
        self.env.invalidate_all()
        self.assertEqual(request.advice, "Appelez la plateforme")
        self.assertFalse(request.blamed_field, "and it names no field")

    def test_an_unknown_code_is_collected_once(self):
        self.reasons.search([("code", "=", "ADH01")]).unlink()
        first, second = self._refused(), self._refused()
        found = self.reasons.search([("code", "=", "ADH01")])
        self.assertEqual(
            (found.platform_id, found.seen_count, found.to_describe, found.name),
            (self.platform, 2, True, "Adherent de demonstration inconnu"),
        )
        self.assertFalse(first.advice)
        found.with_user(self.manager).advice = "Corrigez le n° d'adhérent"
        self.env.invalidate_all()
        self.assertEqual((first | second).mapped("advice"), ["Corrigez le n° d'adhérent"] * 2)

    def test_an_update_of_the_module_leaves_the_managers_words(self):
        reject = self.reasons.search([("kind", "=", "reject"), ("code", "=", "tls")])
        reject.advice = "Appelez l'informaticien"
        self.reasons._load_rejects()
        self.assertEqual(reject.advice, "Appelez l'informaticien")
