from odoo.tests import new_test_user, tagged

from ..lib.protocol.errors import ERRORS
from ..lib.protocol.messages import CoverageAnswer, Header, Reason, Status
from .common import UNKNOWN, OptoamcCommon
from .test_transmission import TransmissionCase
from .users import new_user

#: What opens in a menu that only managers have.
_MANAGERS = "Configuration >", "(Configuration)"


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
        action = request.order_id.with_user(self.optician).action_optoamc_open_pec()
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

    def test_the_catalogue_shows_the_causes_advice_where_a_code_has_none(self):
        code, cause = self.env.ref("l10n_fr_optoamc.reason_adh04"), self.env.ref("l10n_fr_optoamc.cause_r10")
        self.assertFalse(code.advice)
        self.assertEqual(code.told_advice, cause.advice)
        code.with_user(self.manager).advice = "Appelez l'organisme"
        self.assertEqual(code.told_advice, "Appelez l'organisme")

    def test_an_unknown_code_is_collected_once(self):
        self.reasons.search([("code", "=", "ADH01")]).unlink()
        first, second = self._refused(), self._refused()
        found = self.reasons.search([("code", "=", "ADH01")])
        self.assertEqual(
            (found.platform_id, found.company_id, found.seen_count, found.to_describe, found.name),
            (self.platform, self.company, 2, True, False),
            "the insurer's words are about a patient: the code alone is kept",
        )
        self.assertFalse(first.advice)
        found.with_user(self.manager).advice = "Corrigez le n° d'adhérent"
        self.env.invalidate_all()
        self.assertEqual((first | second).mapped("advice"), ["Corrigez le n° d'adhérent"] * 2)

    def test_the_insurers_words_are_in_no_catalogue(self):
        words = "MME LEROY VOIT SON CONTRAT RESILIE"
        request = self._new_request(self._new_dossier(UNKNOWN))
        request.action_send()
        answer = CoverageAnswer(
            header=Header(exchange_id="1"),
            status=Status.REFUSED,
            reasons=tuple(Reason(code=code, label=words) for code in ("ZZ9", words[:20], "ADH01")),
        )
        request.sudo()._receive_answer(answer)
        self.assertIn(words, request.insurer_message, "with the request, for who corrects it")
        reasons = self.reasons.with_context(active_test=False)
        self.assertEqual(reasons.search([("create_date", ">=", request.create_date)]).mapped("code"), ["ZZ9"])
        self.assertFalse(reasons.search(["|", ("name", "ilike", "LEROY"), ("code", "ilike", "LEROY")]))

    def test_another_shop_hears_nothing_of_what_comes_to_this_one(self):
        elsewhere = self.env["res.company"].create({"name": "Autre magasin"})
        stranger = new_user(elsewhere, "reason_stranger", "base.group_user,l10n_fr_optoamc.group_manager")
        self.reasons._collect(self.platform, self.company, ["ZZ9", "ADH01"])
        self.env.invalidate_all()
        theirs = self.reasons.with_user(stranger).with_company(elsewhere)
        self.assertFalse(theirs.search([("code", "=", "ZZ9")]))
        shared = self.reasons.search([("code", "=", "ADH01"), ("platform_id", "=", False)])
        self.assertEqual(shared.with_company(self.company).seen_count, 1)
        self.assertFalse(shared.with_user(stranger).with_company(elsewhere).seen_count)
        # A manager describes it once for all shops.
        own = self.reasons.with_user(self.manager).search([("code", "=", "ZZ9")])
        own.write({"company_id": False, "name": "Droits fermés", "advice": "Appelez l'organisme"})
        self.assertEqual(theirs.search([("code", "=", "ZZ9")]).name, "Droits fermés")

    def test_an_update_of_the_module_leaves_the_managers_words(self):
        reject = self.reasons.search([("kind", "=", "reject"), ("code", "=", "tls")])
        reject.advice = "Appelez l'informaticien"
        self.reasons._load_rejects()
        self.assertEqual(reject.advice, "Appelez l'informaticien")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAdvice(TransmissionCase):
    """Each advice on each refusal can be followed by who reads it, and with the profile in force."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_user(
            cls.company, "advice_manager", "l10n_fr_optoamc.group_manager,l10n_fr_optoamc.group_optician"
        )
        cls.roles = {"optician": cls.optician, "manager": cls.manager}

    def setUp(self):
        super().setUp()
        self.order = self._dossier("lens_b frame_b", "no")
        self.contract = self.order.patient_id.optoamc_contract_ids
        self.asked = self._new_request(self.order)
        self.asked.sudo()._set_state("refused")

    def _advice(self, code, role):
        self.asked.sudo().reason_codes = [code]
        self.env.invalidate_all()
        return self.asked.with_user(self.roles[role]).with_company(self.company).advice

    def _switch_on(self, field):
        field.with_company(self.company).is_sent = True
        self.env.flush_all()

    def test_every_refusal_with_each_profile_for_each_role(self):
        reasons = self.env["optoamc.reason"]
        refusals = reasons.search([("kind", "=", "refusal"), ("platform_id", "=", False)])
        codes = [reason.code for reason in refusals if reason.told_advice]
        self.assertLessEqual({"DON01", "DON02", "DON03", "DON04", "DON05", "DON06", "AMC01", "REN01"}, set(codes))
        for profile in ("minimal", "detailed"):
            if profile == "detailed":
                self._use_detailed(insurer_id=self.insurer.id)
            key = self.env["optoamc.profile"]._of_case(self.insurer, self.company, self.asked._case()).key
            self.assertEqual(key, profile)
            for code in codes:
                for role in self.roles:
                    with self.subTest(code, profile=profile, role=role):
                        self._check_advice(code, role)

    def _check_advice(self, code, role):
        advice = self._advice(code, role)
        self.assertTrue(advice)
        reason = self.env["optoamc.reason"].search([("code", "=", code)], limit=1)
        is_managers = reason.by_manager or any(words in advice for words in _MANAGERS)
        self.assertEqual("ask a manager" in advice, is_managers and role == "optician", advice)
        field = reason.field_id
        case = self.asked._case()
        if not field or field.option in self.asked._sent_options():
            return
        profile = self.env["optoamc.profile"]._of_case(self.insurer, self.company, case)
        if field.option in profile.options({field.option}, ()):
            self.assertIn("Optional fields", advice)
        else:
            self.assertIn("never sends", advice)
            self.assertNotIn("Optional fields", advice, "the switch would change nothing")

    def test_what_it_says_works(self):
        """The prescriber's name: held back, then let by another profile, then switched on."""
        name = self.env.ref("l10n_fr_optoamc.field_prescriber_name")
        self._switch_on(name)
        self.assertNotIn("prescriber_name", self.asked._sent_options())
        self.assertIn("never sends", self._advice("DON02", "manager"), "switched on already")
        name.with_company(self.company).is_sent = False
        self._use_detailed(insurer_id=self.insurer.id)
        self.assertIn("Optional fields", self._advice("DON02", "manager"))
        self._switch_on(name)
        self.assertIn("prescriber_name", self.asked._sent_options())
        self.assertNotIn("Configuration", self._advice("DON02", "manager"))

    def test_a_contract_taken_for_a_responsible_one_is_said(self):
        self.contract.responsible = "unknown"
        self.assertIn("say so on the contract", self._advice("DON03", "optician"))
        self.order.order_line[0].lpp_id = self.env.ref("l10n_fr_optoamc.lpp_2263287")
        self.assertNotIn("say so on the contract", self._advice("DON03", "optician"), "of class A nothing else may")

    def test_a_link_leads_to_the_switch_for_who_has_it(self):
        number = self.env.ref("l10n_fr_optoamc.field_insured_nir")
        self._advice("DON01", "optician")
        for role, is_linked in (("optician", False), ("manager", True)):
            screens = self.env["optoamc.request.wizard"].with_user(self.roles[role]).with_company(self.company)
            screen = screens.new({"order_id": self.order.id, "contract_id": self.contract.id})
            links = [(item["model"], item["id"]) for item in screen.to_check]
            self.assertEqual(("optoamc.field", number.id) in links, is_linked, role)

    def test_fields_say_which_profile_never_sends_them(self):
        names = {field.option: field.never_with for field in self.env["optoamc.field"].search([])}
        self.assertEqual(names["prescriber_name"], self.minimal.name)
        self.assertEqual(names["lpp_code"], self.minimal.name)
        self.assertFalse(names["insured_nir"])

    def test_what_is_switched_on_and_held_back_is_said_where_it_stays(self):
        self._switch_on(self.env.ref("l10n_fr_optoamc.field_prescriber_name"))
        screens = self.env["optoamc.transmission"].with_user(self.manager).with_company(self.company)
        screen = screens.create({"order_id": self.order.id, "contract_id": self.contract.id})
        self.assertIn("held back by the profile", screen.document)
        self.assertNotIn("Azurine ultramarine", screen.document, "a designation that stays heads no line")
        self.assertIn("Line 1: Lens (VER), OD", screen.document)
