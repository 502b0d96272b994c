"""A patient who used everything is erased: the whole database and file store are searched for each value."""

import base64
import time
from datetime import date

from dateutil.relativedelta import relativedelta
from odoo import Command, fields
from odoo.tests import HttpCase, freeze_time, tagged

from .common import PDF
from .dump import PREFIX, search_database, search_files
from .shop_common import MEMBER, NIR, SPACED_NIR, ShopCase
from .users import new_user

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PHONE, BIRTH = "0639980017", "1978-03-19"
IBAN, OTHER_IBAN = "FR7630006000011234567890189", "FR1420041010050500013M02606"
#: What has no room for a mark. The birth date is looked for as PostgreSQL and the messages write it.
NUMBERS = (NIR, SPACED_NIR, MEMBER, "639980017", "6 39 98 00 17", IBAN, OTHER_IBAN, BIRTH)

#: Fields of a contact that do not take any text.
SHAPED = {"vat", "nir", "email", "phone", "name", "rpps", "adeli", "amc_number", "amc_platform_number"}
SHAPED |= {"amo_regime", "amo_fund", "amo_centre", "coverage_phone", "coverage_email", "signup_type", "lang", "tz"}
SHAPED |= {"card_birthdate", "global_location_number", "peppol_endpoint", "company_registry", "website_message_ids"}

ACCOUNTS = "the name and address that invoices bear, and what was written on posted ones"
CONTRACT = "an order agreed: who signed, with what, and the copy signed"
PROOF = "a signed consent"
COPY = "a copy of a prescription that is valid"

#: By hand: where a value may still be found, and why. Nothing else, nowhere else.
PERSON = {
    "res_partner.name": ACCOUNTS,
    "res_partner.complete_name": ACCOUNTS,
    "account_move.invoice_partner_display_name": ACCOUNTS,
    "optoamc_consent.document": PROOF,
    "optoamc_consent.signatory": PROOF,
}
KEPT = {
    "lastname": PERSON | {"res_partner.lastname": ACCOUNTS},
    "firstname": PERSON | {"res_partner.firstname": ACCOUNTS},
    "street": {"res_partner.street": ACCOUNTS},
    "street2": {"res_partner.street2": ACCOUNTS},
    "city": {"res_partner.city": ACCOUNTS},
    "zip": {"res_partner.zip": ACCOUNTS},
    # Where the glasses were delivered, as the invoice says.
    "childname": {"res_partner.name": ACCOUNTS, "res_partner.complete_name": ACCOUNTS},
    "childstreet": {"res_partner.street": ACCOUNTS},
    "billedline": {"account_move_line.name": ACCOUNTS},
    "billednarration": {"account_move.narration": ACCOUNTS},
    "orderref": {
        "account_move.ref": ACCOUNTS,
        "account_move_line.ref": ACCOUNTS,
        "account_move_line.name": ACCOUNTS,
    },
    # A credit note, and the account on which it is paid back.
    "creditreason": {"account_move.ref": ACCOUNTS, "account_move_line.ref": ACCOUNTS},
    "holder": {"res_partner_bank.acc_holder_name": ACCOUNTS},
    IBAN: {"res_partner_bank.sanitized_acc_number": ACCOUNTS},
    "signatory": {"sale_order.signed_by": CONTRACT, "sale_order.chosen_by": CONTRACT},
}
#: The same of the file store: what is attached to what.
KEPT_FILES = {
    "consentscan": {"optoamc.consent.scan": PROOF},
    "validscan": {"optoamc.prescription.": COPY},
    "signatory": {"sale.order.": CONTRACT},
    # The patient, as the legal quote that was signed has her; it names no address.
    "lastname": {"sale.order.": CONTRACT},
    "firstname": {"sale.order.": CONTRACT},
}


#: Every mark that was given out.
MADE = set()


def mark(label):
    MADE.add(f"{PREFIX}{label}")
    return f"{PREFIX}{label}"


