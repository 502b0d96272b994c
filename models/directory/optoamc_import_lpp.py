from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date, partition, split_every

from ...lib.lpp.archive import FICTITIOUS, LppArchiveError, generic_of, read_archive
from ...lib.lpp.members import open_members
from ...lib.lpp.overseas import DEPARTMENTS
from ..lpp.optoamc_lpp import CODE_SHAPE, FROM_GENERIC, GROUP_CODE_SHAPE

AMOUNTS, OVERSEAS = ("base_price", "max_price"), tuple(f"overseas_{code}" for code in DEPARTMENTS)

#: Codes compared, created or changed in one go.
BATCH = 1000


@dataclass(frozen=True, slots=True)
class New:
    """A code to create: its values, those of its tariffs, and its generic code or ``""``."""

    values: dict
    prices: list[dict]
    generic: str


@dataclass
class Plan:
    """What a batch of the CNAM's table changes.

    ``reached`` is how much of the table is done with it, 1 the whole; ``changed`` are records with their new values.
    """

    reached: float
    lines: list[dict] = field(default_factory=list)
    new: list[New] = field(default_factory=list)
    changed: list[tuple] = field(default_factory=list)


class OptoamcImport(models.Model):
    """The CNAM's LPP table: codes, dates, grouping codes and tariffs.

    What the table says of a tariff's first day replaces what the shop had for that day; tariffs of
    other days, labels and bands of power stay. Applied a batch at a time: an import that was cut
    off goes on where it was.
    """

    _inherit = "optoamc.import"

    lpp_release = fields.Char("Release", readonly=True, copy=False, help="Of the CNAM's table: 901 is LPP901.zip.")
    is_older_release = fields.Boolean("Older table", compute="_compute_is_older_release")
    is_older_wanted = fields.Boolean(
        "Apply the older table",
        copy=False,
        help="It replaces tariffs and dates that a newer table has brought. Only to undo a mistaken import.",
    )

    @api.depends("kind", "state", "lpp_release")
    def _compute_is_older_release(self):
        for job in self:
            job.is_older_release = job.kind == "lpp" and job.state == "preview" and bool(job._older_release())

    def _check_applicable(self):
        """:raises UserError: a newer table would be undone, which nobody has said to be meant"""
        if self.is_older_release and not self.is_older_wanted:
            raise UserError(
                self.env._(
                    "LPP%(old)s is older than the table in use, LPP%(current)s: take the latest download. If the "
                    "newer one was imported by mistake, tick “Apply the older table” first.",
                    old=self.lpp_release,
                    current=self._last_lpp().lpp_release,
                )
            )
        return super()._check_applicable()

    @api.model
    def _last_lpp(self):
        """The latest table that was applied, whoever did it; maybe none."""
        return self.sudo().search([("kind", "=", "lpp"), ("state", "=", "done")], limit=1)

    def _older_release(self):
        """The problem that a table of an older release would replace what a newer one says; None."""
        last = self._last_lpp().lpp_release or ""
        if not (last.isdecimal() and (self.lpp_release or "").isdecimal() and int(self.lpp_release) < int(last)):
            return None
        label = self.env._("Older table: it would replace tariffs and dates of a newer one. Take the latest download.")
        return {
            "kind": "problem",
            "number": f"LPP{self.lpp_release}",
            "label": label,
            "column": False,
            "old": f"LPP{last}",
            "new": f"LPP{self.lpp_release}",
        }

    def _lpp_error(self, error):
        messages = {
            "too_large": self.env._("The file is too large: at most %s MB are read.", error.detail),
            "not_a_zip": self.env._("This is not the CNAM's archive: download LPPnnn.zip again, and leave it zipped."),
            "members": self.env._("The archive lacks %s: take the complete download of the LPP.", error.detail),
            "columns": self.env._("The archive is not laid out as expected: columns missing in %s.", error.detail),
            "other_file": self.env._(
                "This is %s, another file of the CNAM: take LPPnnn.zip, the download of the LPP in dBase.",
                error.detail,
            ),
            "releases": self.env._(
                "The archive holds several releases (%s): import the download of one of them.", error.detail
            ),
            "count": self.env._(
                "The archive is damaged: its tables do not have as many rows as they say (%s). Download it again.",
                error.detail,
            ),
            "damaged": self.env._("The archive is damaged: download it again."),
        }
        return UserError(messages[error.code])

    def _source_lpp(self):
        try:
            data = self._file_bytes()
            codes = read_archive(data)
            release = open_members(data).release
        except LppArchiveError as error:
            raise self._lpp_error(error) from error
        if not codes:
            raise UserError(self.env._("The archive contains no optics code."))
        # What was made up is no release that a real one could be older than.
        is_fictitious = any(code.is_fictitious for code in codes.values())
        self.lpp_release = f"{release} {FICTITIOUS}" if is_fictitious else release
        return codes

    def _plans_lpp(self, codes):
        """The changes, a batch of codes at a time: memory does not grow with the table.

        Generic codes come first: individual ones point to them.
        """
        # A row that the table's own rules refuse would undo the whole import.
        refused = {code.code: why for code in codes.values() if (why := self._why_refused(code))}
        lines = [self._line("problem", codes[number], why) for number, why in refused.items()]
        if older := self._older_release():
            lines.insert(0, older)
        for code in codes.values():
            if code.code not in refused:
                lines += [self._line("problem", code, why) for why in self._doubts(code)]
        if lines:
            yield Plan(0, lines)
        usable = [code for code in codes.values() if code.code not in refused]
        individual, generic = partition(lambda code: code.is_individual, usable)
        known = self._known_lpps(generic)
        generics, categories = defaultdict(list), {}
        for code in generic:
            generics[code.tree].append(code)
            if code.code in known:
                categories.setdefault(code.tree, known[code.code].category)
        done = 0
        for batch in chain(split_every(BATCH, generic), split_every(BATCH, individual)):
            done += len(batch)
            plan, known = Plan(done / len(codes)), self._known_lpps(batch)
            for code in batch:
                lpp = known.get(code.code)
                if lpp and lpp.date_from and code.date_to and code.date_to <= lpp.date_from:
                    plan.lines.append(self._line("problem", code, self.env._("closed before it is in force")))
                elif lpp:
                    self._plan_change(plan, lpp, code)
                else:
                    self._plan_new(plan, code, generics[code.tree], categories.get(code.tree))
            yield plan
            self.env.invalidate_all()

    def _why_refused(self, code):
        """What of a code the table cannot hold, in words; empty: nothing."""
        if code.unreadable:
            return self.env._("cannot be read: %s; the code stays as you have it", code.unreadable)
        if not re.fullmatch(CODE_SHAPE, code.code):
            return self.env._("an LPP code has seven digits")
        if not re.fullmatch(GROUP_CODE_SHAPE, code.group_code):
            return self.env._("a grouping code has three characters: %s", code.group_code)
        if any(min(tariff.base_price, tariff.max_price, *tariff.overseas) < 0 for tariff in code.tariffs):
            return self.env._("a tariff is negative")
        if code.is_fictitious and self.env["optoamc.platform"]._in_production():
            return self.env._("a fictitious tariff: not for shops in production")
        return ""

    def _doubts(self, code):
        """What of a code was left out, in words."""
        words = {
            "void": self.env._("a tariff that ends before it begins is left out"),
            "double": self.env._("stands twice for the same day: the last row counts"),
            "label": self.env._("the label is cut: the rest is unreadable"),
        }
        return [words[problem] for problem in dict.fromkeys(code.problems)]

    def _line(self, kind, code, old=False):
        return {"kind": kind, "number": code.code, "label": code.label, "column": False, "old": old, "new": False}

    def _known_lpps(self, codes):
        """``{code: record}`` of those that the shop has."""
        lpps = self.env["optoamc.lpp"].with_context(active_test=False)
        return {lpp.code: lpp for lpp in lpps.search([("code", "in", [code.code for code in codes])])}

    def _plan_new(self, plan, code, generics, category):
        generic = generic_of(code, generics) if code.is_individual else None
        if not category or (code.is_individual and not generic):
            # Not a code for lenses, frames … that this module knows, or nobody's: better none than a wrong one.
            why = self.env._("no known generic code in its place of the table")
            plan.lines.append(self._line("problem", code, why))
            return
        values = {
            "code": code.code,
            "name": code.label.capitalize(),
            "date_from": code.date_from,
            "date_to": code.date_to,
            "category": category,
            "age_below": code.age_below,
            # A generic code without its bands of power would fit every lens: a manager types them first.
            "active": bool(generic),
            **_group_code_values(code),
        }
        if values["date_from"] and values["date_to"] and values["date_from"] >= values["date_to"]:
            values["date_from"] = False
        line = self._line("new", code)
        if not generic:
            line["new"] = self.env._("archived: type the bands of power, then unarchive it")
        plan.lines.append(line)
        plan.new.append(
            New(
                values,
                [_price_values(tariff) | {"is_fictitious": code.is_fictitious} for tariff in code.tariffs],
                generic.code if generic else "",
            )
        )

    def _plan_change(self, plan, lpp, code):
        values = {}
        if lpp.date_to != (new := code.date_to or False):
            values["date_to"] = new
            plan.lines.append(self._change(lpp, self._column(lpp, "date_to"), lpp.date_to, new))
        values |= self._plan_group_code(plan, lpp, code)
        if commands := self._plan_prices(plan, lpp, code):
            values["price_ids"] = commands
        if values:
            plan.changed.append((lpp, values))

    def _plan_group_code(self, plan, lpp, code):
        """What the table says of a grouping code: a derived one is confirmed or corrected, and told either way."""
        given = _group_code_values(code)
        is_derived = lpp.group_code_origin == "derived"
        if not given or (given["group_code"] == lpp.group_code and not is_derived):
            return {}
        origins = dict(lpp._fields["group_code_origin"]._description_selection(self.env))
        old = f"{lpp.group_code} ({origins['derived']})" if is_derived else lpp.group_code
        new = given["group_code"]
        if new == lpp.group_code:
            new = self.env._("%s (confirmed)", new)
        plan.lines.append(self._change(lpp, self._column(lpp, "group_code"), old, new))
        return given

    def _column(self, lpp, name):
        return lpp._fields[name]._description_string(self.env)

    def _plan_prices(self, plan, lpp, code):
        commands = []
        prices = {price.date_from or None: price for price in lpp.price_ids}
        for tariff in code.tariffs:
            price = prices.get(tariff.date_from)
            if code.is_fictitious and price and not price.is_fictitious:
                continue  # nothing made up takes a real tariff's place
            values = _price_values(tariff) | {"is_fictitious": code.is_fictitious}
            kept = price and any(price[name] for name in OVERSEAS) and not any(tariff.overseas)
            if kept:  # an archive that says nothing of them takes no coefficient away
                values = {name: value for name, value in values.items() if name not in OVERSEAS}
            old, new = price and _comparable(price, values), _comparable(values, values)
            if old == new:
                continue
            commands.append(Command.update(price.id, values) if price else Command.create(values))
            column = self._tariff_column(tariff.date_from)
            plan.lines.append(self._change(lpp, column, self._price_text(old), self._price_text(new)))
        if not code.is_fictitious:
            days = {tariff.date_from for tariff in code.tariffs}
            for day, price in prices.items():
                if price.is_fictitious and day not in days:
                    commands.append(Command.delete(price.id))
                    old = self._price_text(_comparable(price, (*AMOUNTS, *OVERSEAS)))
                    plan.lines.append(self._change(lpp, self._tariff_column(day), old, ""))
        return commands

    def _tariff_column(self, day):
        return self.env._("Tariff from %s", format_date(self.env, day) or "…")

    def _price_text(self, price):
        """``9.00 €, PLV 30.00 €, until 12/31/2023``"""
        if not price:
            return ""
        date_to, is_fictitious, base, ceiling, *overseas = price
        euro = self.env.ref("base.EUR")
        parts = [format_amount(self.env, base, euro) if base else "–"]
        if is_fictitious:
            parts.append(self.env._("fictitious"))
        if ceiling:
            parts.append(self.env._("PLV %s", format_amount(self.env, ceiling, euro)))
        if date_to:
            parts.append(self.env._("until %s", format_date(self.env, date_to - dt.timedelta(days=1))))
        parts += [
            self.env._("%(department)s x %(coefficient)s", department=code, coefficient=f"{coefficient:g}")
            for code, coefficient in zip(DEPARTMENTS, overseas, strict=False)
            if coefficient not in (0.0, 1.0)
        ]
        return ", ".join(parts)

    def _change(self, lpp, column, old, new):
        old, new = (
            format_date(self.env, value) if isinstance(value, dt.date) else value or False for value in (old, new)
        )
        return {
            "kind": "changed",
            "number": lpp.code,
            "label": lpp.name,
            "column": column,
            "old": old,
            "new": new,
        }

    def _apply_lpp(self, plan, taken):
        lpps = self.env["optoamc.lpp"].with_context(active_test=False)
        generics = {lpp.code: lpp for lpp in lpps.search([("code", "in", [new.generic for new in plan.new])])}
        created = lpps.create([self._lpp_values(new, generics) for new in plan.new])
        # Not as commands of the codes: the ORM would make each of them twice.
        self.env["optoamc.lpp.price"].create(
            [{**price, "lpp_id": lpp.id} for lpp, new in zip(created, plan.new, strict=True) for price in new.prices]
        )
        for lpp, values in plan.changed:
            lpp.write(values)
        self._report(plan.reached, 1)

    @staticmethod
    def _lpp_values(code, generics):
        """The values of a new code; what an individual one has of its generic code need not be computed."""
        if not code.generic:
            return {**dict.fromkeys(FROM_GENERIC, False), **code.values}
        generic = generics[code.generic]
        inherited = {name: generic[name] or code.values.get(name, False) for name in FROM_GENERIC}
        if not code.values.get("group_code"):
            inherited |= {name: generic[name] for name in ("group_code", "group_code_origin")}
        return {**code.values, **inherited, "generic_id": generic.id}


def _group_code_values(code):
    return {"group_code": code.group_code, "group_code_origin": "cnam"} if code.group_code else {}


def _price_values(tariff):
    return {
        "date_from": tariff.date_from,
        "date_to": tariff.date_to,
        "base_price": tariff.base_price,
        "max_price": tariff.max_price,
        **dict(zip(OVERSEAS, tariff.overseas, strict=True)),
    }


def _comparable(price, names):
    """A tariff's last day, whether it is made up, its amounts and coefficients, those that are named."""
    amounts = (round(price[name] or 0.0, 3) for name in (*AMOUNTS, *OVERSEAS) if name in names)
    return price["date_to"] or None, bool(price["is_fictitious"]), *amounts
