from __future__ import annotations

from urllib.parse import urlsplit

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.misc import clean_context

from ..mixin.labelled import labelled
from ..mixin.reader_lang import in_lang_of
from .optoamc_platform import DIALECT_FIELDS

#: Where a company's credentials are sent to; the demonstration's address is on this machine.
ADDRESSES = ("url_test", "url_production")

#: Settings whose change leaves a trail and is told, and those of them whose values nobody is shown.
TRACED = (
    *ADDRESSES,
    "url_demo",
    "directory_url",
    "transport",
    "dialect",
    "wsdl_name",
    "active",
    "mode",
    "body_template",
    "http_headers",
    "login_path",
    "login_template",
    "fetch_path",
    "fetch_template",
    "acknowledge_path",
    "acknowledge_template",
    "host_keys",
)
SECRET = ("username", "password", "access_key", "certificate_id")

#: The same of a platform that is not there yet.
NEW = dict.fromkeys((*TRACED, *SECRET), False) | {
    "active": True,
    "dialect": "open",
    "mode": "disabled",
    "transport": "soap",
    "wsdl_name": "open.wsdl",
}


class OptoamcPlatform(models.Model):
    """Who may change how a platform is reached, the trail that it leaves, and who is told."""

    _inherit = "optoamc.platform"

    change_ids = fields.One2many(
        "optoamc.platform.change",
        "platform_id",
        "Changes of the settings",
        readonly=True,
        groups="l10n_fr_optoamc.group_manager",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_typed(vals)
        platforms = super().create(vals_list)
        self.env.registry.clear_cache()
        platforms._record_changes(dict.fromkeys(platforms, NEW))
        platforms._switch_on()
        return platforms

    def _add_missing_default_values(self, values):
        """Nor does a default, of a caller's context or of a user, type what no screen lets a person type."""
        completed = super()._add_missing_default_values(values)
        if self.env.su:
            return completed
        return {
            name: value
            for name, value in completed.items()
            if name in values or not self._is_closed(self._fields[name])
        }

    def write(self, vals):
        """The one way through for a change: who may, what it ends, what it leaves behind."""
        self._check_typed(vals)
        self._optoamc_check_shared(vals)
        before = self._settings(vals)
        self._leave_demonstration(vals)
        if not self.env.user.has_group("base.group_system"):
            self._forget_passwords({urlsplit(vals.get(name) or "").hostname for name in ADDRESSES})
        if not DIALECT_FIELDS.isdisjoint(vals):
            self.env.registry.clear_cache()  # before what is written is checked
        result = super().write(vals)
        if not {"mode", "active"}.isdisjoint(vals):
            self.env.registry.clear_cache()  # which companies are shops
        self._optoamc_check_shared({"directory_url", "directory_weekly"} & vals.keys())
        changed = self._record_changes(before)
        self._forget_tests(changed)
        if "mode" in vals:
            self._switch_on()
        return result

    def unlink(self):
        self._optoamc_check_shared(self._fields)
        for platform in self:
            platform._trace({"active": (platform.active, False)})
        result = super().unlink()
        self.env.registry.clear_cache()  # which companies are shops
        return result

    # -- who may ------------------------------------------------------------------------------

    @staticmethod
    def _is_closed(field):
        """Whether the module alone writes a field: what a test, a call or a download found."""
        return field.readonly and not field.related

    def _check_typed(self, vals):
        """:raises AccessError: a field that no screen lets a person type"""
        if self.env.su:
            return
        if closed := [name for name in vals if name in self._fields and self._is_closed(self._fields[name])]:
            raise AccessError(
                self.env._("The fields %s are written by the module alone, not by hand.", ", ".join(closed))
            )

    def _optoamc_concerned(self, names):
        """A platform is changed by who may change it for each company that has switched it on.

        The list of insurers that it publishes, or that is applied every week, is written into every shop's directory.
        """
        shops = super()._optoamc_concerned(names)
        is_list = self.directory_weekly or ("directory_url" in names and self.directory_url)
        return shops if is_list else self._used_by(shops)

    def _optoamc_shared_refusal(self):
        if not self._used_by(self.env["res.company"].search([]))._optoamc_strangers(self.env.user):
            return super()._optoamc_shared_refusal()
        return self.env._(
            "%s is used by a company that you do not work for as well: its address, its time-outs and its "
            "dialect are changed by the system administrator, or by a manager of all the companies that "
            "use it. The mode, the login and the certificate are your company's own.",
            self.name,
        )

    def _used_by(self, companies):
        """Those of the companies that have switched the platform on."""
        self.ensure_one()
        return companies.filtered(lambda company: self.sudo().with_company(company).mode not in (False, "disabled"))

    # -- what a change ends -------------------------------------------------------------------

    def _forget_passwords(self, hosts):
        """A password was typed for the hosts of the day: who cannot read it does not send it to another one."""
        moving = self.filtered(
            lambda platform: hosts - {None} - {urlsplit(platform[name] or "").hostname for name in ADDRESSES}
        )
        for company in self.env["res.company"].sudo().search([]) if moving else ():
            own = moving.sudo().with_company(company)
            own.filtered(lambda platform: platform.password or platform.access_key).write(
                {
                    "password": False,
                    "access_key": False,
                    "is_reachable": False,
                    "diagnosis": self.env._("The address has changed: type the password again."),
                }
            )

    def _forget_tests(self, changed):
        """The test of a connection says nothing of another address.

        :param changed: by platform, the names of the settings that changed
        """
        moved = self.filtered(lambda platform: not changed[platform].isdisjoint(ADDRESSES))
        for company in self.env["res.company"].sudo().search([]) if moved else ():
            moved.sudo().with_company(company).filtered("is_reachable").write(
                {
                    "is_reachable": False,
                    "diagnosis": self.env._("The address has changed: test the connection again."),
                }
            )

    # -- the trail ----------------------------------------------------------------------------

    def _settings(self, names):
        """The traced settings among some names: by platform, ``{name: value}``."""
        traced = [name for name in NEW if name in names]
        return {platform: {name: platform.sudo()[name] or False for name in traced} for platform in self}

    def _record_changes(self, before):
        """Keep what has changed, and tell the managers.

        :param before: as :meth:`_settings` gave it
        :returns: by platform, the names of the settings that changed
        """
        changed = {}
        for platform, old in before.items():
            values = platform._settings(old)[platform]
            changed[platform] = {name for name in old if old[name] != values[name]}
            if changed[platform]:
                platform._trace({name: (old[name], values[name]) for name in old if name in changed[platform]})
        return changed

    def _trace(self, changes):
        """Add lines to the trail of a platform, and tell the managers whom they concern.

        :param changes: ``{name: (value before, value after)}``
        """
        self.ensure_one()
        trail = self.env["optoamc.platform.change"]
        trail = trail.with_env(self.env(su=True, context=clean_context(self.env.context)))
        lines = trail.create(
            [
                {
                    "platform_id": self.id,
                    "platform_name": self.name,
                    "company_id": self._fields[name].company_dependent and self.env.company.id,
                    "user_id": self.env.uid,
                    "field_name": name,
                    "old_value": self._shown(name, old),
                    "new_value": self._shown(name, new),
                }
                for name, (old, new) in changes.items()
            ]
        )
        for company, concerned in lines.grouped("company_id").items():
            for manager in self._managers_to_tell(company):
                self._tell(manager, concerned)

    def _shown(self, name, value):
        """A setting's value as the trail keeps it: no secret, and none within an address."""
        if not value or name in SECRET:
            return "•••" if value else False
        if name in (*ADDRESSES, "url_demo", "directory_url"):
            bare, question, _query = value.partition("?")
            return f"{bare}?…" if question else bare
        return str(value)

    def _managers_to_tell(self, company):
        """The other managers whom a change concerns: the company's, or all of them for every company's."""
        managers = self.env.ref("l10n_fr_optoamc.group_manager").sudo().all_user_ids
        return managers.filtered(
            lambda user: user != self.env.user and user.active and not user.share and (company <= user.company_ids)
        )

    def _tell(self, manager, lines):
        """Tell a manager of changes, in that person's language."""
        platform, lines = in_lang_of(self.sudo(), manager), in_lang_of(lines, manager)
        items = Markup().join(
            Markup("<li>%s</li>")
            % labelled(platform.env, line.label, f"{line.old_value or '–'} → {line.new_value or '–'}")
            for line in lines
        )
        first = lines[0]
        text = Markup("<p>%s</p><ul>%s</ul><p>%s</p>") % (
            platform.env._(
                "%(user)s changed the platform %(platform)s (%(company)s):",
                user=self.env.user.name,
                platform=self.name,
                company=first.company_id.name or platform.env._("all companies"),
            ),
            items,
            platform.env._("If you did not expect it, switch the platform off and call that person."),
        )
        self._notify_manager(manager, platform.env._("%s: settings changed", self.name), text)

    def _notify_manager(self, manager, subject, text):
        """Notify a manager, by mail or in the inbox as that person chose.

        :param text: markup, without anybody's data
        """
        self.env["mail.thread"].sudo().with_context(mail_notify_force_send=False).message_notify(
            partner_ids=manager.partner_id.ids,
            author_id=self.env.user.partner_id.id,
            subject=subject,
            body=text,
            model=self._name,
            res_id=self.id,
        )