def document(label):
    return base64.b64encode(PDF + b"% " + mark(label).encode() + b"\n")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestErasureWhole(ShopCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.since = time.time() - 1
        self.dossier = self._dossier().sudo()
        self.person = self.dossier.patient_id
        self.as_optician = self.env(user=self.optician)
        self._fill_contact()
        self._health()
        self._sales()
        self._words()
        self._screens()
        # Notices and tracked values are written when a transaction ends.
        self.env.flush_all()
        self.env.cr.precommit.run()

    # -- a life ---------------------------------------------------------------------------------

    def _fill_contact(self):
        """Each field of a contact that takes text, of whichever app, and all that hangs on a contact."""
        person = self.person
        typed = {
            name: mark(name.replace("_", ""))
            for name, field in person._fields.items()
            if field.type in ("char", "text", "html") and field.store and not field.compute and name not in SHAPED
        }
        person.write(
            typed
            | {
                "email": f"{mark('email')}@exemple.fr",
                "phone": PHONE,
                "birthdate": BIRTH,
                "card_birthdate": "31/00/1953",
                "image_1920": base64.b64encode(PNG),
                "category_id": [Command.create({"name": "Fidèle"})],
                "bank_ids": [
                    Command.create({"acc_number": IBAN, "acc_holder_name": mark("holder")}),
                    Command.create({"acc_number": OTHER_IBAN, "acc_holder_name": mark("otherholder")}),
                ],
                "child_ids": [
                    Command.create({"type": "delivery", "name": mark("childname"), "street": mark("childstreet")}),
                    Command.create({"type": "other", "name": mark("othername"), "street": mark("otherstreet")}),
                ],
            }
        )
        # The tests of accounting switch tracking off.
        self.cr.precommit.run()
        person.with_context(tracking_disable=False, mail_notrack=False).email = f"{mark('email2')}@exemple.fr"
        self.env.flush_all()
        self.cr.precommit.run()
        self.portal = new_user(self.company, mark("login"), "base.group_portal", name="-", email=person.email)
        own = self.portal.partner_id
        self.portal.write({"partner_id": person.id, "signature": f"<p>{mark('usersignature')}</p>"})
        own.unlink()
        self.portal.with_user(self.portal).sudo().partner_id.email = f"{mark('email2')}@exemple.fr"
        self.env["res.device.log"].sudo().create(
            {"user_id": self.portal.id, "session_identifier": "s", "ip_address": mark("ip"), "browser": "firefox"}
        )

    def _health(self):
        person, env = self.person, self.as_optician
        person.optoamc_contract_ids.write(
            {"contract_number": mark("contract"), "group_number": mark("group"), "contract_type": mark("type")}
        )
        child = env["res.partner"].create({"name": "Léo ENFANT", "birthdate": "2015-05-05", "insured_id": person.id})
        child.beneficiary_quality = "child"
        loose = self.env["ir.attachment"].create(
            {"name": mark("loosename"), "datas": document("loosescan"), "res_model": "res.company", "res_id": 1}
        )
        self.dossier.prescription_id.write(
            {"note": mark("prescriptionnote"), "scan_ids": [Command.link(loose.id), self._scan("oldscan")]}
        )
        self.valid = env["optoamc.prescription"].create(
            {
                "patient_id": person.id,
                "prescriber_id": self.prescriber.id,
                "date": self.env.company._optoamc_today() - relativedelta(days=3),
                "note": mark("validnote"),
                "eye_ids": [Command.create({"side": "right", "vision": "far", "sphere": -3.25})],
                "scan_ids": [self._scan("validscan")],
            }
        )
        env["optoamc.consent.form"].create(
            {
                "patient_id": person.id,
                "insurer_id": self.insurer.id,
                "method": "paper",
                "scan": document("consentscan"),
            }
        ).action_record()
        self.env["optoamc.rights.check"].sudo().create(
            {"contract_id": person.optoamc_contract_ids.id, "error_code": mark("rightserror"), "state": "error"}
        )

    def _scan(self, label):
        return Command.create(
            {"name": f"{label}.pdf", "datas": document(label), "res_model": "optoamc.prescription", "res_id": 0}
        )

    def _sales(self):
        """Dossiers in each state, invoices posted, cancelled and credited, a quote signed on line."""
        order = self.dossier
        order.write({"note": f"<p>{mark('ordernote')}</p>", "client_order_ref": mark("orderref")})
        order.write({"renewal_case": "evolution", "is_replacement": True})
        self.granted = self._ask(order.with_user(self.optician))
        self._dispatch()
        self.granted.action_transfer()
        order.order_line[0].name = mark("billedline")
        order.order_line = [Command.create({"display_type": "line_note", "name": mark("linenote")})]
        order.action_confirm()
        self.invoice = self._invoice(order, post=False)
        self.invoice.narration = f"<p>{mark('billednarration')}</p>"
        self.invoice.partner_shipping_id = self.person
        self.invoice.invoice_line_ids.filtered("display_type").filtered(
            lambda line: line.display_type == "line_note"
        ).unlink()
        self.invoice.action_post()
        order.order_line[0].name = mark("orderline")

        for state, reply in (("refused", mark("refusalwords")), ("draft", None), ("cancelled", None)):
            request = self._ask_anew()
            if state == "refused":
                request._refuse("phone", reply)
            elif state == "cancelled":
                request.action_cancel()
            request.sudo().line_ids.write(
                {"name": mark(f"requestline{state}"), "catalogue_code": mark("cataloguecode")}
            )
        self._cancelled_invoice()
        refund = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=self._simple_invoice("plain").ids
        )
        refund.create({"journal_id": self.invoice.journal_id.id, "reason": mark("creditreason")}).refund_moves()
        credited = self.person.env["account.move"].search([("ref", "ilike", mark("creditreason"))])
        credited.partner_bank_id = self.person.bank_ids.filtered(lambda bank: bank.sanitized_acc_number == IBAN)
        credited.action_post()
        self._sign_on_line()
        unsold = self._order_of_person({"note": mark("unsoldnote"), "signed_by": mark("unsoldsignatory")})
        unsold.signature = base64.b64encode(PNG)
        unsold._action_cancel()

    def _order_of_person(self, values, name="Article"):
        lines = [Command.create({"product_id": self.frame.id, "name": name})]
        return self.env["sale.order"].create({"partner_id": self.person.id, "order_line": lines, **values})

    def _ask_anew(self):
        day = self.dossier.optical_date
        order = self.dossier.copy({"prescription_id": self.dossier.prescription_id.id, "optical_date": day})
        return self._ask(order.with_user(self.optician))

    def _simple_invoice(self, label):
        order = self._order_of_person({"prescription_id": False}, name="Article")
        order.action_confirm()
        return self._invoice(order)

    def _cancelled_invoice(self):
        order = self._order_of_person({}, name=mark("cancelledline"))
        order.action_confirm()
        invoice = self._invoice(order, post=False)
        invoice.write({"narration": f"<p>{mark('cancellednarration')}</p>", "ref": mark("cancelledref")})
        invoice.action_post()
        invoice.button_draft()
        invoice.button_cancel()

    def _sign_on_line(self):
        """On the customer's own page, which keeps a copy of what was signed."""
        self.company.optoamc_quote_without_class_a = True
        self.signed = self._order_of_person(
            {"prescription_id": self.valid.id, "require_signature": True, "no_class_a_reason": mark("noclassa")}
        )
        self.signed.write({"require_payment": False, "prescription_id": self.valid.id, "state": "sent"})
        self.signed.order_line.write(
            {"lpp_id": self.env.ref("l10n_fr_optoamc.lpp_2264861").id, "optical_trace": mark("trace")}
        )
        self.signed.renewal_case = "listed"  # of the same day as another invoice
        self.assertFalse(self.signed.quote_problems)
        self.signed._portal_ensure_token()
        self.env.flush_all()
        self.make_jsonrpc_request(
            self.signed.get_portal_url(suffix="/accept", query_string=f"&seal={self.signed._optoamc_quote_seal()}"),
            {
                "access_token": self.signed.access_token,
                "name": mark("signatory"),
                "signature": base64.b64encode(PNG).decode(),
            },
        )
        self.env.invalidate_all()
        self.assertEqual((self.signed.state, self.signed.signed_by), ("sale", mark("signatory")))

    def _words(self):
        """What people said and wrote, and what the payer did."""
        person, share = self.person, self.invoice.optoamc_share_ids[:1]
        for label, record in (
            ("contact", person),
            ("order", self.dossier),
            ("request", self.granted.sudo()),
            ("invoice", self.invoice),
            ("share", share),
        ):
            record.message_post(
                body=mark(f"note{label}"),
                message_type="comment",
                attachments=[("n.txt", mark(f"file{label}").encode())],
            )
            for _each in ("open", "done"):
                record.activity_schedule(
                    "mail.mail_activity_data_todo", note=mark(f"todo{label}"), user_id=self.env.uid
                )
            record.activity_ids[0].action_feedback(mark(f"done{label}"))
        self.dossier.message_subscribe(person.ids)
        self.insurer.message_post(body=mark("elsewhere"), author_id=person.id, message_type="comment")
        self.env["mail.mail"].create(
            {"subject": mark("mailsubject"), "body_html": mark("mailbody"), "email_to": person.email}
        )
        self.env["mail.scheduled.message"].create(
            {
                "model": "sale.order",
                "res_id": self.dossier.id,
                "author_id": self.env.user.partner_id.id,
                "body": mark("scheduled"),
                "scheduled_date": fields.Datetime.now() + relativedelta(days=2),
            }
        )
        self.env["bus.bus"].sudo().create({"channel": "x", "message": f'"{mark("bus")}"'})
        share.sudo().write({"reject_code": "A114", "reject_reason": mark("reject")})
        remittance = (
            self.env["optoamc.remittance"]
            .sudo()
            .create({"name": mark("advicefile"), "file_key": "k", "journal_id": self.bank.id})
        )
        advice = {"remittance_id": remittance.id, "outcome": "rejected"}
        self.env["optoamc.remittance.line"].sudo().create(
            [
                advice | {"share_id": share.id, "reject_reason": mark("advicereason")},
                advice
                | {"member_number": MEMBER, "reject_reason": mark("unmatched"), "pec_number": mark("advicepec")},
            ]
        )
        self.env["account.payment"].create({"partner_id": person.id, "amount": 10, "memo": mark("memo")})

    def _screens(self):
        """Screens left open, by several people and apps."""
        portability = self.env["optoamc.privacy.request"].with_user(self.officer)
        portability.create(
            {"patient_id": self.person.id, "right": "portability", "is_identity_checked": True}
        ).action_answer()
        self.env["optoamc.share.write.off"].create(
            {"share_ids": self.invoice.optoamc_share_ids.ids, "reason": mark("writeoff")}
        )
        self.env["optoamc.manual.answer"].create(
            {"request_id": self.granted.id, "insurer_message": mark("typedwords"), "note": mark("typednote")}
        )
        self.env["mail.compose.message"].create(
            {"model": "sale.order", "res_ids": repr(self.dossier.ids), "body": mark("composed"), "subject": "x"}
        )
        self.env["base_import.import"].create(
            {"res_model": "res.partner", "file": mark("importfile").encode(), "file_name": "patients.csv"}
        )
        self.env["optoamc.remittance.import"].create(
            {"file": base64.b64encode(mark("advicesheet").encode()), "journal_id": self.bank.id}
        )

    # -- forgotten ------------------------------------------------------------------------------

    def _erase(self):
        screen = self.env["optoamc.privacy.request"].with_user(self.officer)
        screen = screen.create({"patient_id": self.person.id, "right": "erasure", "is_identity_checked": True})
        announced = screen.kept
        screen.action_answer()
        self.env.flush_all()
        self.env.cr.precommit.run()
        return announced

    def test_nothing_is_left_but_what_is_told(self):
        before = search_database(self.env, NUMBERS)
        files = search_files(self.env, self.since)
        announced = self._erase()
        after = search_database(self.env, NUMBERS)
        expected = {label if label == IBAN else mark(label): set(places) for label, places in KEPT.items()}
        self.maxDiff = None
        self.assertEqual(after, expected)
        # Nothing is missing that was never there.
        self.assertTrue(set(expected) | set(NUMBERS) - {SPACED_NIR, "6 39 98 00 17"} <= set(before), before.keys())
        self.assertGreater(len(before), 90)
        self.assertEqual(MADE - set(before), set(), "values that the test would not see")
        left = search_files(self.env, self.since)
        self.assertTrue({mark("oldscan"), mark("loosescan"), mark("fileorder")} <= set(files), files)
        self.assertEqual(left, {mark(label): set(places) for label, places in KEPT_FILES.items()})
        self._check_told(announced)
        self._check_contact()

    def _check_told(self, announced):
        """The officer reads before what the table says after."""
        rows = self.env["optoamc.kept.data"].with_user(self.officer).search([("patient_id", "=", self.person.id)])
        today = self.env.company._optoamc_today()
        until = {row.kind: row.until for row in rows}
        self.assertEqual(
            until,
            {
                "accounting": date(today.year + 10, 12, 31),
                "contract": today + relativedelta(years=10),
                "prescription": self.valid.valid_until,
                "consent": today + relativedelta(years=5),
                "log": today + relativedelta(years=1),
            },
        )
        for row in rows:
            self.assertTrue(row.ground)
            self.assertIn(row.ground.split(",")[0], announced.unescape())

    def _check_contact(self):
        person = self.person
        self.assertIn(mark("lastname"), person.name.lower(), "invoices bear the name")
        self.assertFalse(person.category_id or person.image_1920 or person.email or person.phone)
        self.assertFalse(self.portal.active or self.portal.signature)
        self.assertTrue(self.signed.signature)
        self.assertFalse(self.dossier.renewal_case or self.dossier.is_replacement)
        self.assertTrue(self.valid.exists().scan_ids)
        self.assertTrue(self.valid.valid_until)

    def test_the_rest_goes_when_its_time_ends(self):
        self._erase()
        later = self.env.company._optoamc_today() + relativedelta(years=11, months=1)
        with freeze_time(later), self.enter_registry_test_mode():
            self.env.ref("l10n_fr_optoamc.cron_retention").method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(self.env["optoamc.kept.data"].sudo().search([("patient_id", "=", self.person.id)]))
        self.assertEqual(search_database(self.env, NUMBERS), {})
        self.assertEqual(search_files(self.env, self.since), {})
        self.assertEqual(self.invoice.state, "posted")
        self.assertGreater(self.invoice.amount_total, 0)
