from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import OptoamcCommon
from .users import new_user

REFERENCE = "OPTOAMC-TRIAL"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTrial(OptoamcCommon):
    """The test request of the first steps: about nobody, whoever has its reference, and counted nowhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_user(cls.company, "trial_manager", "base.group_user,l10n_fr_optoamc.group_manager")
        cls.clerk = new_user(
            cls.company,
            "trial_clerk",
            "base.group_user,base.group_partner_manager,sales_team.group_sale_manager,l10n_fr_optoamc.group_optician,"
            "l10n_fr_optoamc.group_manager",
        )
        cls.patient = cls.order.patient_id
        cls.patient.write({"ref": REFERENCE, "company_id": cls.company.id})
        cls.prescriber.ref = f"{REFERENCE}-RPPS"
        cls.lens.default_code, cls.frame.default_code = f"{REFERENCE}-lens", f"{REFERENCE}-frame"

    def _try(self):
        setup = self.env["optoamc.setup"].with_user(self.manager).create({})
        setup.action_send_trial()
        self._dispatch()
        self.assertEqual(setup.trial_state, "granted")
        return setup._trial_request()

    def test_no_real_person_is_touched(self):
        real = self.patient, self.prescriber, self.lens, self.frame
        before = [record.read(load=None)[0] for record in real]
        contracts = self.patient.optoamc_contract_ids
        request = self._try()
        order = request.order_id
        self.assertNotIn(self.patient, request.patient_id | order.partner_id)
        self.assertNotEqual(order.prescription_id.prescriber_id, self.prescriber)
        self.assertFalse(order.order_line.product_id & (self.lens | self.frame))
        self.env.invalidate_all()
        self.assertEqual([record.read(load=None)[0] for record in real], before)
        self.assertEqual(self.patient.optoamc_contract_ids, contracts)
        sent = request.exchange_ids.filtered(lambda message: message.direction == "out")._xml_bytes()
        self.assertNotIn(b"MONTFORT", sent)
        self.assertIn(b"ESSAI", sent)
        # The next one is about the same nobody.
        again = self._try()
        self.assertNotEqual(again, request)
        self.assertEqual(
            (again.patient_id, again.order_id.order_line.product_id),
            (request.patient_id, request.order_id.order_line.product_id),
        )

    def test_hidden_and_not_counted(self):
        count = {
            model: self.env[model].with_user(self.clerk).search_count([])
            for model in (
                "res.partner", "product.product", "product.template", "sale.order", "sale.report", "optoamc.request",
                "optoamc.request.line", "optoamc.contract", "optoamc.prescription", "optoamc.consent",
                "optoamc.statistics", "optoamc.answer.time",
            )
        }  # fmt: skip
        dashboard = self.env["optoamc.request"].with_user(self.clerk).get_dashboard({"all": []})
        request = self._try()
        self.env.flush_all()
        for model, before in count.items():
            self.assertEqual(self.env[model].with_user(self.clerk).search_count([]), before, model)
        self.assertEqual(self.env["optoamc.request"].with_user(self.clerk).get_dashboard({"all": []}), dashboard)
        # Nor for who looks among what is archived, or reads it by its number.
        for record in (request.order_id, request, request.contract_id, request.order_id.prescription_id):
            with self.assertRaises(AccessError):
                record.with_user(self.clerk).read(["display_name"])
        # The same of a real one is.
        self._new_request().action_send()
        self._dispatch()
        self.assertEqual(
            self.env["optoamc.request"].with_user(self.clerk).search_count([]), count["optoamc.request"] + 1
        )

    def test_it_never_becomes_somebody(self):
        request = self._try()
        patient, order = request.patient_id, request.order_id
        prescriber, product = order.prescription_id.prescriber_id, order.order_line.product_id[0]
        for record, vals in (
            (patient, {"name": "Jeanne Réelle"}),
            (patient, {"active": True}),
            (patient, {"nir": "253070730047075"}),
            (prescriber, {"name": "Dr Réel"}),
            (product, {"active": True}),
            (product.product_tmpl_id, {"name": "Verre réel"}),
            (product, {"default_code": "V1"}),
            (self.patient, {"optoamc_is_trial": True}),
            (patient, {"optoamc_is_trial": False}),
        ):
            with self.assertRaises(UserError):
                record.with_user(self.clerk).write(vals)
        with self.assertRaises(UserError):
            patient.optoamc_is_trial = False  # not even as superuser
        partners = self.env["res.partner"].with_user(self.clerk)
        with self.assertRaises(AccessError):
            partners.create({"name": "Jeanne", "optoamc_is_trial": True})
        self.assertFalse(partners.with_context(default_optoamc_is_trial=True).create({"name": "J"}).optoamc_is_trial)
        merge = self.env["base.partner.merge.automatic.wizard"]
        for user in (self.clerk, self.env.user):
            with self.assertRaises(UserError):
                merge.with_user(user)._merge((patient | self.patient).ids, self.patient)
        # Nor does a real dossier take that patient, or the test's a real one.
        for own, person in ((self.order, patient), (order, self.patient)):
            with self.assertRaises(ValidationError):
                own.partner_id = person
