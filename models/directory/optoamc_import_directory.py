from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from odoo import models
from odoo.exceptions import UserError

from ...lib.directory.columns import BY_KEY, NO
from ...lib.directory.merge import Change, compare
from ...lib.directory.numbers import Numbered, restore_zeros
from ...lib.directory.reader import Listing, Problem, read_listing
from ...lib.sheets.errors import SheetError
from ...lib.sheets.headers import plain
from ..mixin.sheet_words import sheet_error_words

#: Records created in one go.
BATCH = 1000


@dataclass
class Plan:
    """What a list of insurers changes: the list, the differences, and how they are shown."""

    listing: Listing
    changes: list[Change]
    insurers: Mapping[str, Any]  # AMC number -> res.partner, those that the shop has
    lines: list[dict] = field(default_factory=list)


class OptoamcImport(models.Model):
    """Lists of insurers (*conventions*)."""

    _inherit = "optoamc.import"

    def _download(self):
        """Fetch the platform's list, or take its last one when it has not changed."""
        self.platform_id._fetch_directory(self)

    def _directory_error(self, error):
        """A :class:`SheetError` or :class:`DirectoryError` in words."""
        if words := sheet_error_words(self.env, error):
            return UserError(words)
        messages = {
            "columns": self.env._(
                "A column is missing, or stands twice: %s. Export your insurers to see the columns.", error.detail
            ),
            "address": self.env._(
                "The list's address cannot be used: it must begin with https:// and hold neither login nor password."
            ),
            "unreachable": self.env._("The list's address does not answer: check it, and the access to the Internet."),
            "timeout": self.env._("The list did not come whole within %s seconds.", error.detail),
            "interrupted": self.env._("The download was interrupted, several times."),
            "tls": self.env._("The certificate of the list's address cannot be trusted."),
            "auth": self.env._(
                "The platform refuses the login, the password or the certificate (HTTP %s).", error.detail
            ),
            "http": self.env._("The list is not at this address any more, or not now (HTTP %s).", error.detail),
            "compressed": self.env._("The list came in a form that is not read (compressed)."),
        }
        return UserError(messages[error.code])

    # -- what changes -------------------------------------------------------------------------

    def _source_directory(self):
        try:
            listing = read_listing(self._file_bytes())
        except SheetError as error:
            raise self._directory_error(error) from error
        restore_zeros(listing, self._numbered())
        self._resolve_platforms(listing)
        self._resolve_options(listing)
        insurers = self._insurers(listing)
        known = insurers._optoamc_directory_known(self.platform_id)
        changes = list(compare(listing.insurers, known, complete=self.is_complete, also_listed=listing.unusable))
        plan = Plan(listing, changes, {insurer.amc_number: insurer for insurer in insurers})
        plan.lines = [*self._problem_lines(listing), *map(self._change_line, changes)]
        return plan

    def _plans_directory(self, plan):
        """In one part: all of it is applied, or nothing."""
        return [plan]

    def _numbered(self):
        """The shop's insurers, archived ones too, by what tells whether a number has lost a zero."""
        partners = self.env["res.partner"].with_context(active_test=False)
        domain = [
            ("is_amc", "=", True),
            ("company_id", "in", (False, self.company_id.id)),
            ("amc_number", "!=", False),
        ]
        return [
            Numbered(insurer.amc_number, insurer.name or "", insurer.amc_platform_number or "")
            for insurer in partners.search_fetch(domain, ["amc_number", "name", "amc_platform_number"])
        ]

    def _resolve_platforms(self, listing):
        """Name the platform of each insurer; one that is not known here makes its row unusable."""
        platforms = self.env["optoamc.platform"].search([])
        names = {plain(name): name for name in platforms.mapped("name")}
        names |= {"": NO, "non": NO, "oui": self.platform_id.name}
        for number, values in list(listing.insurers.items()):
            if "platform" not in values:
                continue
            name = names.get(plain(values["platform"]))
            if name:
                values["platform"] = name
                continue
            expected = self.env._("the name of one of your platforms; or choose the list's platform")
            row = listing.rows.get(number, 0)
            listing.problems.append(
                Problem(row, BY_KEY["platform"].header, f"{number} {values['platform']}", expected)
            )
            listing.unusable.add(number)
            del listing.insurers[number]

    def _resolve_options(self, listing):
        """Leave out the optional fields that the norm's table does not have, and tell of them."""
        options = self.env["optoamc.field"]._options()
        for number, values in listing.insurers.items():
            for key in ("required_fields", "withheld_fields"):
                listed = values.get(key, "").split()
                if unknown := [option for option in listed if option not in options]:
                    values[key] = " ".join(option for option in listed if option in options)
                    expected = self.env._("codes of optional fields; the others are left out")
                    value = f"{number} {' '.join(unknown)}"
                    listing.problems.append(Problem(listing.rows.get(number, 0), BY_KEY[key].header, value, expected))

    def _insurers(self, listing):
        """The insurers that the list may concern: those of its numbers, and those that came from it.

        An archived insurer counts only where no active one has its number.
        """
        partners = self.env["res.partner"].with_context(active_test=False)
        found = partners.search(
            [
                ("is_amc", "=", True),
                ("company_id", "in", (False, self.company_id.id)),
                ("amc_number", "!=", False),
                "|",
                ("amc_number", "in", [*listing.insurers, *listing.unusable]),
                "&",
                ("is_in_directory", "=", True),
                ("directory_platform_id", "=", self.platform_id.id),
            ],
            order="active, company_id desc, id desc",
        )
        # The last one of a number stands: an active one after the archived, the company's own after a shared one.
        return partners.browse({insurer.amc_number: insurer.id for insurer in found}.values())

    def _change_line(self, change):
        return {
            "kind": change.kind,
            "number": change.number,
            "label": change.name,
            "column": BY_KEY[change.column].header if change.column else False,
            "old": change.old or False,
            "new": change.new or False,
        }

    def _problem_lines(self, listing):
        words = {
            "required": self.env._("missing"),
            "duplicate": self.env._("this number stands in the list twice"),
            "digits": self.env._("expected: 8 to 10 digits"),
            "zero": self.env._("another insurer's number, or yours without its zero: correct the list, or type it"),
            "cells": self.env._("more cells than headers: a value with a separator stands without quotes"),
            "damaged": self.env._("the spreadsheet has lost this value: correct the cell"),
            "unread": self.env._("this column is not known, and was not read"),
            "days": self.env._("expected: a number of days"),
            "too long": self.env._("too long"),
            "both": self.env._("required and excluded at once"),
        }
        return [
            {
                "kind": "problem",
                "number": self.env._("Line %s", problem.row) if problem.row else False,
                "label": False,
                "column": problem.column,
                "old": words.get(problem.expected) or self.env._("expected: %s", problem.expected),
                "new": problem.value or False,
            }
            for problem in listing.problems
        ]

    # -- applying -----------------------------------------------------------------------------

    def _apply_directory(self, plan, taken):
        """All of it in the present transaction."""
        headers = {column.header: key for key, column in BY_KEY.items()}
        taken = {(number, headers[header]) for number, header in taken}
        texts = {}
        for change in plan.changes:
            if change.kind == "changed" or (change.number, change.column) in taken:
                texts.setdefault(change.number, {})[change.column] = change.new
        partners = self.env["res.partner"].with_context(tracking_disable=True, mail_create_nolog=True)
        platforms = {platform.name: platform.id for platform in self.env["optoamc.platform"].search([])}
        for number, values in texts.items():
            plan.insurers[number].with_context(**partners.env.context)._optoamc_write_directory(values, platforms)
        new = [change.number for change in plan.changes if change.kind == "new"]
        for start in range(0, len(new), BATCH):
            partners._optoamc_create_directory(
                [plan.listing.insurers[number] for number in new[start : start + BATCH]], platforms, self.platform_id
            )
        self._remember(plan)

    def _remember(self, plan):
        """What the list said, to compare with next time, and which insurers it has dropped."""
        gone = {change.number for change in plan.changes if change.kind == "gone"}
        today = self.env.company._optoamc_today()
        for number, insurer in plan.insurers.items():
            if number in gone:
                insurer.delisted_on = today
            elif number in plan.listing.insurers:
                insurer._optoamc_remember_directory(plan.listing.insurers[number], self.platform_id)

    def _set_file(self, data, name):
        self.write({"file": base64.b64encode(data), "file_name": name})
