"""Two shops of one database: what the one knows of a person is nothing to the other."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..models.patient.res_partner_health import HEALTH_FIELDS
from .common import OptoamcCommon
from .users import new_user

NIR, THEIR_NIR = "253070730047075", "278037511509958"
OFFICER = "l10n_fr_optoamc.group_privacy_officer"
OPTICIAN = "l10n_fr_optoamc.group_optician"
ROLES = {
    "optician": f"{OPTICIAN},base.group_allow_export,base.group_partner_manager",
    "manager": "l10n_fr_optoamc.group_manager",
    "officer": OFFICER,
    "accountant": "account.group_account_invoice",
}


class ShopsCase(OptoamcCommon):
    """The patient's contact is common; the first shop has a whole file, the second none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.patient = cls.order.patient_id
        cls.patient.write({"exoneration": "4", "birth_rank": 2})
        cls.own_officer = new_user(cls.company, "shops_officer", OFFICER)
        cls.other = cls.env["res.company"].create(
            {"name": "Autre boutique", "country_id": cls.env.ref("base.fr").id, "finess": "759000003"}
        )
        cls.theirs = {role: new_user(cls.other, f"other_{role}", groups) for role, groups in ROLES.items()}
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _records(self):
        prescription = self.order.prescription_id
        consents = self.env["optoamc.consent"].search([("patient_id", "=", self.patient.id)])
        return [self.patient.optoamc_contract_ids, prescription, prescription.eye_ids, consents, self._new_request()]

    def _seen(self, user, name):
        """What a user is told of the patient by this field; nothing when it is refused."""
        patient = self.patient.with_user(user)
        try:
            return patient.web_read({name: {}})[0].get(name)
        except AccessError:
            return False


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPatientShops(ShopsCase):
    def test_own_shop_reads(self):
        for user in (self.optician, self.own_officer):
            self.assertEqual(self._seen(user, "nir"), NIR)
            self.assertEqual(self._seen(user, "birth_rank"), 2)

    def test_other_shop_reads_nothing(self):
        unknown = {"birth_rank": 1, "insurance_nature": "10"}
        for role, user in self.theirs.items():
            for name in HEALTH_FIELDS:
                with self.subTest(role=role, field=name):
                    self.assertIn(self._seen(user, name), (False, unknown.get(name, False)))
            for name in ("optoamc_contract_ids", "main_contract_id", "dependant_ids", "health_warning"):
                with self.subTest(role=role, field=name):
                    self.assertFalse(self._seen(user, name))

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_other_shop_finds_no_record(self):
        for records in self._records():
            for role, user in self.theirs.items():
                own = records.with_user(user)
                with self.subTest(model=records._name, role=role):
                    for call in (own.read, lambda own=own: own.write({}), own.unlink):
                        with self.assertRaises(AccessError):
                            call()
                    if own.has_access("read") or own.browse().has_access("read"):
                        self.assertEqual(own.search_count([("id", "in", records.ids)]), 0)
                        self.assertFalse(
                            own.formatted_read_group([("id", "in", records.ids)], [], ["__count"])[0]["__count"]
                        )
                        self.assertFalse(own.search_read([("id", "in", records.ids)], ["id"]))

    def test_other_shop_probes_nothing(self):
        conditions = [
            ("nir", "=", NIR),
            ("nir", "=like", "2%"),
            ("birthdate", "!=", False),
            ("exoneration", "=", "4"),
            ("birth_rank", "=", 2),
            ("amo_id.name", "ilike", "CPAM"),
            ("optoamc_contract_ids.member_number", "!=", False),
            ("optoamc_contract_ids", "!=", False),
            ("optoamc_contract_ids", "in", self.patient.optoamc_contract_ids.ids),
            ("optoamc_consent_ids", "!=", False),
        ]
        optician = self.env(user=self.theirs["optician"], su=False)
        insured = self.optician.partner_id
        for name, operator, value in conditions:
            with self.subTest(condition=name):
                self.assertFalse(
                    optician["res.partner"].search([("id", "=", self.patient.id), (name, operator, value)])
                )
                path = f"partner_id.{name}"
                self.assertFalse(optician["res.users"].search([(path, operator, value)]) & insured.user_ids)
                self.assertFalse(optician["sale.order"].search([(path, operator, value)]))
        # What the shop does find is its own.
        self.patient.with_user(self.theirs["optician"]).nir = THEIR_NIR
        found = optician["res.partner"].search([("nir", "=", THEIR_NIR)])
        self.assertEqual(found, self.patient)
        self.assertFalse(self.env["res.partner"].with_user(self.optician).search([("nir", "=", THEIR_NIR)]))

    def test_other_shop_groups_orders_and_exports_nothing(self):
        partners = self.env["res.partner"].with_user(self.theirs["optician"])
        mine = [("id", "=", self.patient.id)]
        self.assertEqual(partners.formatted_read_group(mine, ["amo_id"], ["__count"])[0]["amo_id"], False)
        rows = partners.browse(self.patient.id).export_data(["name", "nir", "birthdate", "optoamc_contract_ids/id"])
        self.assertEqual(rows["datas"], [[self.patient.name, "", "", ""]])
        self.assertFalse(partners.name_search(NIR))
        self.assertFalse(self.env["optoamc.prescription"].with_user(self.theirs["optician"]).name_search(""))

    def test_a_colleagues_file_through_the_users(self):
        """A user of both shops is a patient of the first."""
        colleague = new_user(self.company, "shops_colleague", "base.group_user")
        colleague.company_ids |= self.other
        self.assertFalse(colleague.partner_id.company_id)
        colleague.partner_id.with_company(self.company).nir = NIR
        self.assertEqual(colleague.with_user(self.optician).read(["nir"])[0]["nir"], NIR)
        users = self.env["res.users"].with_user(self.theirs["optician"])
        self.assertFalse(users.browse(colleague.id).read(["nir"])[0]["nir"])
        self.assertFalse(users.search([("nir", "=", NIR)]))

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule")
    def test_forged_companies(self):
        user = self.theirs["optician"]
        forged = self.patient.with_user(user).with_context(allowed_company_ids=[self.company.id])
        for call in (lambda: forged.read(["nir"]), lambda: forged.search([("nir", "=", NIR)])):
            with self.assertRaises(AccessError):
                call()
        contract = {"partner_id": self.patient.id, "insurer_id": self.insurer.id, "company_id": self.company.id}
        prescription = {"patient_id": self.patient.id, "company_id": self.company.id, "date": "2024-01-15"}
        for model, values in (("optoamc.contract", contract), ("optoamc.prescription", prescription)):
            with self.assertRaises(AccessError):
                self.env[model].with_user(user).create(values)
            with self.assertRaises(AccessError):
                own = self.env[model].with_user(user).create(values | {"company_id": self.other.id})
                own.company_id = self.company
        eye = {"prescription_id": self.order.prescription_id.id, "side": "right", "vision": "near"}
        for vision in ("near", "far"):
            with self.assertRaises(AccessError):
                self.env["optoamc.prescription.eye"].with_user(user).create(eye | {"vision": vision})

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule")
    def test_refusals_name_nothing(self):
        """Links to ids at random, also in developer mode."""
        user = self.theirs["optician"]
        order = self.env["sale.order"].with_user(user).create({"partner_id": self.patient.id})
        own_patient = self.env["res.partner"].create(
            {"name": "Secrète MONTFORT", "nir": NIR, "company_id": self.company.id}
        )
        prescription, contract = self.order.prescription_id, self.patient.optoamc_contract_ids
        consent = {"patient_id": own_patient.id, "purpose": "quote"}
        secrets = "BESNAINOU", "1012345678", "Secrète", self.order.name, "ADPR"
        for debug in (False, True):
            has_group = type(user).has_group
            calls = (
                lambda: order.write({"prescription_id": prescription.id}),
                lambda: order.env["sale.order"].create(
                    {"partner_id": self.patient.id, "prescription_id": prescription.id}
                ),
                lambda: order.env["optoamc.request"].create({"order_id": order.id, "contract_id": contract.id}),
                lambda: order.env["optoamc.request"].create({"order_id": self.order.id, "contract_id": contract.id}),
                lambda: order.env["optoamc.consent"].create(consent),
                lambda: prescription.with_user(user).read(["date"]),
                lambda: contract.with_user(user).read(["rank"]),
                lambda: own_patient.with_user(user).read(["name"]),
            )
            for rank, call in enumerate(calls):
                with (
                    self.subTest(debug=debug, call=rank),
                    patch.object(
                        type(user),
                        "has_group",
                        lambda own, name, debug=debug, has_group=has_group: (
                            debug if name == "base.group_no_one" else has_group(own, name)
                        ),
                    ),
                    self.assertRaises(UserError) as refused,
                ):
                    call()
                for secret in secrets:
                    self.assertNotIn(secret, str(refused.exception), (debug, rank))

    def test_each_writes_its_own(self):
        theirs = self.patient.with_user(self.theirs["optician"])
        theirs.write({"nir": THEIR_NIR, "birthdate": "1978-03-08", "exoneration": "0"})
        self.env.flush_all()
        self.env.invalidate_all()
        ours = self.patient.with_user(self.optician)
        self.assertEqual((ours.nir, ours.birthdate, ours.exoneration), (NIR, date(1953, 7, 14), "4"))
        self.assertEqual((theirs.nir, theirs.birthdate, theirs.exoneration), (THEIR_NIR, date(1978, 3, 8), "0"))
        self.assertEqual(self.patient._optoamc_holders(), {self.patient.id: {self.company.id, self.other.id}})

    def test_two_insurers_of_rank_one(self):
        """Each shop has its own contracts of a common contact."""
        contract = self.env["optoamc.contract"].with_user(self.theirs["optician"])
        contract = contract.create(
            {"partner_id": self.patient.id, "insurer_id": self.insurer.id, "member_number": "7"}
        )
        self.assertEqual((contract.company_id, contract.rank), (self.other, 1))
        self.assertEqual(self.patient.with_user(self.theirs["optician"]).main_contract_id, contract)
        self.assertNotEqual(self.order._optoamc_next_contract(1).id, contract.id)
        self.assertEqual(self.order._optoamc_next_contract(1), self.patient.optoamc_contract_ids)

    def test_orders_and_messages_are_of_their_shop(self):
        """Whoever works something out again, and in whatever company, an order has its shop's values."""
        self.patient.with_company(self.other).birthdate = date(2010, 1, 1)
        order = self.order.with_company(self.other)
        order._compute_is_child()
        order.prescription_id._compute_valid_until()
        self.assertFalse(order.is_child)
        self.assertEqual(order.prescription_id.valid_until, date(2015, 1, 1))
        request = self._new_request().sudo().with_company(self.other)
        told = request._coverage_message().beneficiary
        self.assertEqual((told.birth_date, told.nir, told.birth_rank), (date(1953, 7, 14), NIR, 2))

    def test_handed_out_is_the_shops_own(self):
        theirs = self.patient.sudo().with_company(self.other)
        theirs.nir = THEIR_NIR
        text = str(theirs._optoamc_personal_data())
        self.assertIn(THEIR_NIR, text)
        for secret in (NIR, "1012345678", "BESNAINOU"):
            self.assertNotIn(secret, text)

    def test_other_shops_officer_answers_for_it_alone(self):
        theirs = self.patient.with_user(self.theirs["optician"])
        theirs.nir = THEIR_NIR
        request = self._new_request()
        request.action_send()
        self._dispatch()
        demands = self.env["optoamc.privacy.request"].with_user(self.theirs["officer"])
        values = {"patient_id": self.patient.id, "is_identity_checked": True}
        demand = demands.create({**values, "right": "opposition"})
        self.assertFalse(demand.recipients)
        demand.action_answer()
        consents = self.env["optoamc.consent"].search([("patient_id", "=", self.patient.id)])
        self.assertFalse(any(consents.mapped("withdrawn_on")))
        demands.create({**values, "right": "erasure"}).action_answer()
        self.env.invalidate_all()
        self.assertFalse(theirs.nir)
        self.assertEqual(self.patient.nir, NIR)

    @mute_logger("odoo.models")
    def test_other_shop_neither_merges_nor_deletes(self):
        user = self.theirs["optician"]
        twin = self.env["res.partner"].create({"name": "Fabienne MONTFORT"})
        plain = self.env["res.partner"].create({"name": "Fabienne MONTFORT"})
        merge = self.env["base.partner.merge.automatic.wizard"].with_user(user)
        with self.assertRaises(AccessError):
            merge._merge((self.patient + twin).ids, twin.with_user(user))
        only_fields = self.env["res.partner"].create({"name": "Paul PETIT", "nir": NIR})
        with self.assertRaises(AccessError):
            only_fields.with_user(user).unlink()
        merge._merge((plain + twin).ids, twin.with_user(user))
        self.assertFalse(plain.exists())

    # -- whose contact it is --------------------------------------------------------------------

    def test_new_patients_contact_is_the_shops(self):
        partners = self.env["res.partner"].with_user(self.optician)
        self.assertEqual(partners.create({"name": "Paul PETIT"}).company_id, self.company)
        with Form(partners) as form:
            form.name = "Anne GRAND"
        self.assertEqual(form.record.company_id, self.company)
        with self.assertRaises(AccessError):
            form.record.with_user(self.theirs["optician"]).read(["name"])

    def test_other_contacts_are_common(self):
        partners = self.env["res.partner"].with_user(self.optician)
        patient = partners.create({"name": "Paul PETIT"})
        address = partners.create({"name": "Chez sa mère", "parent_id": patient.id, "type": "delivery"})
        self.assertEqual(address.company_id, self.company)
        for values in ({"is_company": True}, {"company_type": "company"}, {"is_prescriber": True}):
            self.assertFalse(partners.create({"name": "Commun", **values}).company_id, values)
        # What decides for all the shops is typed by who works in all of them.
        self.assertEqual(partners.create({"name": "Caisse", "is_amo": True}).company_id, self.company)
        self.other.finess = False
        self.assertFalse(partners.create({"name": "Caisse", "is_amo": True}).company_id)
        self.assertFalse(partners.with_context(default_is_prescriber=True).create({"name": "Dr"}).company_id)
        clerk = new_user(self.company, "shops_clerk", "base.group_partner_manager")
        self.assertFalse(partners.with_user(clerk).create({"name": "Client"}).company_id)
        both = new_user(self.company, "shops_both", f"{OPTICIAN},base.group_system,base.group_partner_manager")
        recruit = self.env["res.users"].with_user(both).create({"name": "Recrue", "login": "recrue"})
        self.assertFalse(recruit.partner_id.company_id)
        self.company.finess = False
        platforms = self.env["optoamc.platform"].with_context(active_test=False).search([])
        platforms.with_company(self.company).mode = "disabled"
        self.assertFalse(partners.create({"name": "Sans boutique"}).company_id)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPatientSharing(ShopsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order.prescription_id.date = cls.env.company._optoamc_today()
        cls.sharings = cls.env["optoamc.patient.sharing"]

    def _propose(self, **values):
        return self.sharings.with_user(self.own_officer).create({"other_company_id": self.other.id, **values})

    def _share(self):
        sharing = self._propose()
        sharing.with_user(self.theirs["officer"]).action_accept()
        return sharing

    def _rows(self, company):
        return self.env["optoamc.privacy.log"].search([("event", "=", "sharing"), ("company_id", "=", company.id)])

    def test_both_officers_decide(self):
        forged = {"state": "active", "company_id": self.other.id, "accepted_by_id": self.own_officer.id}
        with self.assertRaises(AccessError):
            self._propose(**forged)
        sharing = self._propose()
        self.assertEqual((sharing.state, sharing.company_id), ("proposed", self.company))
        self.assertEqual((sharing.proposed_by_id, sharing.accepted_by_id.ids), (self.own_officer, []))
        for user in (self.own_officer, self.optician, self.theirs["optician"], self.theirs["manager"]):
            with self.assertRaises(AccessError):
                sharing.with_user(user).action_accept()
        with self.assertRaises(AccessError):
            sharing.with_user(self.own_officer).write({"state": "active"})
        theirs = sharing.with_user(self.theirs["officer"])
        theirs.action_accept()
        self.assertEqual((theirs.state, theirs.accepted_by_id), ("active", self.theirs["officer"]))
        for company in (self.company, self.other):
            self.assertEqual(self._rows(company).user_id, self.own_officer | self.theirs["officer"])
            self.assertEqual(len(self._rows(company)), 2)

    def test_two_persons_decide(self):
        self.own_officer.company_ids |= self.other
        officer = self.own_officer.with_user(self.own_officer)
        companies = [self.company.id, self.other.id]
        sharing = self.sharings.with_user(officer).with_context(allowed_company_ids=companies)
        sharing = sharing.create({"other_company_id": self.other.id})
        with self.assertRaises(UserError):
            sharing.action_accept()

    def test_one_sharing_a_pair(self):
        self._share()
        with self.assertRaises(ValidationError):
            self._propose()
        with self.assertRaises(ValidationError):
            self.sharings.with_user(self.theirs["officer"]).create({"other_company_id": self.company.id})
        with self.assertRaises(ValidationError):
            self._propose(other_company_id=self.company.id)

    def test_a_proposal_opens_nothing(self):
        self._propose()
        with self.assertRaises(AccessError):
            self.order.prescription_id.with_user(self.theirs["optician"]).read(["date"])

    def test_the_other_shop_reads_and_writes_nothing(self):
        sharing = self._share()
        user = self.theirs["optician"]
        prescription, contract = self.order.prescription_id, self.patient.optoamc_contract_ids
        self.assertEqual(prescription.with_user(user).eye_ids.mapped("sphere"), [2.0, 2.0])
        self.assertEqual(contract.with_user(user).member_number, "1012345678")
        for record, values in (
            (prescription, {"note": "x"}),
            (prescription.eye_ids[0], {"sphere": 3}),
            (contract, {"member_number": "1"}),
        ):
            with self.assertRaises(AccessError):
                record.with_user(user).write(values)
        with self.assertRaises(AccessError):
            prescription.with_user(user).unlink()
        # Nobody else, and nothing else.
        for role in ("manager", "accountant"):
            with self.assertRaises(AccessError):
                contract.with_user(self.theirs[role]).read(["member_number"])
        self.assertFalse(self.patient.with_user(user).nir)
        self.assertFalse(self.env["optoamc.consent"].with_user(user).search([]))
        sharing.with_user(self.theirs["officer"]).action_end()
        self.env.invalidate_all()
        for record in (prescription, contract):
            with self.assertRaises(AccessError):
                record.with_user(user).read()

    def test_a_patients_file_is_taken_over(self):
        user = self.theirs["optician"]
        patient = self.patient.with_user(user)
        self.assertFalse(patient.optoamc_can_take_over)
        patient.action_optoamc_take_over()
        self.assertFalse(patient.nir)
        sharing = self._share()
        self.env.invalidate_all()
        patient.exoneration = "0"
        self.assertTrue(patient.optoamc_can_take_over)
        patient.action_optoamc_take_over()
        sharing.with_user(self.own_officer).action_end()
        self.env.invalidate_all()
        self.assertEqual((patient.nir, patient.birthdate, patient.birth_rank), (NIR, date(1953, 7, 14), 2))
        self.assertEqual(patient.exoneration, "0", "its own stands")
        self.assertEqual(patient.amo_id.name, "CPAM des tests")
        self.assertEqual(
            (patient.main_contract_id.member_number, patient.main_contract_id.relation), ("1012345678", "insured")
        )
        prescription = self.env["optoamc.prescription"].with_user(user).search([("patient_id", "=", patient.id)])
        self.assertEqual(prescription.company_id, self.other)
        self.assertEqual(prescription.eye_ids.mapped("sphere"), [2.0, 2.0])
        for company in (self.company, self.other):
            self.assertEqual(len(self._rows(company).filtered(lambda row: row.patient_id == self.patient)), 1)
        ours = self.patient.with_user(self.optician)
        self.assertEqual(len(ours.optoamc_contract_ids), 1)
        self.assertEqual(ours.exoneration, "4")
