from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..lib.identifiers.age import age_on
from ..lib.lpp import coding as lpp_proposal
from .common import only_shipped_tariffs
from .users import sole_shop

BEFORE = date(2013, 11, 26)
TODAY = date(2026, 11, 22)
ADULT = date(1961, 5, 4)
TYPES = ("single", "multifocal", "progressive")

# Pre-2020 codes: white and tinted under 18, white and tinted from 18. Source: NT_LPP (SNDS).
OLD_SINGLE_SPHERE = "2261874 2242457 2203240 2287916"
OLD_SINGLE_PLUS = "2243304 2291088 2280660 2265330"
OLD_SINGLE_MINUS = "2243540 2297441 2282793 2263459"
OLD_SINGLE_OUTSIDE = "2273854 2248320 2235776 2295896"
OLD_CYL_4 = "2200393 2270413 2259966 2226412"
OLD_CYL_4_OUTSIDE = "2283953 2219381 2284527 2254868"
OLD_CYL_MORE = "2238941 2268385 2212976 2252668"
OLD_CYL_MORE_OUTSIDE = "2245036 2206800 2288519 2299523"
OLD_MULTI = "2259245 2264045 2290396 2291183"
OLD_MULTI_OUTSIDE = "2238792 2202452 2245384 2295198"
OLD_MULTI_CYL = "2240671 2282221 2227038 2299180"
OLD_MULTI_CYL_OUTSIDE = "2234239 2259660 2202239 2252042"

# Codes, then the (sphere, cylinder) at and around each bound, cylinder positive.
OLD_SINGLE = [
    (OLD_SINGLE_SPHERE, [(-6, 0), (-0.25, 0), (0, 0), (2, 0), (6, 0)]),
    (OLD_SINGLE_PLUS, [(6.25, 0), (10, 0)]),
    (OLD_SINGLE_MINUS, [(-6.25, 0), (-10, 0)]),
    (OLD_SINGLE_OUTSIDE, [(10.25, 0), (-10.25, 0), (21, 0)]),
    (OLD_CYL_4, [(-6, 0.25), (6, 4), (0, 4), (2, 1)]),
    (OLD_CYL_4_OUTSIDE, [(-6.25, 0.25), (6.25, 4), (11, 1)]),
    (OLD_CYL_MORE, [(-6, 4.25), (6, 4.25), (0, 6)]),
    (OLD_CYL_MORE_OUTSIDE, [(-6.25, 4.25), (6.25, 5)]),
    ("", [(6.1, 0), (-6.2, 0)]),  # between 6.00 and 6.25 the table is silent
]
OLD_COMPLEX = [
    (OLD_MULTI, [(-4, 0), (0, 0), (4, 0)]),
    (OLD_MULTI_OUTSIDE, [(-4.25, 0), (4.25, 0)]),
    (OLD_MULTI_CYL, [(-8, 0.25), (8, 6), (0, 1)]),
    (OLD_MULTI_CYL_OUTSIDE, [(-8.25, 0.25), (8.25, 6)]),
]

