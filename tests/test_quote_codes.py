import datetime as dt

from odoo import Command
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .quote_common import BASE, CEILING, QuoteCase
from .users import new_user


@tagged("post_install_l10n", "post_install", "-at_install")
class TestQuoteCodes(QuoteCase):
    """Codes follow what is corrected, what was chosen by hand has a button, and what articles lack has a link."""

    def setUp(self):
        super().setUp()
        self.order = self._dossier({"sphere": -3.0, "cylinder": 1.0, "axis": 90})
        self.offer = self._propose(self.order)
        self.right = self.order.order_line[0]
        self.eyes = self.order.prescription_id.eye_ids
        self.before = self.right.lpp_id

    def _correct(self):
        """The prescription as it should have been typed: beyond six dioptres, in another band."""
        self.eyes.write({"sphere": -7.0, "cylinder": 0.0, "axis": 0})
        self.env.invalidate_all()

    def test_code_follows_the_corrected_prescription(self):
        """In each offer, and with it the tariff; whoever corrects it and however."""
        self._correct()
        lenses = (self.order | self.offer).order_line.filtered(lambda line: line.optical_category == "lens")
        self.assertEqual(len(lenses), 4)
        for line in lenses:
            self.assertTrue(line.lpp_id)
            self.assertEqual(line.lpp_id, line.proposed_lpp_id)
        self.assertNotEqual(self.right.lpp_id, self.before)
        self.assertNotIn("another correction", self.order.quote_problems or "")
        self.order.prescription_id.with_user(self.optician).eye_ids.filtered(lambda eye: eye.side == "right").unlink()
        self.assertFalse(self.right.lpp_id, "no correction, no code")

    def test_money_follows_the_code(self):
        """From a tariff that nobody knows to one that is known, and back: never 0 € as a fact."""
        twin = self._propose(self._dossier({"sphere": -7.0}))
        known = twin.order_line.filtered("eye_side").lpp_id
        self.assertEqual(len(known), 1)
        lenses = self.offer.order_line.filtered("eye_side")
        self.assertEqual(lenses.mapped("is_amo_unknown"), [True, True])
        known.price_ids = [Command.create({"date_from": "2020-01-01", "base_price": BASE, "max_price": CEILING})]
        self._correct()
        self.assertEqual(lenses.lpp_id, known)
        self.assertEqual(lenses.mapped("is_amo_unknown"), [False, False])
        self.assertEqual(lenses.mapped("amo_base"), [BASE, BASE])
        self.assertEqual(lenses.mapped("amo_amount"), [7.2, 7.2])
        self.assertEqual(lenses.mapped("patient_amount"), [line.net_price - 7.2 for line in lenses])
        self.eyes.write({"sphere": -3.0, "cylinder": 1.0, "axis": 90})
        self.env.invalidate_all()
        self.assertEqual(lenses.mapped("is_amo_unknown"), [True, True])
        self.assertEqual(lenses.mapped("amo_base"), [0.0, 0.0])

    def test_a_tariff_that_becomes_known_is_counted(self):
        """Where nobody knew it and nothing is settled yet; elsewhere it stays unknown until somebody takes it."""
        proposed, typed = self.offer.order_line.filtered("eye_side")
        typed.amo_amount = 5.0
        settled = self._propose(self._dossier({"sphere": -3.0, "cylinder": 1.0, "axis": 90}))
        settled.action_confirm()
        accepted = settled.order_line.filtered("eye_side")
        lines = proposed | typed | accepted
        self.assertEqual(lines.mapped("is_amo_unknown"), [True, False, True, True])
        self._know_tariffs()
        self.assertEqual(lines.mapped("is_amo_unknown"), [False, False, True, True])
        self.assertEqual((proposed.amo_base, proposed.amo_amount), (BASE, 7.2))
        self.assertEqual((typed.amo_base, typed.amo_amount), (0.0, 5.0))
        self.assertEqual(accepted.mapped("amo_amount"), [0.0, 0.0])
        self.assertIn("Recalc.", accepted[0]._optoamc_why_amo_unknown())
        accepted._optoamc_recompute_optics()
        self.assertEqual(accepted.mapped("amo_amount"), [7.2, 7.2])
        self.assertFalse(any(accepted.mapped("is_amo_unknown")))

    def test_code_follows_the_corrected_age(self):
        frame = self._article("Monture sans code", 80.0, "frame", product_class="B")
        self.order.order_line = [Command.create({"product_id": frame.id, "equipment_number": 2})]
        line = self.order.order_line[-1]
        self.assertEqual(line.lpp_id.code, "2264861")
        today = self.order.optical_date
        self.order.patient_id.with_user(self.optician).birthdate = today - dt.timedelta(days=365 * 10)
        self.assertEqual(line.lpp_id.code, "2276870")

    def test_what_was_asked_stays(self):
        request = self._new_request(self.order)
        request.action_send()
        self._dispatch()
        self.assertEqual(request.state, "granted")
        self._correct()
        self.assertEqual(self.right.lpp_id, self.before)
        self.assertNotEqual(self.offer.order_line[0].lpp_id, self.before)

    def test_code_chosen_by_hand(self):
        """It stays, the banner names the one proposed, and a click takes it: in the other offer, too."""
        other = self.env.ref("l10n_fr_optoamc.lpp_2241162")  # of more than 20 dioptres
        lenses = self.right | self.order.order_line[1] | self.offer.order_line.filtered("eye_side")[:1]
        lenses.lpp_id = other
        self._correct()
        self.assertEqual(lenses.lpp_id, other)
        proposed = self.right.proposed_lpp_id
        self.assertIn(
            f"the code 2241162 is for another correction. Take the proposed code, {proposed.code},",
            self.order.quote_problems,
        )
        self.assertTrue(self.order.has_other_codes)
        self.order.with_user(self.optician).action_optoamc_take_codes()
        self.assertEqual(self.right.lpp_id, proposed)
        for line in lenses:
            self.assertEqual(line.lpp_id, line.proposed_lpp_id)
        self.assertFalse(self.order.has_other_codes)
        self.assertNotIn("another correction", self.order.quote_problems or "")

    # -- what the catalogue lacks -------------------------------------------------------------

    def _gap(self, user):
        (gap,) = self.order.with_user(user).quote_gaps
        return gap

    def test_articles_to_complete_have_a_link(self):
        """To the product or its maker for who may write them, else to the screen that opticians have."""
        article = self.lenses["A", "single"]
        manager = new_user(
            self.company,
            "catalogue_manager",
            "base.group_user,l10n_fr_optoamc.group_optician,l10n_fr_optoamc.group_manager,product.group_product_manager",
        )
        article.write({"default_code": False, "optical_material": False})
        self._checked(self.order)
        gap = self._gap(self.optician)
        self.assertEqual(
            (gap["label"], gap["model"], gap["field"]), (article.name, "optoamc.article.data", "default_code")
        )
        self.assertEqual(gap["reason"], "commercial reference, material")
        self.assertTrue(self.order.quote_problems, "it is not printed")
        self.assertFalse(self.order.quote_other_problems, "said once")
        by_manager = self._gap(manager)
        self.assertEqual((by_manager["model"], by_manager["id"]), ("product.template", article.product_tmpl_id.id))
        screens = self.env["optoamc.article.data"].with_user(self.optician)
        values = {"default_code": "REF-1", "optical_material": "CR39", "optical_maker_id": article.optical_maker_id.id}
        screens.create({"product_id": article.id, **values})
        self.env.invalidate_all()
        self.assertEqual((article.default_code, article.optical_material), ("REF-1", "CR39"))
        self.assertFalse(self.order.quote_problems or self.order.quote_gaps)
        self.maker.address = False
        self.env.invalidate_all()
        frames = self.order.with_user(manager).quote_gaps
        self.assertEqual(
            {(gap["model"], gap["id"], gap["field"]) for gap in frames}, {("optoamc.maker", self.maker.id, "address")}
        )
        self.assertIn("ask a manager", self.order.with_user(self.optician).quote_gaps[0]["reason"])

    def test_articles_of_class_b_have_a_link_too(self):
        """Their quote is printed, with a dash: said once, with the place where it is typed."""
        article = self.lenses["B", "single"]
        article.optical_material = False
        self._checked(self.order)
        order = self.order.with_user(self.optician)
        (gap,) = order.quote_dashes
        self.assertEqual((gap["label"], gap["model"]), (article.name, "optoamc.article.data"))
        self.assertEqual(gap["context"], {"default_product_id": article.id})
        self.assertIn(article.name, order.quote_warnings)
        self.assertNotIn(article.name, order.quote_other_warnings or "")
        self.env["optoamc.article.data"].with_user(self.optician).create(
            {"product_id": article.id, "optical_material": "CR39"}
        )
        self.env.invalidate_all()
        self.assertFalse(order.quote_dashes)
        self.assertNotIn(article.name, order.quote_warnings or "")

    def test_mail_of_one_offer(self):
        """There is nothing to choose among: the portal says where there is."""
        template = self.env.ref("l10n_fr_optoamc.mail_template_legal_quote")
        for lang in ("en_US", "fr_FR"):
            self.assertNotRegex(str(template.with_context(lang=lang).body_html), "choi")

    def test_papers_name_what_they_are(self):
        """A supplement that the model does not name has its article's name; the note is no quote."""
        tint = self._article("Teinte solaire", 20.0, "supplement")
        self.order.order_line = [Command.create({"product_id": tint.id, "equipment_number": 1, "product_uom_qty": 2})]
        self.assertEqual(self.order.order_line[-1]._optoamc_quote_label(), "Teinte solaire (x 2)")
        note = self.env.ref("l10n_fr_optoamc.action_report_detailed_note")
        self.assertEqual(safe_eval(note.print_report_name, {"object": self.order}), f"Detailed note {self.order.name}")

    # -- what was said of the need ------------------------------------------------------------

    def test_the_other_offer_has_what_was_said(self):
        """At the patient's expense, nothing from the Sécu, lost or broken: of the need, not of one of its offers."""
        tint = self._article("Teinte solaire", 20.0, "supplement")
        order = self._dossier({"sphere": -3.0})
        order.order_line = [Command.create({"product_id": tint.id, "equipment_number": 1})]
        order.is_replacement = True
        order.action_optoamc_amo_none()
        order.order_line.is_own_expense = True
        self.assertTrue(order.order_line[-1].is_amo_none)
        offer = self._propose(order, keeps_left_out=True)
        self.assertTrue(offer.is_replacement)
        self.assertTrue(all(offer.order_line.mapped("is_own_expense")))
        self.assertTrue(offer.order_line.filtered(lambda line: line.product_id == tint).is_amo_none)
