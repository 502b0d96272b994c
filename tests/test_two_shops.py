"""Two shops of one database: what both have, who may change it, and what the one tells the other by accident."""

from functools import partial
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .test_patient_shops import NIR, OFFICER, OPTICIAN, THEIR_NIR, ShopsCase
from .users import new_user

MANAGER = "l10n_fr_optoamc.group_manager"
QUIET = ("odoo.models", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTwoShops(ShopsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.all_shops = new_user(cls.company, "all_shops", MANAGER)
        cls.all_shops.company_ids |= cls.other
        cls.admin = new_user(cls.other, "other_admin", f"{MANAGER},base.group_system")

    def _logged(self, company, event):
        domain = [("company_id", "=", company.id), ("event", "=", event)]
        return self.env["optoamc.privacy.log"].sudo().search(domain)

    # -- the trail ------------------------------------------------------------------------------

    def test_what_two_shops_hold_of_a_patient_is_told_to_both(self):
        """By one call: reading, exporting and searching what each has."""
        both = new_user(self.company, "both_shops", f"{OPTICIAN},base.group_allow_export")
        both.company_ids |= self.other
        theirs = self.env(context={"allowed_company_ids": self.other.ids})
        patient = {"patient_id": self.patient.id, "company_id": self.other.id}
        theirs["optoamc.contract"].create(
            {
                "partner_id": self.patient.id,
                "insurer_id": self.insurer.id,
                "member_number": "1",
                "company_id": self.other.id,
            }
        )
        eyes = [Command.create({"side": "right", "sphere": 1})]
        theirs["optoamc.prescription"].create({"date": "2024-01-15", "eye_ids": eyes, **patient})
        self.patient.with_env(theirs).birthdate = "1953-07-08"
        self.other.optoamc_consent_text_id = self.company.optoamc_consent_text_id
        theirs["optoamc.consent"].create({"purpose": "quote", **patient})
        shops = self.company | self.other
        env = self.env(user=both, su=False, context={"allowed_company_ids": shops.ids})
        logs = self.env["optoamc.privacy.log"].sudo()

        def rows(call):
            known = logs.search([])
            call()
            self.env.flush_all()
            found = logs.search([("user_id", "=", both.id)]) - known
            return sorted((row.company_id.id, row.event, row.patient_id.id) for row in found)

        for model, path, name, value in (
            ("optoamc.contract", "partner_id", "member_number", "1"),
            ("optoamc.prescription", "patient_id", "date", "2024-01-15"),
            ("optoamc.prescription.eye", "prescription_id.patient_id", "sphere", 1),
            ("optoamc.consent", "patient_id", "purpose", "quote"),
        ):
            records = env[model].search([(path, "=", self.patient.id)])
            self.assertEqual(records.sudo().company_id, shops, model)
            for event, whose, call in (
                ("read", self.patient.id, partial(records.read, [name])),
                ("export", self.patient.id, partial(records.export_data, [name])),
                ("probe", False, partial(records.search, [(name, "=", value)])),
            ):
                with self.subTest(model=model, event=event):
                    found = rows(call)
                    self.assertEqual(found, [(shop, event, whose) for shop in sorted(shops.ids)])
                    self.assertEqual(rows(call), [])
        # In one of the two, its log alone.
        logs.search([("user_id", "=", both.id)]).unlink()
        alone = env["optoamc.contract"].with_context(allowed_company_ids=self.other.ids)
        found = rows(lambda: alone.search([("member_number", "=", "1")]).read(["member_number"]))
        self.assertEqual(found, sorted([(self.other.id, "probe", False), (self.other.id, "read", self.patient.id)]))

    # -- links to the other shop's --------------------------------------------------------------

    @mute_logger(*QUIET)
    def test_rights_come_before_constraints(self):
        """Dates and ranks would be found by trying."""
        user, company = self.theirs["optician"], {"company_id": self.company.id}
        secret = self.env["res.partner"].create({"name": "Secrète MONTFORT", "nir": NIR, **company})
        contract = {"partner_id": secret.id, "insurer_id": self.insurer.id, "member_number": "1"}
        self.env["optoamc.contract"].create(contract | company)
        env = self.env(user=user, su=False, context={"allowed_company_ids": self.other.ids})
        own = env["res.partner"].create({"name": "Paul PETIT"})
        own_contract = env["optoamc.contract"].create(contract | {"partner_id": own.id})
        contracts = env["optoamc.contract"]
        unsaid = {name: value for name, value in contract.items() if name != "partner_id"}
        spec = {"partner_id": {"fields": {"display_name": {}}}, "insured_id": {"fields": {"display_name": {}}}}
        calls = (
            lambda: contracts.create(contract),
            lambda: contracts.with_context(default_partner_id=secret.id).create(unsaid),
            lambda: contracts.web_save(contract, {"id": {}}),
            lambda: contracts.with_context(default_partner_id=secret.id).onchange({}, [], spec),
            lambda: contracts.onchange({"partner_id": secret.id}, ["partner_id"], spec),
            lambda: own_contract.write({"insured_id": secret.id, "relation": "child"}),
            lambda: own_contract.write({"partner_id": secret.id}),
            lambda: own.write({"insured_id": secret.id}),
            lambda: own.write({"insured_id": secret.id, "beneficiary_quality": "insured"}),
            lambda: env["res.partner"].create({"name": "Léo", "insured_id": secret.id}),
            lambda: env["optoamc.prescription"].create({"patient_id": secret.id, "date": "2999-01-01"}),
            lambda: env["optoamc.consent"].create({"patient_id": secret.id, "purpose": "quote"}),
            lambda: env["optoamc.consent"].create({"patient_id": own.id, "purpose": "quote", **company}),
            lambda: env["optoamc.request"].create({"order_id": self.order.id, "contract_id": own_contract.id}),
            lambda: env["sale.order"].with_context(default_patient_id=secret.id).create({"partner_id": own.id}),
        )
        for rank, call in enumerate(calls):
            with self.subTest(call=rank), self.assertRaises(AccessError) as refused, self.env.cr.savepoint():
                call()
            for word in ("Secrète", "ADPR", self.order.name):
                self.assertNotIn(word, str(refused.exception), rank)
        # A contact that both have is no secret.
        self.assertTrue(contracts.create(contract | {"partner_id": self.patient.id}))

    @mute_logger(*QUIET)
    def test_numbers_of_the_other_shops_insurers(self):
        theirs = {"is_amc": True, "amc_number": "99999999", "company_id": self.company.id}
        self.env["res.partner"].create({"name": "Secrète mutuelle", **theirs})
        with self.assertRaises(AccessError) as refused:
            self.env["res.partner"].with_user(self.theirs["manager"]).create({"name": "X", **theirs})
        self.assertNotIn("Secrète", str(refused.exception))

    # -- what they share ------------------------------------------------------------------------

    def _shared_changes(self):
        """Records that all shops read, each with what a manager may write."""
        lpp = self.env.ref("l10n_fr_optoamc.lpp_2203240")
        switch = self.env["optoamc.field"].search([], limit=1)
        reason = self.env["optoamc.reason"].create({"code": "Z99"})
        rate = self.env["optoamc.amo.rate"].create({"nature": "10", "date_from": "2099-01-01", "rate": 50})
        rule = self.env["optoamc.field.rule"].create({"field_id": switch.id, "insurer_id": self.insurer.id})
        text = self.env.ref("l10n_fr_optoamc.consent_text_1").copy()
        scheme = self.env["optoamc.scheme"].create({"name": "Régime", "insurer_id": self.insurer.id})
        self.assertFalse((reason | self.env["optoamc.reason"]).company_id or rule.company_id or text.company_id)
        return (
            (self.insurer, {"amc_number": "12345678"}),
            (self.insurer, {"coverage_email": "pirate@exemple.fr"}),
            (self.insurer, {"email": "pirate@exemple.fr"}),
            (self.insurer, {"pec_validity_days": 1, "invoicing_delay_days": 1}),
            (self.insurer, {"optoamc_platform_id": False}),
            (self.insurer, {"is_amc": False}),
            (self.insurer, {"active": False}),
            (self.insurer, {"company_id": self.other.id}),
            (self.fund, {"amo_fund": "999"}),
            (scheme, {"active": False}),
            (switch, {"name": "Autre"}),
            (rule, {"is_sent": False}),
            (rule, {"company_id": self.other.id}),
            (reason, {"advice": "Rien"}),
            (lpp, {"active": False}),
            (lpp.price_ids[:1], {"base_price": 1}),
            (rate, {"rate": 1}),
            (text, {"active": False}),
        )

    @mute_logger(*QUIET)
    def test_shared_tables(self):
        both = [self.company.id, self.other.id]
        for record, values in self._shared_changes():
            for user, is_free in ((self.theirs["manager"], False), (self.all_shops, True), (self.admin, True)):
                if user == self.admin and not {"company_id", "active"}.isdisjoint(values):
                    continue  # a contact in use stays common, whoever asks from one of the shops
                own = record.with_user(user).with_context(allowed_company_ids=both if is_free else self.other.ids)
                own = own if user != self.admin else record.with_user(user)
                calls = [lambda own=own, values=values: own.write(values)]
                if record._name in ("optoamc.lpp.price", "optoamc.amo.rate", "optoamc.reason", "optoamc.field.rule"):
                    calls.append(own.unlink)
                for call in calls:
                    with self.subTest(model=record._name, values=values, user=user.login):
                        self._assert_allowed(call, is_free)

    def _assert_allowed(self, call, is_free):
        """Try it, and take it back."""
        try:
            with self.env.cr.savepoint() as tried:
                call()
                self.env.flush_all()
                tried.rollback()
            done = True
        except AccessError:
            done = False
        self.env.invalidate_all()
        self.assertEqual(done, is_free)

    @mute_logger(*QUIET)
    def test_one_shop_is_free(self):
        self.other.finess = False
        manager = new_user(self.company, "shops_manager", MANAGER)
        for record, values in self._shared_changes():
            if values.get("company_id") != self.other.id:
                with self.subTest(model=record._name, values=values):
                    self._assert_allowed(lambda r=record, v=values: r.with_user(manager).write(v), True)

    @mute_logger(*QUIET)
    def test_own_records_are_the_way_out(self):
        user = self.theirs["manager"]
        switch = self.env["optoamc.field"].search([], limit=1)
        rule = {"field_id": switch.id, "insurer_id": self.insurer.id}
        rules = self.env["optoamc.field.rule"].with_user(user)
        with self.assertRaisesRegex(AccessError, "company's own"), self.env.cr.savepoint():
            rules.create(rule | {"company_id": False})
        self.assertEqual(rules.create(rule).company_id, self.other)
        insurer = self.env["res.partner"].with_user(user).create({"name": "À nous", "is_amc": True})
        self.assertEqual(insurer.company_id, self.other)
        insurer.amc_number = "12345678"
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            insurer.company_id = False
        text = self.env.ref("l10n_fr_optoamc.consent_text_1").with_user(user).copy()
        self.assertEqual(text.company_id, self.other)
        texts = self.env["optoamc.consent.text"]
        self.assertEqual(texts.with_company(self.other)._current(), text.sudo())
        self.assertNotEqual(texts.with_company(self.company)._current(), text.sudo())
        self.assertFalse(texts.with_user(self.optician).search([("id", "=", text.id)]))

    @mute_logger(*QUIET)
    def test_lists_are_applied_for_all_shops(self):
        job = self.env["optoamc.import"].with_user(self.theirs["manager"]).create({"kind": "directory"})
        job.sudo().state = "preview"
        with self.assertRaises(AccessError):
            job.action_apply()
        for user in (self.all_shops, self.admin):
            own = self.env["optoamc.import"].with_user(user).create({"kind": "directory"})
            own.sudo().state = "preview"
            own.action_apply()
            self.assertEqual(own.state, "applying")

    @mute_logger(*QUIET)
    def test_a_list_that_feeds_all_shops(self):
        """A platform of one shop alone: its list would be written into the directory of both."""
        platforms = self.env["optoamc.platform"].with_user(self.theirs["manager"])
        own = platforms.create({"name": "À nous"})
        own.url_test = "https://nous.example/soap"
        address = {"directory_url": "https://nous.example/liste.csv"}
        for call in (
            lambda: own.write(address),
            lambda: own.write({"directory_weekly": True}),
            lambda: platforms.create({"name": "Encore", **address}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                call()
        own.with_user(self.all_shops).write({"directory_weekly": True, **address})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            own.url_test = "https://ailleurs.example/soap"

    def test_an_insurers_changes_leave_a_trail(self):
        messages = self.insurer.message_ids
        insurer = self.insurer.with_user(self.all_shops)
        insurer.write({"coverage_email": "pec@exemple.fr", "amc_number": "12345678", "street": "1 rue X"})
        trail = self.insurer.message_ids - messages
        for word in ("75809426", "12345678", "pec@exemple.fr"):
            self.assertIn(word, "".join(trail.mapped("body")))
        self.assertEqual(trail.author_id, self.all_shops.partner_id)
        insurer.coverage_email = "pec@exemple.fr"
        self.assertEqual(self.insurer.message_ids - messages, trail)

    # -- a common contact -----------------------------------------------------------------------

    @mute_logger(*QUIET)
    def test_a_common_contact_stays_common(self):
        self.patient.with_company(self.other).nir = THEIR_NIR
        user = new_user(self.other, "other_clerk", f"{OPTICIAN},base.group_partner_manager")
        for values in ({"company_id": self.other.id}, {"active": False}):
            for record in (self.patient, self.prescriber):
                with self.subTest(values=values, name=record.name), self.assertRaises(AccessError):
                    record.with_user(user).write(values)
        user.company_ids |= self.company
        own = self.patient.with_user(user).with_context(allowed_company_ids=[self.other.id, self.company.id])
        own.active = False
        for company in (self.company, self.other):
            self.assertIn("Active", self._logged(company, "rectification")[:1].detail)

    def test_a_new_name_is_told_to_each_shop(self):
        self.patient.with_company(self.other).nir = THEIR_NIR
        self.patient.with_user(self.theirs["optician"]).lastname = "PIRATE"
        for company in (self.company, self.other):
            row = self._logged(company, "rectification")
            self.assertEqual((row.patient_id, row.user_id), (self.patient, self.theirs["optician"]))
            self.assertEqual(row.detail, "Last name")
        # What is each shop's own is told to that shop alone.
        self.patient.with_user(self.theirs["optician"]).nir = NIR
        self.assertEqual(len(self._logged(self.company, "rectification")), 1)
        self.assertEqual(len(self._logged(self.other, "rectification")), 2)

    @mute_logger(*QUIET)
    def test_a_common_contact_goes_under_no_shops_own(self):
        """By its parent's name and address it would be another person in the other shop."""
        user = new_user(self.other, "other_clerk", f"{OPTICIAN},base.group_partner_manager")
        contacts = self.env["res.partner"].with_user(user)
        own, common = contacts.create([{"name": "À NOUS", "company_id": self.other.id}, {"name": "FAMILLE"}])
        common.sudo().company_id = False
        link = {"child_ids": [Command.link(self.patient.id)]}
        for way, call in {
            "its own": lambda: self.patient.with_user(user).write({"parent_id": own.id}),
            "the parent's": lambda: own.write(link),
            "a new parent's": lambda: contacts.create({"name": "B", "company_id": self.other.id, **link}),
        }.items():
            # Odoo has a contact's lines written by who made the call: here the tests' superuser, but for this.
            caller = patch.object(self.env.transaction, "default_env", contacts.env)
            with self.subTest(way=way), caller, self.assertRaises(AccessError), self.env.cr.savepoint():
                call()
        self.assertFalse(self.patient.parent_id)
        self.patient.with_user(user).parent_id = common
        # The address that comes with it is told on its own.
        self.assertIn("Related Company", self._logged(self.company, "rectification").mapped("detail"))
        # Nor does the parent become one shop's afterwards.
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            common.write({"company_id": self.other.id})
        # Whom one shop alone has goes where that shop wants.
        stranger = contacts.create({"name": "Zoé", "company_id": False})
        stranger.parent_id = own
        self.assertEqual(stranger.parent_id, own)

    @mute_logger(*QUIET)
    def test_a_contact_under_another_shops_patient(self):
        """It would bear that patient's name."""
        self.patient.sudo().company_id = self.company
        contacts = self.env["res.partner"].with_user(self.theirs["optician"])
        mine = contacts.create({"name": "À NOUS"})
        for call in (
            lambda: mine.write({"parent_id": self.patient.id}),
            lambda: contacts.create({"name": "B", "parent_id": self.patient.id}),
            lambda: contacts.onchange({"parent_id": self.patient.id}, ["parent_id"], {"display_name": {}}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                call()

    def test_how_a_common_contact_is_reached_is_told_to_each_shop(self):
        self.patient.with_company(self.other).nir = THEIR_NIR
        mine = self.patient.with_user(self.theirs["optician"])
        for values, label in (
            ({"email": "ailleurs@exemple.fr"}, "Email"),
            ({"phone": "0102030405"}, "Phone"),
            ({"street": "1 rue X", "street2": "Bât. B"}, "Street, Street2"),
            ({"zip": "75000", "city": "Paris"}, "Zip, City"),
            ({"country_id": self.env.ref("base.be").id}, "Country"),
        ):
            known = {company: self._logged(company, "rectification") for company in (self.company, self.other)}
            mine.write(values)
            mine.write(values)  # what is there already is no change
            for company, rows in known.items():
                with self.subTest(values=values, company=company.name):
                    new = self._logged(company, "rectification") - rows
                    self.assertEqual(new.mapped("detail"), [label])
                    self.assertEqual((new.patient_id, new.user_id), (self.patient, self.theirs["optician"]))

    # -- retention and erasure ------------------------------------------------------------------

    def _run_retention(self):
        with self.enter_registry_test_mode():
            self.env.ref("l10n_fr_optoamc.cron_retention").method_direct_trigger()
        self.env.invalidate_all()

    def test_retention_is_each_shops(self):
        retention = self.env.ref("l10n_fr_optoamc.retention_patient")
        retention.with_user(self.theirs["manager"]).months = 2
        self.assertEqual(retention.with_user(self.theirs["manager"]).months, 2)
        self.assertEqual(retention.with_company(self.company).months, 60)
        proposal = self.env.ref("l10n_fr_optoamc.retention_request")
        proposal.with_user(self.theirs["manager"]).is_to_confirm = False
        self.assertTrue(proposal.with_company(self.company).is_to_confirm)
        patient = self.env["res.partner"].create({"name": "Ancien COMMUN", "nir": NIR})
        patient.with_company(self.other).nir = THEIR_NIR
        self.env.flush_all()
        three = fields.Datetime.now() - relativedelta(months=3)
        self.env.cr.execute(SQL("UPDATE res_partner SET create_date = %s WHERE id = %s", three, patient.id))
        self.env.invalidate_all()
        self._run_retention()
        self.assertEqual((patient.nir, patient.name), (NIR, "Ancien COMMUN"))
        self.assertFalse(patient.with_company(self.other).nir)
        self.assertTrue(self._logged(self.other, "retention"))
        self.assertFalse(self._logged(self.company, "retention"))
        self.assertTrue(retention.with_company(self.other).last_count)
        self.assertFalse(retention.with_company(self.company).last_count)

    def _demand(self, user, patient):
        values = {"patient_id": patient.id, "right": "erasure", "is_identity_checked": True}
        return self.env["optoamc.privacy.request"].with_user(user).create(values)

    def test_what_stays_is_counted_in_the_shop(self):
        self.order.action_confirm()
        patient = self.patient.with_user(self.optician)
        patient.read(["nir"])
        officer = self.theirs["officer"]
        theirs = self._demand(officer, self.patient).with_company(self.other)
        rows = self.env["optoamc.kept.data"].with_company(self.other)._of(self.patient.sudo().with_company(self.other))
        self.assertFalse(rows)
        self.assertNotIn("<td", theirs.kept)
        ours = self.env["optoamc.kept.data"]._of(self.patient)
        self.assertEqual(set(ours.mapped("kind")), {"contract", "consent", "log"})

    def test_each_shop_erases_its_own(self):
        """The identity goes with the last of them."""
        patient = self.env["res.partner"].create(
            {"name": "Anne COMMUN", "phone": "+33 1 99 00 00 42", "nir": NIR, "birthdate": "1950-01-01"}
        )
        shops = ((self.company, self.own_officer), (self.other, self.theirs["officer"]))
        for company, _officer in shops:
            own = patient.with_company(company)
            own.write({"nir": NIR if company == self.company else THEIR_NIR, "birthdate": "1950-01-01"})
            contract = {"partner_id": patient.id, "insurer_id": self.insurer.id, "member_number": "7"}
            self.env["optoamc.contract"].with_company(company).create(contract | {"company_id": company.id})
            self.env["optoamc.prescription"].with_company(company).create(
                {
                    "patient_id": patient.id,
                    "company_id": company.id,
                    "date": self.env.company._optoamc_today(),
                    "eye_ids": [Command.create({"side": "right", "vision": "far", "sphere": 1.5})],
                }
            )
            self.env["sale.order"].with_company(company).create({"partner_id": patient.id, "company_id": company.id})
            own.message_post(body=f"note {company.name}")
        prescriptions = self.env["optoamc.prescription"].search([("patient_id", "=", patient.id)])
        self.assertEqual(prescriptions.company_id, self.company | self.other)
        self._demand(shops[1][1], patient).action_answer()
        self.env.invalidate_all()
        ours, theirs = patient.with_company(self.company), patient.with_company(self.other)
        self.assertEqual((ours.nir, ours.name, ours.phone), (NIR, "Anne COMMUN", "+33 1 99 00 00 42"))
        self.assertEqual(ours.optoamc_contract_ids.member_number, "7")
        self.assertEqual(prescriptions.exists().company_id, self.company)
        self.assertFalse(theirs.nir or theirs.birthdate or theirs.optoamc_contract_ids)
        notes = "".join(patient.message_ids.mapped("body"))
        self.assertIn(f"note {self.company.name}", notes)
        self.assertNotIn(f"note {self.other.name}", notes)
        self.assertTrue(self._logged(self.other, "erasure"))
        self.assertFalse(self._logged(self.company, "erasure"))
        # The other shop's order that nobody agreed on is erased, not deleted: no reason to keep the name.
        self._demand(shops[0][1], patient).action_answer()
        self.env.invalidate_all()
        self.assertFalse(patient.phone or ours.nir or "COMMUN" in patient.name)

    def test_officer_role_is_not_enough_elsewhere(self):
        """An officer of the other shop who never met the person erases nothing of the first."""
        self.assertTrue(self.theirs["officer"].has_group(OFFICER))
        self._demand(self.theirs["officer"], self.patient).action_answer()
        self.env.invalidate_all()
        self.assertEqual((self.patient.nir, self.patient.name), (NIR, "Fabienne MONTFORT"))
        self.assertTrue(self.patient.optoamc_contract_ids.member_number)
        self.assertTrue(self.order.prescription_id)
