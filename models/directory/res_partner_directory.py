from odoo import Command, api, fields, models
from odoo.tools import html2plaintext, plaintext2html

from ...lib.directory.columns import BY_KEY, NO, YES
from ...lib.directory.merge import Known

#: Columns that are a field of the same name, as a text.
_TEXTS = (
    "amc_number",
    "name",
    "amc_platform_number",
    "street",
    "street2",
    "zip",
    "city",
    "website",
    "phone",
    "coverage_phone",
    "email",
    "coverage_email",
)
_DAYS = ("pec_validity_days", "invoicing_delay_days", "payment_delay_days")
_PAYMENTS = {"yes": "oui", "no": "non", "outsourced": "externalisé"}
_RULES = {"required_fields": True, "withheld_fields": False}


class ResPartner(models.Model):
    """An insurer as a row of a list (*conventions*), both ways.

    ``directory_values`` keeps what the list said last: a field that holds something else was
    edited by the shop.
    """

    _name = "res.partner"
    _inherit = ["res.partner", "optoamc.guarded"]

    directory_platform_id = fields.Many2one(
        "optoamc.platform",
        "List of the platform",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    is_in_directory = fields.Boolean("Came from a list", readonly=True, copy=False)
    directory_values = fields.Json(readonly=True, copy=False, groups="l10n_fr_optoamc.group_manager")
    delisted_on = fields.Date(
        "Gone from the list on", readonly=True, copy=False, help="The platform's last list has it no more."
    )
    optoamc_field_rule_ids = fields.One2many(
        "optoamc.field.rule",
        "insurer_id",
        "Optional fields",
        groups="l10n_fr_optoamc.group_optician,l10n_fr_optoamc.group_manager",
    )

    # -- from records to texts ----------------------------------------------------------------

    def _optoamc_directory_texts(self):
        """The columns of each insurer.

        :returns: ``{column key: canonical text}`` for each record, in order
        """
        schemes = self.env["optoamc.scheme"].search([("insurer_id", "in", self.ids)]).grouped("insurer_id")
        rules = (
            self.env["optoamc.field.rule"]
            .search([("insurer_id", "in", self.ids), ("company_id", "=", False)])
            .grouped("insurer_id")
        )
        no_schemes, no_rules = self.env["optoamc.scheme"], self.env["optoamc.field.rule"]
        return [
            insurer._optoamc_directory_text(schemes.get(insurer, no_schemes), rules.get(insurer, no_rules))
            for insurer in self
        ]

    def _optoamc_directory_text(self, schemes, rules):
        texts = {name: self[name] or "" for name in _TEXTS}
        texts |= {name: str(self[name]) for name in _DAYS}
        texts |= {
            "platform": self.optoamc_platform_id.name or NO,
            "third_party_payment": _PAYMENTS.get(self.third_party_payment, ""),
            "is_mutualist_top": YES if self.is_mutualist_top else NO,
            "schemes": " | ".join(
                f"{_bare(scheme.code)}={_bare(scheme.name)}" if scheme.code else _bare(scheme.name)
                for scheme in schemes
            ),
            "comment": html2plaintext(self.comment or ""),
        }
        for key, is_sent in _RULES.items():
            options = rules.filtered(lambda rule, is_sent=is_sent: rule.is_sent == is_sent).field_id.mapped("option")
            texts[key] = " ".join(options)
        return {key: _clean(key, text) for key, text in texts.items()}

    def _optoamc_directory_known(self, platform):
        """The insurers as :func:`~..lib.directory.merge.compare` takes them.

        What another platform's list said is not this one's base: where the two differ, neither
        silently undoes the other.
        """
        known = {}
        for insurer, texts in zip(self, self._optoamc_directory_texts(), strict=True):
            is_ours = insurer.is_in_directory and insurer.directory_platform_id == platform
            base = insurer.directory_values or {} if is_ours else None
            is_gone = bool(insurer.delisted_on) and insurer._optoamc_follows_directory(platform)
            known[insurer.amc_number] = Known(texts, base, is_gone)
        return known

    def _optoamc_follows_directory(self, platform):
        """Whether a platform's list, or a file of no platform, is the one that an insurer is compared with.

        Each insurer has one such list: with two, each would find the other's words and take them for the shop's.
        """
        self.ensure_one()
        current = self.directory_platform_id
        if not current or current == platform:
            return True
        return bool(platform) and (bool(self.delisted_on) or self.optoamc_platform_id == platform)

    # -- from texts to records ----------------------------------------------------------------

    @api.model
    def _optoamc_directory_vals(self, texts, platforms):
        """Values of the insurer's own fields for some columns."""
        vals = {name: texts[name] or False for name in _TEXTS if name in texts}
        vals |= {name: int(texts[name] or 0) for name in _DAYS if name in texts}
        if "platform" in texts:
            vals["optoamc_platform_id"] = platforms.get(texts["platform"], False)
        if "third_party_payment" in texts:
            payments = {text: key for key, text in _PAYMENTS.items()}
            vals["third_party_payment"] = payments.get(texts["third_party_payment"], False)
        if "is_mutualist_top" in texts:
            vals["is_mutualist_top"] = texts["is_mutualist_top"] == YES
        if "comment" in texts:
            vals["comment"] = plaintext2html(texts["comment"]) if texts["comment"] else False
        return vals

    @api.model
    def _optoamc_create_directory(self, rows, platforms, platform):
        """Create the insurers of some rows of a list."""
        fixed = {
            "is_amc": True,
            "is_company": True,
            "country_id": self.env.ref("base.fr").id,
            "is_in_directory": True,
            "directory_platform_id": platform.id,
        }
        switches = {switch.option: switch.id for switch in self.env["optoamc.field"].search([])}
        self.create(
            [
                {
                    **fixed,
                    **self._optoamc_directory_vals(row, platforms),
                    "directory_values": row,
                    "scheme_ids": [Command.create(vals) for vals in _scheme_vals(row.get("schemes", "")).values()],
                    "optoamc_field_rule_ids": [
                        Command.create({"field_id": switches[option], "is_sent": is_sent})
                        for key, is_sent in _RULES.items()
                        for option in row.get(key, "").split()
                        if option in switches
                    ],
                }
                for row in rows
            ]
        )

    def _optoamc_write_directory(self, texts, platforms):
        """Give an insurer what a list says in some columns."""
        self.ensure_one()
        if vals := self._optoamc_directory_vals(texts, platforms):
            self.write(vals)
        if "schemes" in texts:
            self._optoamc_write_directory_schemes(texts["schemes"])
        for key, is_sent in _RULES.items():
            if key in texts:
                self._optoamc_write_directory_rules(texts[key].split(), is_sent)

    def _optoamc_write_directory_schemes(self, text):
        """The schemes of a list; one that it no longer has is archived, since contracts may name it."""
        listed = _scheme_vals(text)
        commands = []
        for scheme in self.with_context(active_test=False).scheme_ids:
            vals = listed.pop(scheme.code or scheme.name, {"active": False})
            commands.append(Command.update(scheme.id, vals))
        self.scheme_ids = commands + [Command.create(vals) for vals in listed.values()]

    def _optoamc_write_directory_rules(self, options, is_sent):
        """The optional fields that the insurer requires (or must not get), for every shop.

        What a shop decided for itself is a rule of its own, and stays.
        """
        switches = self.env["optoamc.field"].search([("option", "in", options)])
        rules = self.optoamc_field_rule_ids.filtered(lambda rule: not rule.company_id)
        rules.filtered(lambda rule: rule.is_sent == is_sent and rule.field_id not in switches).unlink()
        rules.exists().filtered(lambda rule: rule.field_id in switches).is_sent = is_sent
        missing = switches - rules.exists().field_id
        self.env["optoamc.field.rule"].create(
            [{"field_id": switch.id, "insurer_id": self.id, "is_sent": is_sent} for switch in missing]
        )

    def _optoamc_remember_directory(self, row, platform):
        """Keep what its list said of an insurer; a column that it does not have keeps its last word."""
        if not self._optoamc_follows_directory(platform):
            return
        values = {**(self.directory_values or {}), **row} if self.directory_platform_id == platform else row
        remembered = {
            "is_in_directory": True,
            "directory_platform_id": platform,
            "directory_values": values,
            "delisted_on": False,
        }
        changed = {name: value for name, value in remembered.items() if self[name] != value}
        if changed:
            self.write({name: getattr(value, "id", value) for name, value in changed.items()})


def _bare(text):
    """A code or name without the characters that part schemes."""
    return (text or "").replace("|", "/").replace("=", "-")


def _scheme_vals(text):
    """``{code or name: values}`` of the schemes in a cell."""
    listed = {}
    for part in filter(None, text.split(" | ")):
        code, _equals, name = part.rpartition("=")
        listed[code or name] = {"code": code or False, "name": name, "active": True}
    return listed


def _clean(key, text):
    """Canonical where the column can say it; what a shop typed beyond that is as it is."""
    try:
        return BY_KEY[key].clean(text)
    except ValueError:
        return text