# 100 % Santé: class A and B of single vision, multifocal, progressive.
NEW = [
    ("2263287 2264803 2245190 2267552 2249229 2263494", [(-0.25, 0), (-2, 0)]),
    ("2254911 2225329 2235977 2234788 2296803 2240323", [(-2.25, 0), (-4, 0)]),
    ("2201814 2288353 2232648 2214515 2282913 2297263", [(-4.25, 0), (-6, 0)]),
    ("2214840 2233033 2234357 2266989 2272748 2295525", [(-6.25, 0), (-8, 0)]),
    ("2223394 2292053 2217229 2220088 2248030 2241742", [(-8.25, 0), (-12, 0)]),
    ("2254727 2241162 2272398 2268505 2243511 2269516", [(-12.25, 0), (-30, 0)]),
    ("2229362 2258895 2267240 2279650 2210635 2224732", [(0.25, 0), (2, 0)]),
    ("2238444 2293555 2264884 2226910 2279934 2222118", [(2.25, 0), (4, 0)]),
    ("2238823 2200335 2241009 2251924 2217376 2219062", [(4.25, 0), (6, 0)]),
    ("2260509 2203486 2209193 2205321 2221917 2202430", [(6.25, 0), (8, 0)]),
    ("2274380 2234044 2253248 2264401 2274730 2256420", [(8.25, 0), (12, 0)]),
    ("2203316 2237947 2237829 2267492 2221604 2293414", [(12.25, 0), (25, 0)]),
    ("2234050 2208756 2216885 2288695 2236362 2203948", [(0, 0.25), (0, 4), (-2, 0.25), (-2, 4)]),
    ("2231235 2209460 2245875 2291674 2210061 2230750", [(-2.25, 0.25), (-4, 4)]),
    ("2217525 2218542 2223626 2213711 2215957 2210434", [(-4.25, 0.25), (-6, 4)]),
    ("2241392 2286800 2201754 2259340 2252177 2208064", [(-6.25, 0.25), (-8, 4)]),
    ("2277266 2257447 2261087 2265412 2216359 2288502", [(-8.25, 0.25), (-12, 4)]),
    ("2220384 2255856 2247093 2218849 2236066 2217809", [(-12.25, 0.25), (-20, 4)]),
    ("2255520 2211190 2288293 2212025 2268273 2260691", [(0, 4.25), (-2, 4.25)]),
    ("2284071 2210983 2204563 2229155 2229209 2240850", [(-2.25, 4.25), (-4, 8)]),
    ("2266080 2243920 2292544 2291065 2295175 2253834", [(-4.25, 4.25), (-6, 8)]),
    ("2238409 2276048 2234245 2282920 2224270 2245941", [(-6.25, 4.25), (-8, 8)]),
    ("2293390 2224778 2256910 2299925 2299196 2242760", [(-8.25, 4.25), (-12, 8)]),
    ("2236586 2224287 2256560 2243623 2234334 2270583", [(-12.25, 4.25), (-20, 8)]),
    ("2218559 2229824 2234475 2215213 2209342 2292277", [(0.25, 0.25), (1.75, 0.25), (0.25, 1.75)]),
    ("2254584 2262678 2225648 2234021 2286118 2269692", [(2, 0.25), (0.25, 2), (3.75, 0.25)]),
    ("2258406 2281598 2228931 2297530 2244203 2210109", [(4, 0.25), (1.25, 4.5), (0.25, 5.75)]),
    ("2203871 2247041 2287514 2222176 2218950 2226926", [(6, 0.25), (2.25, 5.75)]),
    ("2231258 2241529 2275847 2215503 2297910 2257750", [(8, 0.25), (6, 6)]),
    ("2215905 2249152 2237775 2284697 2228411 2285099", [(12, 0.25), (7, 6), (20, 1)]),
]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLppProposal(TransactionCase):
    """The proposal against all bands of the two nomenclatures, bounds included."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.optician = new_test_user(cls.env, "lpp_optician", groups="l10n_fr_optoamc.group_optician")
        cls.lpp = cls.env["optoamc.lpp"].with_user(cls.optician)

    def propose(self, *args, **kwargs):
        return self.lpp._propose(*args, **kwargs).code or ""

    def assert_lens(self, code, sphere, cylinder, on, **kwargs):
        """The code, from both notations of the same lens."""
        notations = {(sphere, cylinder), (sphere + cylinder, -cylinder)}
        for power in notations:
            with self.subTest(code=code, power=power, on=on, **kwargs):
                found = self.propose("lens", on, sphere=power[0], cylinder=power[1], **kwargs)
                self.assertEqual(found, code)

    def test_bands_since_2020(self):
        seen = set()
        for codes, powers in NEW:
            for rank, code in enumerate(codes.split()):
                seen.add(code)
                for sphere, cylinder in powers:
                    self.assert_lens(
                        code,
                        sphere,
                        cylinder,
                        TODAY,
                        lens_type=TYPES[rank // 2],
                        product_class="AB"[rank % 2],
                    )
        self.assertEqual(len(seen), 180)

    def test_bands_before_2020(self):
        ages = [(date(1995, 11, 27), 0), (date(1995, 11, 26), 2)]  # 17, and 18 on that very day
        seen = set()
        for table, lens_types in ((OLD_SINGLE, TYPES[:1]), (OLD_COMPLEX, TYPES[1:])):
            for codes, powers in table:
                codes = codes.split() or [""] * 4
                seen.update(codes)
                for sphere, cylinder in powers:
                    for birthdate, rank in ages:
                        for tint in (False, True):
                            for lens_type in lens_types:
                                self.assert_lens(
                                    codes[rank + tint],
                                    sphere,
                                    cylinder,
                                    BEFORE,
                                    birthdate=birthdate,
                                    lens_type=lens_type,
                                    tint=tint,
                                )
        self.assertEqual(len(seen - {""}), 48)

    def test_plano(self):
        """0.00 without cylinder: neutral in single vision, a band of its own otherwise."""
        expected = [
            ("single", "A", "2263927"),
            ("single", "B", "2291480"),
            ("multifocal", "A", "2245190"),
            ("multifocal", "B", "2267552"),
            ("progressive", "A", "2249229"),
            ("progressive", "B", "2263494"),
        ]
        for lens_type, product_class, code in expected:
            self.assert_lens(code, 0, 0, TODAY, lens_type=lens_type, product_class=product_class)

    def test_every_lens_band_is_tested(self):
        tested = " ".join(codes for codes, _powers in (*OLD_SINGLE, *OLD_COMPLEX, *NEW)).split()
        table = self.lpp.search([("category", "=", "lens"), ("generic_id", "=", False)])
        self.assertEqual(set(table.mapped("code")), {*tested, "2263927", "2291480"})

    def test_worked_example(self):
        args = {"birthdate": ADULT, "lens_type": "single"}
        self.assertEqual(self.propose("lens", BEFORE, sphere=2.0, cylinder=0.0, **args), "2203240")
        self.assertEqual(self.propose("lens", BEFORE, sphere=2.0, **args), "2203240")
        self.assertEqual(self.propose("lens", BEFORE, sphere=2.0, cylinder=1.0, **args), "2259966")
        self.assertEqual(self.propose("frame", BEFORE, ADULT), "2223342")

    def test_nomenclature_goes_by_the_date(self):
        args = {"birthdate": ADULT, "lens_type": "single", "product_class": "B", "sphere": 2.0}
        self.assertEqual(self.propose("lens", date(2019, 12, 31), **args), "2203240")
        self.assertEqual(self.propose("lens", date(2020, 1, 1), **args), "2258895")

    def test_frames(self):
        for birthdate, product_class, code in (
            (date(2010, 11, 22), "A", "2222124"),  # 16 on that day
            (date(2010, 11, 23), "A", "2254242"),
            (date(2010, 11, 22), "B", "2264861"),
            (date(2010, 11, 23), "B", "2276870"),
        ):
            self.assertEqual(self.propose("frame", TODAY, birthdate, product_class=product_class), code)
        self.assertEqual(self.propose("frame", BEFORE, date(1995, 11, 27)), "2210546")
        self.assertEqual(self.propose("frame", BEFORE, date(1995, 11, 26)), "2223342")

    def test_strong_sphere_supplement(self):
        self.assertEqual(self.propose("supplement", BEFORE, ADULT, sphere=20.25), "2274109")
        self.assertEqual(self.propose("supplement", BEFORE, ADULT, sphere=-20.25), "2274109")
        self.assertEqual(self.propose("supplement", BEFORE, date(2000, 1, 1), sphere=21), "2246716")
        self.assertEqual(self.propose("supplement", BEFORE, ADULT, sphere=20), "")

    def test_silent(self):
        """Nothing is guessed."""
        lens = {"birthdate": ADULT, "lens_type": "single", "product_class": "B", "sphere": 2.0}
        for missing in ("lens_type", "product_class", "sphere"):
            self.assertEqual(self.propose("lens", TODAY, **{**lens, missing: None}), "", missing)
            self.assertEqual(self.propose("lens", TODAY, **{**lens, missing: False}), "", missing)
        self.assertEqual(self.propose("lens", BEFORE, **{**lens, "birthdate": None}), "")
        self.assertEqual(self.propose("frame", TODAY, None, product_class="A"), "")
        self.assertEqual(self.propose("frame", TODAY, ADULT), "")
        self.assertEqual(self.propose("lens", False, **lens), "")
        self.assertEqual(self.propose(False, TODAY, **lens), "")
        # the age does not matter since 2020; what the AMO covers does, for the rest
        self.assertEqual(self.propose("lens", TODAY, **{**lens, "birthdate": None}), "2258895")
        self.assertEqual(self.propose("contact", TODAY, **lens), "")
        self.assertEqual(self.propose("supplement", TODAY, **lens), "")

    def test_two_answers_are_none(self):
        self.env["optoamc.lpp"].create(
            {
                "code": "2999999",
                "name": "Also",
                "category": "lens",
                "lens_type": "single",
                "product_class": "B",
                "sphere_range": "[1;3]",
            }
        )
        lens = {"lens_type": "single", "product_class": "B", "sphere": 2.0}
        self.assertEqual(self.propose("lens", TODAY, **lens), "")

    def test_individual_codes_are_not_proposed(self):
        generic = self.env.ref("l10n_fr_optoamc.lpp_2258895")
        individual = self.env["optoamc.lpp"].create(
            {"code": "7211390", "name": "Verre, maker", "generic_id": generic.id, "sphere_range": "]0;2]"}
        )
        lens = {"lens_type": "single", "product_class": "B", "sphere": 2.0}
        self.assertEqual(self.lpp._propose("lens", TODAY, **lens), generic)
        self.assertEqual(
            (individual.category, individual.product_class, individual.lens_type), ("lens", "B", "single")
        )
        generic.group_code = "VU1"
        self.assertEqual(individual.group_code, "VU1")
        self.assertEqual(individual._base_price_on(TODAY), 0.05)
        individual.price_ids = [Command.create({"date_from": "2021-07-01", "base_price": 0.06})]
        self.assertEqual(individual._base_price_on(TODAY), 0.06)
        self.assertEqual(individual._base_price_on(date(2021, 6, 30)), 0.05)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLppRanges(TransactionCase):
    """Intervals and transposition, in plain Python."""

    def test_parse_range(self):
        for text, inside, outside in (
            ("[-4;-2[", (-4, -3.75, -2.25), (-4.25, -2, 0)),
            ("]2;4]", (2.25, 4), (2, 4.25)),
            ("0", (0, -0.0), (0.25, -0.25)),
            ("]12;+∞[", (12.25, 40), (12, -13)),
            ("]-inf;-6[ | ]6;inf[", (-6.25, 6.25), (-6, 0, 6)),
            (" [0,25 ; 4,00] ", (0.25, 4), (0, 4.25)),
            ("[−6;6]", (-6, 6), (6.25,)),
        ):
            found = lpp_proposal.parse_range(text)
            for value in inside:
                self.assertIn(value, found, text)
            for value in outside:
                self.assertNotIn(value, found, text)

    def test_parse_range_refused(self):
        for text in ("", "abc", "[2;1]", "]2;2]", "[1 2]", "[1;2", "[;2]", "[1;2;3]", "[1;nan]"):
            with self.assertRaises(ValueError, msg=text):
                lpp_proposal.parse_range(text)

    def test_transpose(self):
        for before, after in (
            ((-1, -1, 180), (-2, 1, 90)),
            ((3, -1, 90), (2, 1, 180)),
            ((1.25, -2.5, 10), (-1.25, 2.5, 100)),
            ((1.25, -2.5, 135), (-1.25, 2.5, 45)),
            ((2, 1, 20), (2, 1, 20)),
            ((2, 0, 0), (2, 0, 0)),
        ):
            self.assertEqual(lpp_proposal.positive_cylinder(*before), after)
        for axis in range(1, 181):
            lens = (Decimal("1.25"), Decimal("-0.75"), axis)
            self.assertEqual(lpp_proposal.transpose(*lpp_proposal.transpose(*lens)), lens)

    def test_age(self):
        born = date(2008, 2, 29)
        self.assertEqual(age_on(born, date(2026, 2, 28)), 17)
        self.assertEqual(age_on(born, date(2026, 3, 1)), 18)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLppTable(TransactionCase):
    """The shipped data, tariffs by date, rates, and who may change them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        sole_shop(cls.env.company)
        cls.optician = new_test_user(cls.env, "lpp_optician", groups="l10n_fr_optoamc.group_optician")
        cls.manager = new_test_user(cls.env, "lpp_manager", groups="l10n_fr_optoamc.group_manager")
        cls.lpp = cls.env["optoamc.lpp"].with_user(cls.optician)
        only_shipped_tariffs(cls.env)

    def code(self, code):
        return self.lpp.search([("code", "=", code)])

    def test_data(self):
        shipped = self.env["ir.model.data"].search([("module", "=", "l10n_fr_optoamc"), ("model", "=", "optoamc.lpp")])
        self.assertEqual(len(shipped), 270)
        # A manager's work survives an update of the module.
        self.assertTrue(all(shipped.mapped("noupdate")))
        prices = self.env["ir.model.data"].search(
            [("module", "=", "l10n_fr_optoamc"), ("model", "=", "optoamc.lpp.price")]
        )
        self.assertTrue(all(prices.mapped("noupdate")))

    def test_update_keeps_what_was_changed(self):
        lpp = self.env.ref("l10n_fr_optoamc.lpp_2258895")
        lpp.group_code = "VU9"
        context = {
            "mode": "update",
            "module": "l10n_fr_optoamc",
            "install_mode": True,
            "install_module": "l10n_fr_optoamc",
            "noupdate": False,
        }
        result = lpp.with_context(**context).load(
            ["id", "code", "name", "group_code", "category"],
            [
                ["lpp_2258895", "2258895", "Shipped again", "", "lens"],
                ["lpp_2999998", "2999998", "A code of the next version", "", "lens"],
            ],
        )
        self.assertFalse(result["messages"])
        self.assertEqual(lpp.group_code, "VU9")
        self.assertEqual(self.code("2999998").name, "A code of the next version")

    def test_group_codes(self):
        expected = {
            "M01": "2222124",
            "M02": "2254242",
            "M03": "2264861",
            "M04": "2276870",
            "MS1": "2264223",
            "MS2": "2221745",
            "S01": "2226435",
            "SV1": "2209738",
            "SV4": "2267641",
            "LEN": "2251545",
            "V01": "2263927",
            "VU1": "2291480",
        }
        for group_code, code in expected.items():
            self.assertEqual(self.code(code).group_code, group_code)
        paired = self.lpp.search([("group_code", "=", "SV2")])
        self.assertEqual(set(paired.mapped("code")), {"2232252", "2222503", "2206987"})

    def test_prices(self):
        for code, on, base, plv in (
            ("2203240", BEFORE, 2.29, False),
            ("2223342", BEFORE, 2.84, False),
            ("2210546", BEFORE, 30.49, False),
            ("2202239", date(2019, 12, 31), 24.54, False),
            ("2203240", date(2020, 1, 1), False, False),  # closed
            ("2222124", TODAY, 9.0, 30.0),
            ("2254242", TODAY, 9.0, 30.0),
            ("2264861", TODAY, 0.05, False),
            ("2258895", TODAY, 0.05, False),
            ("2258895", date(2019, 12, 31), False, False),  # not yet
            ("2229362", TODAY, False, False),  # class A lenses: no confirmed figure
            ("2247905", BEFORE, 3.96, False),
            ("2247905", TODAY, False, False),  # not confirmed since
            ("2251545", BEFORE, 39.48, False),
        ):
            with self.subTest(code=code, on=on):
                lpp = self.code(code)
                self.assertEqual(lpp._base_price_on(on), base)
                self.assertEqual(lpp._max_price_on(on), plv)
        self.assertEqual(Decimal(str(self.code("2203240")._base_price_on(BEFORE))), Decimal("2.29"))
        self.assertFalse(self.lpp._base_price_on(BEFORE))
        self.assertFalse(self.code("2203240")._base_price_on(False))
        class_b = self.lpp.search([("category", "=", "lens"), ("product_class", "=", "B")])
        self.assertEqual(len(class_b), 91)
        self.assertEqual({lpp._base_price_on(TODAY) for lpp in class_b}, {0.05})

    def test_prices_follow_each_other(self):
        lpp = self.code("2229362").with_user(self.manager)
        lpp.price_ids = [
            Command.create({"date_from": "2020-01-01", "base_price": 9.75, "max_price": 32.5}),
            Command.create({"date_from": "2024-01-01", "date_to": "2025-01-01", "base_price": 10}),
        ]
        self.assertEqual(lpp._base_price_on(date(2023, 12, 31)), 9.75)
        self.assertEqual(lpp._base_price_on(date(2024, 1, 1)), 10)
        self.assertEqual(lpp._base_price_on(TODAY), 9.75)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            lpp.price_ids = [Command.create({"date_from": "2020-01-01", "base_price": 8})]

    def test_in_force(self):
        old, new = self.code("2203240"), self.code("2258895")
        self.assertTrue(old._in_force(date(2019, 12, 31)))
        self.assertFalse(old._in_force(date(2020, 1, 1)))
        self.assertFalse(new._in_force(date(2019, 12, 31)))
        self.assertTrue(new._in_force(date(2020, 1, 1)))
        codes = old | new
        for day in (date(2019, 12, 31), date(2020, 1, 1)):
            found = codes.filtered_domain(self.lpp._in_force_domain(day))
            self.assertEqual(codes.filtered(lambda lpp, day=day: lpp._in_force(day)), found, "one rule")
        self.assertIn(new, self.lpp.search([("is_in_force", "=", True)]))
        self.assertIn(old, self.lpp.search([("is_in_force", "=", False)]))
        self.assertNotIn(old, self.lpp.search([("is_in_force", "!=", False)]))

    def test_display_name(self):
        frame = self.code("2222124")
        self.assertEqual(frame.display_name, "2222124")
        self.assertEqual(
            frame.with_context(formatted_display_name=True).display_name,
            "2222124\t--Monture adulte classe A--",
        )
        self.assertIn(frame.id, dict(self.lpp.name_search("Monture adulte")))
        self.assertIn(frame.id, dict(self.lpp.name_search("2222124")))

    def test_wrong_codes(self):
        values = {"name": "x", "category": "lens"}
        for wrong in (
            {"code": "220324"},
            {"code": "22O3240"},
            {"code": "2203240"},
            {"code": "2999997", "group_code": "m1"},
            {"code": "2999997", "age_from": 18, "age_below": 18},
            {"code": "2999997", "date_from": "2020-01-01", "date_to": "2019-01-01"},
        ):
            with (
                self.subTest(wrong),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.env["optoamc.lpp"].create({**values, **wrong})
        with self.assertRaisesRegex(ValidationError, "is not an interval"):
            self.env["optoamc.lpp"].create({**values, "code": "2999997", "sphere_range": "-4 to -2"})

    def test_generic_of_a_generic(self):
        generic = self.env.ref("l10n_fr_optoamc.lpp_2258895")
        individual = generic.create({"code": "7211390", "name": "x", "generic_id": generic.id})
        with self.assertRaises(ValidationError):
            generic.create({"code": "7211391", "name": "x", "generic_id": individual.id})

    def test_rates(self):
        rates = self.env["optoamc.amo.rate"].with_user(self.optician)
        fund = self.env["res.partner"].create({"name": "Caisse", "is_amo": True})
        self.assertEqual(rates._rate_on(date(2011, 5, 1), "10", fund), 65)
        self.assertEqual(rates._rate_on(date(2011, 5, 2), "10", fund), 60)
        self.assertEqual(rates._rate_on(BEFORE, "10"), 60)
        self.assertEqual(rates._rate_on(TODAY, "13"), 90)
        for unknown in ("30", "41", "90", False):
            self.assertIs(rates._rate_on(TODAY, unknown), False)
        self.assertIs(rates._rate_on(False, "10"), False)

        rates.with_user(self.manager).create(
            {"nature": "10", "fund_id": fund.id, "date_from": "2022-01-01", "rate": 80}
        )
        self.assertEqual(rates._rate_on(date(2021, 12, 31), "10", fund), 60)
        self.assertEqual(rates._rate_on(TODAY, "10", fund), 80)
        self.assertEqual(rates._rate_on(TODAY, "10", self.env["res.partner"]), 60)

    def test_rates_are_unique_by_day(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["optoamc.amo.rate"].create({"nature": "10", "date_from": "2011-05-02", "rate": 61})

    def test_access(self):
        lpp = self.code("2258895")
        rate = self.env.ref("l10n_fr_optoamc.amo_rate_illness").with_user(self.optician)
        for record, values in (
            (lpp, {"name": "x"}),
            (lpp.price_ids, {"base_price": 1}),
            (rate, {"rate": 70}),
        ):
            self.assertTrue(record.read(list(values)))
            with self.assertRaises(AccessError):
                record.write(values)
            record.with_user(self.manager).write(values)
