"""Two shops of one database: nothing of one is seen, counted or changed by the other."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .access_common import AccessCase
from .access_table import FIELDS, rights

#: Records without a shop: what insurers, the law and the platforms say to all.
COMMON = {
    *("optoamc.platform", "optoamc.field", "optoamc.reason", "optoamc.amo.rate", "optoamc.consent.text"),
    *("optoamc.lpp", "optoamc.lpp.price", "optoamc.retention", "optoamc.maker", "optoamc.responsible.limit"),
    *("optoamc.profile", "optoamc.renewal.period"),
}

#: Figures that SQL works out; screens, which are their owner's (test_own_screen).
COUNTED = {
    *(
        "optoamc.class.a.share",
        "optoamc.answer.time",
        "optoamc.share.age",
        "optoamc.closing.item",
        "optoamc.closing.payer",
    ),
    *("optoamc.closing.refund", "optoamc.closing.dossier", "optoamc.closing.advice", "optoamc.closing.loss"),
    "optoamc.closing.event",
}

QUIET = ("odoo.models", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccessCompanies(AccessCase):
    def test_every_model_of_a_shop_is_tried(self):
        self.assertEqual(set(FIELDS) - COMMON - COUNTED - set(self.transient_models()), set(self.own) & set(FIELDS))

    @mute_logger(*QUIET)
    def test_own_and_other_shop(self):
        for users, own, foreign in (
            (self.users, self.own, self.foreign),
            (self.neighbours, self.foreign, self.own),
        ):
            for role, user in users.items():
                env, cells = self.as_user(user), rights(role)
                for model in set(own) & set(FIELDS):
                    mine, theirs = (sides[model].with_env(env) for sides in (own, foreign))
                    for letter, operation in (("r", "read"), ("w", "write"), ("u", "unlink")):
                        with self.subTest(model=model, user=user.login, operation=operation):
                            self.assertEqual(mine.has_access(operation), letter in cells[model])
                            self.assertFalse(theirs.has_access(operation))
                    if "r" in cells[model]:
                        with self.subTest(model=model, user=user.login):
                            self._assert_unseen(mine, theirs)

    def _assert_unseen(self, mine, theirs):
        """Neither found, nor counted, nor named, nor exported."""
        both = [("id", "in", [mine.id, theirs.id])]
        self.assertEqual(mine.search(both).ids, mine.ids)
        self.assertEqual(mine.search_count(both), 1)
        self.assertEqual(mine._read_group(both, [], ["__count"]), [(1,)])
        self.assertNotIn(theirs.id, [found[0] for found in mine.name_search("", both)])
        attempts = [lambda: theirs.read(["display_name"]), lambda: theirs.web_read({"display_name": {}})]
        if theirs._auto:  # figures that SQL works out are not copied anyway
            attempts += [theirs.copy, lambda: theirs.write({})]
        for attempt in attempts:
            with self.assertRaises(AccessError):
                attempt()

    @mute_logger(*QUIET)
    def test_health_of_the_other_shops_patients(self):
        """Depends on the rules of patients by company: a contact of one company is that one's."""
        partner = self.foreign["res.partner"]
        for role in ("optician", "officer"):
            env = self.as_user(self.users[role])
            for model in ("res.partner", "optoamc.contract", "optoamc.prescription"):
                theirs = self.foreign[model].with_env(env)
                with self.subTest(role=role, model=model):
                    self.assertFalse(theirs.has_access("read"))
                    if env[model].has_access("read"):
                        self.assertFalse(theirs.search([("id", "in", theirs.ids)]))
            with self.assertRaises(AccessError):
                partner.with_env(env).read(["nir"])
            self.assertFalse(env["res.partner"].search([("nir", "!=", False), ("id", "=", partner.id)]))

    def test_creating_in_another_company(self):
        prescriptions = self.as_user(self.users["optician"])["optoamc.prescription"]
        patient = self.own["res.partner"]
        with self.assertRaises(AccessError):
            prescriptions.create({"patient_id": patient.id, "company_id": self.other_company.id})
