from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...lib.identifiers.age import age_on
from ...lib.lpp import coding as lpp_proposal
from ...lib.lpp.overseas import DEPARTMENTS

CATEGORIES = [
    ("lens", "Lens (VER)"),
    ("frame", "Frame (MON)"),
    ("contact", "Contact lens (LEN)"),
    ("supplement", "Supplement (SUP)"),
]

# The pre-2020 nomenclature has one code for both.
MULTIFOCAL_PROGRESSIVE = "multifocal_progressive"

FROM_GENERIC = ("category", "product_class", "lens_type", "lump_sum")

#: Regular expressions, of Python and of PostgreSQL.
CODE_SHAPE, GROUP_CODE_SHAPE = "[0-9]{7}", "([A-Z0-9]{3})?"

TARIFF = (
    "date_from",
    "date_to",
    "is_fictitious",
    "base_price",
    "max_price",
    *(f"overseas_{code}" for code in DEPARTMENTS),
)

RANGES = ("sphere_range", "cylinder_range", "sum_range")


class OptoamcLpp(models.Model):
    """A code of the *liste des produits et prestations* (LPP) for optics.

    A *generic* code is the LPP's own line: it says what it covers (bands, ages, dates). An
    *individual* code, which manufacturers must use since 2021-07-01, points to its generic one: it
    has the same category, class, lens type and grouping code, and the same tariff unless it has one
    of its own. Proposals are generic codes: which individual code it is depends on the
    manufacturer, and is written on the product.

    Bands are intervals of dioptres in positive-cylinder notation, see :mod:`.lpp_proposal`.
    Source: table ``NT_LPP`` of the SNDS, and the labels of the LPP themselves.
    """

    _name = "optoamc.lpp"
    _description = "LPP Code"
    _inherit = ["optoamc.ormcache.mixin", "optoamc.seed.data.mixin", "optoamc.shared.data"]
    _order = "code"
    _rec_names_search = ["code", "name", "group_code"]

    code = fields.Char(required=True, help="Seven digits.")
    name = fields.Char("Label", required=True)
    active = fields.Boolean(default=True)
    generic_id = fields.Many2one(
        "optoamc.lpp",
        "Generic code",
        domain="[('generic_id', '=', False)]",
        ondelete="restrict",
        index="btree_not_null",
        help="For a manufacturer's individual code: the line of the LPP that it belongs to.",
    )
    individual_ids = fields.One2many("optoamc.lpp", "generic_id", "Individual codes")
    category = fields.Selection(
        CATEGORIES,
        compute="_compute_from_generic",
        store=True,
        readonly=False,
        precompute=True,
        recursive=True,
        required=True,
    )
    group_code = fields.Char(
        "Grouping code",
        compute="_compute_group_code",
        store=True,
        readonly=False,
        precompute=True,
        recursive=True,
        help="Code de regroupement (M01, V01, VU1…): the only one that the patient's papers show.",
    )
    product_class = fields.Selection(
        [("A", "Class A"), ("B", "Class B")],
        "Class",
        compute="_compute_from_generic",
        store=True,
        readonly=False,
        precompute=True,
        recursive=True,
        help="100 % Santé class, since 2020.",
    )
    lens_type = fields.Selection(
        [
            ("single", "Single vision"),
            ("multifocal", "Multifocal"),
            ("progressive", "Progressive"),
            (MULTIFOCAL_PROGRESSIVE, "Multifocal or progressive"),
        ],
        "Lens type",
        compute="_compute_from_generic",
        store=True,
        readonly=False,
        precompute=True,
        recursive=True,
    )
    lump_sum = fields.Selection(
        [("eye_year", "A year and an eye")],
        "Lump sum",
        compute="_compute_from_generic",
        store=True,
        readonly=False,
        precompute=True,
        recursive=True,
        help="What the tariff is for, however many pieces are sold. Empty: for one piece.",
    )
    tint = fields.Selection(
        [("white", "White"), ("tinted", "Tinted")],
        help="Empty where the LPP makes no difference, as since 2020.",
    )
    age_from = fields.Integer("From age", help="In completed years.")
    age_below = fields.Integer("Below age", help="Until the day before this birthday. 18: adult.")
    date_from = fields.Date("In force from", help="Empty: from before this table begins.")
    date_to = fields.Date("Closed on", help="First day on which the code is no longer in force.")
    sphere_range = fields.Char(
        "Sphere",
        help="Dioptres, cylinder written positive: [-4;-2[ holds -4.00 and not -2.00. "
        "Open ends: ]12;+∞[. Either side: ]-∞;-6[ ∪ ]6;+∞[.",
    )
    cylinder_range = fields.Char("Cylinder", help="Dioptres, positive notation. 0: spherical.")
    sum_range = fields.Char("S = sphere + cylinder", help="Dioptres, positive notation; for positive spheres.")
    price_ids = fields.One2many("optoamc.lpp.price", "lpp_id", "Tariffs")
    base_price = fields.Float(
        "Tariff (€)",
        digits=(10, 2),
        compute="_compute_today",
        help="Base on which the AMO pays, today. Empty when it is not known.",
    )
    max_price = fields.Float(
        "PLV (€)",
        digits=(10, 2),
        compute="_compute_today",
        help="Maximum selling price (prix limite de vente), today. Empty: none, or not known.",
    )
    is_fictitious = fields.Boolean("Fictitious tariff", compute="_compute_today")
    is_in_force = fields.Boolean("In force", compute="_compute_today", search="_search_is_in_force")

    _code_unique = models.Constraint("UNIQUE (code)", "This LPP code is in the table already.")
    _code_digits = models.Constraint(f"CHECK (code ~ '^{CODE_SHAPE}$')", "An LPP code has seven digits.")
    _group_code_format = models.Constraint(
        f"CHECK (group_code ~ '^{GROUP_CODE_SHAPE}$')",
        "A grouping code has three characters, such as M01 or VU1.",
    )
    _dates_order = models.Constraint(
        "CHECK (date_from < date_to)", "An LPP code cannot be closed before it is in force."
    )
    _ages_order = models.Constraint(
        "CHECK (age_from >= 0 AND (COALESCE(age_below, 0) = 0 OR COALESCE(age_from, 0) < age_below))",
        "The lowest age of an LPP code must be below its highest.",
    )

    @api.depends(*(f"generic_id.{name}" for name in FROM_GENERIC))
    def _compute_from_generic(self):
        for lpp in self:
            for name in FROM_GENERIC:
                lpp[name] = lpp.generic_id[name] or lpp[name]

    @api.depends(
        "date_from",
        "date_to",
        *(f"{prices}.{name}" for prices in ("price_ids", "generic_id.price_ids") for name in TARIFF),
    )
    @api.depends_context("company")
    def _compute_today(self):
        today = self.env.company._optoamc_today()
        for lpp in self:
            lpp.is_in_force = lpp._in_force(today)
            lpp.is_fictitious = lpp._price_on(today).is_fictitious
            lpp.base_price = lpp._base_price_on(today)
            lpp.max_price = lpp._max_price_on(today)

    def _search_is_in_force(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._in_force_domain(self.env.company._optoamc_today())

    @api.depends("code", "name")
    @api.depends_context("formatted_display_name")
    def _compute_display_name(self):
        # A line shows the code alone, a list to choose from says what it is.
        formatted = self.env.context.get("formatted_display_name")
        for lpp in self:
            lpp.display_name = f"{lpp.code}\t--{lpp.name}--" if formatted else lpp.code

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Propose first what fits the line (``optoamc_proposed_lpp``), among all that may be chosen."""
        found = super().name_search(name, domain, operator, limit)
        if not (proposed := self.env.context.get("optoamc_proposed_lpp")):
            return found
        only = Domain(domain or Domain.TRUE) & Domain("id", "=", proposed)
        first = super().name_search(name, only, operator, limit)
        return (first + [pair for pair in found if pair not in first])[:limit]

    @api.constrains(*RANGES)
    def _check_ranges(self):
        for lpp in self:
            for name in RANGES:
                try:
                    lpp_proposal.parse_range(lpp[name] or "0")
                except ValueError:
                    raise ValidationError(
                        self.env._(
                            "LPP code %(code)s, %(field)s: “%(value)s” is not an interval. Write for"
                            " example [-4;-2[ (with -4.00, without -2.00), ]12;+∞[ or 0.",
                            code=lpp.code,
                            field=lpp._fields[name]._description_string(self.env),
                            value=lpp[name],
                        )
                    ) from None

    @api.constrains("generic_id", "category")
    def _check_generic(self):
        for lpp in self:
            if lpp.generic_id.generic_id or (lpp.generic_id and lpp.individual_ids):
                raise ValidationError(
                    self.env._(
                        "LPP code %s: a generic code cannot itself belong to a generic code.",
                        lpp.code,
                    )
                )
            if lpp.generic_id and lpp.category != lpp.generic_id.category:
                raise ValidationError(
                    self.env._(
                        "LPP code %(code)s is not of the category of its generic code %(generic)s.",
                        code=lpp.code,
                        generic=lpp.generic_id.code,
                    )
                )

    @api.model
    def _in_force_domain(self, date):
        """The codes in force on a day."""
        begun = Domain("date_from", "=", False) | Domain("date_from", "<=", date)
        not_closed = Domain("date_to", "=", False) | Domain("date_to", ">", date)
        return begun & not_closed

    def _in_force(self, date):
        """Whether the code may be used for a dossier of that day: :meth:`_in_force_domain` of one code."""
        self.ensure_one()
        if not date:
            return False
        return (not self.date_from or self.date_from <= date) and (not self.date_to or date < self.date_to)

    def _price_on(self, date):
        """The row of tariffs that holds on a day, maybe empty.

        An individual code without tariffs of its own has those of its generic code.
        """
        self.ensure_one()
        if not self._in_force(date):
            return self.env["optoamc.lpp.price"]
        held = self.price_ids.filtered(lambda price: price._holds_on(date))
        if not held and self.generic_id:
            return self.generic_id._price_on(date)
        return held.sorted(lambda price: price.date_from or fields.Date.to_date("0001-01-01"))[-1:]

    def _base_price_on(self, date):
        """The tariff (*base de remboursement*) on a day for the company's department: €, two decimals.

        ``False`` when it is not known, or when the code is not in force: the AMO then pays nothing
        that could be computed.
        """
        return bool(self) and (self._price_on(date)._overseas_amount("base_price", self.env.company.zip) or False)

    @api.model
    def _has_class_a_tariffs(self, date, with_fictitious=False):
        """Whether the tariffs of lenses of class A are known: they come with the CNAM's table alone.

        :param with_fictitious: of a made-up table, too
        """
        lenses = self.search(
            self._in_force_domain(date)
            & Domain("product_class", "=", "A")
            & Domain("category", "=", "lens")
            & Domain("price_ids.base_price", ">", 0)
        )
        return any(
            lpp._base_price_on(date) and (with_fictitious or not lpp._price_on(date).is_fictitious) for lpp in lenses
        )

    def _max_price_on(self, date):
        """The maximum selling price (*PLV*) on a day for the company's department: €, two decimals; ``False`` for
        none known."""
        return bool(self) and (self._price_on(date)._overseas_amount("max_price", self.env.company.zip) or False)

    @api.model
    def _propose(
        self,
        category,
        date,
        birthdate=None,
        lens_type=None,
        product_class=None,
        sphere=None,
        cylinder=None,
        tint=False,
    ):
        """The generic code that the LPP has for an article, or no record.

        Nothing is guessed: what is not known (``None`` or ``False``, but for ``tint``) fits no
        condition of the LPP, a gap between two bands stays a gap, and an article that two codes
        would fit gets none. There is no proposal for contact lenses and most supplements: what the
        AMO takes in charge there is a medical indication that no figure shows.

        :param category: ``lens``, ``frame``, ``contact`` or ``supplement``
        :param date: of the dossier: it decides of the nomenclature, and of the age
        :param birthdate: the patient's
        :param lens_type: ``single``, ``multifocal`` or ``progressive``
        :param product_class: ``A`` or ``B``; before 2020 there was none and it is not looked at
        :param sphere: dioptres, as prescribed; 0 is a power, ``None`` or ``False`` is not
        :param cylinder: dioptres of either sign; none is 0
        :param tint: whether the lens is tinted; only pre-2020 codes ask
        """
        if not category or not date:
            return self.browse()
        power = (None, None, None)
        if sphere is not None and sphere is not False:
            power = lpp_proposal.positive_cylinder(sphere, cylinder or 0)
        article = lpp_proposal.Article(
            category=category,
            date=date,
            age=age_on(birthdate, date) if birthdate else None,
            product_class=product_class or None,
            lens_type=lens_type or None,
            tinted=bool(tint),
            sphere=power[0],
            cylinder=power[1],
        )
        return self.browse(lpp_proposal.propose(self._proposal_entries(category), article))

    @tools.ormcache("category")
    def _proposal_entries(self, category):
        """The generic codes of a category as plain Python sees them, kept until the table changes."""
        generic = self.sudo().search(Domain("category", "=", category) & Domain("generic_id", "=", False))
        return tuple(lpp._proposal_entry() for lpp in generic)

    def _proposal_entry(self):
        """This code, as plain Python sees it."""
        self.ensure_one()
        ranges = {name: self[name] and lpp_proposal.parse_range(self[name]) for name in RANGES}
        lens_types = {self.lens_type} if self.lens_type else set()
        if self.lens_type == MULTIFOCAL_PROGRESSIVE:
            lens_types = {"multifocal", "progressive"}
        return lpp_proposal.Entry(
            key=self.id,
            category=self.category,
            product_class=self.product_class or None,
            lens_types=frozenset(lens_types),
            tinted=self.tint == "tinted" if self.tint else None,
            date_from=self.date_from or None,
            date_to=self.date_to or None,
            age_from=self.age_from or None,
            age_below=self.age_below or None,
            sphere=ranges["sphere_range"] or None,
            cylinder=ranges["cylinder_range"] or None,
            total=ranges["sum_range"] or None,
        )
