from __future__ import annotations

import json

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..mixin.labelled import labelled

#: Modes in which a platform is really called.
REAL_MODES = ("test", "production")

#: What tells a database from its copies: its name, its number on the server (another one when it is restored in
#: its own place), Odoo's identifier; and the server's, which some hosts keep from all but their administrator.
IDENTITY = SQL(
    "SELECT current_database() AS name,"
    " (SELECT oid::text FROM pg_database WHERE datname = current_database()) AS number,"
    " (SELECT value FROM ir_config_parameter WHERE key = 'database.uuid') AS uuid"
)
CLUSTER = SQL("SELECT system_identifier::text FROM pg_control_system()")


class OptoamcPlatform(models.Model):
    """A platform is switched on in one database: a copy of it sends nothing until a person has confirmed.

    What tells one database from another is its name, Odoo's ``database.uuid``, PostgreSQL's identifier of the
    cluster and its number (oid) in there: a dump restored anywhere, even in the place of the original, differs by one
    of them. A copy of the whole cluster (disk image, replica) does not.
    """

    _inherit = "optoamc.platform"

    switched_on = fields.Char(
        company_dependent=True,
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="The mode that somebody chose, and the database in which it was.",
    )
    on_hold = fields.Boolean("On hold", compute="_compute_on_hold", compute_sudo=True)
    hold_reason = fields.Text("Why it is on hold", compute="_compute_on_hold", compute_sudo=True)

    @api.depends("mode", "switched_on")
    @api.depends_context("company", "lang")
    def _compute_on_hold(self):
        for platform in self:
            platform.hold_reason = platform._hold_reason(self.env.company)
            platform.on_hold = bool(platform.hold_reason)

    @api.model
    def _in_production(self, companies=None):
        """Whether one of the companies, all shops unless said, asks insurers for good."""
        platforms = self.sudo().search([])
        return any(
            platform.with_company(company).mode == "production"
            for company in companies or self.env["res.company"]._optoamc_shops()
            for platform in platforms
        )

    def _leave_demonstration(self, vals):
        """A test of the demonstration says nothing of the real platform that is switched on."""
        if vals.get("mode") in REAL_MODES:
            untested = self.filtered(lambda platform: platform.mode not in REAL_MODES)
            untested.sudo().write({"is_reachable": False, "diagnosis": False})

    def _switch_on(self):
        """Keep in which database somebody has just chosen the mode, for the present company."""
        for platform in self.sudo():
            recorded = False
            if platform.mode in REAL_MODES:
                recorded = json.dumps({"mode": platform.mode, **self._database_identity()})
            if platform.switched_on != recorded:
                platform.switched_on = recorded

    # -- which database -----------------------------------------------------------------------

    @api.model
    def _database_identity(self):
        """What tells this database from its copies, as a dict of strings."""
        # Read each time: a dump may have been restored behind a server that runs.
        [identity] = self.env.execute_query_dict(IDENTITY)
        cluster = self.env.execute_query(CLUSTER)[0][0] if self._may_read_cluster() else ""
        return {**identity, "cluster": cluster}

    @tools.ormcache()
    def _may_read_cluster(self):
        # Some hosts keep it from all but the administrator.
        return self.env.execute_query(
            SQL(
                "SELECT bool_and(has_function_privilege(oid, 'execute')) FROM pg_proc"
                " WHERE proname = 'pg_control_system'"
            )
        )[0][0]

    def _hold_reason(self, company, mode=None):
        """Why the platform may not be called for a company, in words for a manager; ``False`` when it may.

        :param mode: the mode of the call, where it is not the company's own of now
        """
        self.ensure_one()
        own = self.sudo().with_company(company)
        if own.mode not in REAL_MODES or mode == "demo":
            return False
        recorded = json.loads(own.switched_on or "{}")
        if recorded.pop("mode", None) != own.mode:
            return self.env._("This mode has not been chosen for %s on the platform's form.", company.name)
        identity = self._database_identity()
        labels = {
            "name": self.env._("name"),
            "uuid": self.env._("identifier"),
            "cluster": self.env._("PostgreSQL server"),
            "number": self.env._("number on the server"),
        }
        differences = [
            labelled(self.env, labels[part], f"{recorded.get(part) or '–'} → {value or '–'}")
            for part, value in identity.items()
            if recorded.get(part) != value
        ]
        if not differences:
            return False
        return self.env._(
            "This database is not the one in which %(platform)s was switched on for %(company)s: it was copied, "
            "restored or moved (%(differences)s). Nothing is sent to the insurers until a manager has confirmed, on "
            "the platform's form, that it is the shop's own.",
            platform=self.name,
            company=company.name,
            differences=", ".join(differences),
        )

    def _check_hold(self, company):
        """:raises UserError: the platform is on hold for the company"""
        if reason := self._hold_reason(company):
            raise UserError(reason)

    # -- confirmed by a person ----------------------------------------------------------------

    def action_confirm_database(self):
        """A manager confirms that this database is the shop's own: its platforms are called again.

        :raises AccessError: somebody else than a manager
        """
        for platform in self._held_platforms():
            before = platform.sudo().switched_on
            platform.sudo()._switch_on()
            platform._trace({"switched_on": (before, platform.sudo().switched_on)})
        self.env["optoamc.request"]._release_held()

    def action_disown_database(self):
        """A manager says that this database is a copy: all platforms are switched off for the company."""
        self._held_platforms().mode = "disabled"

    def _held_platforms(self):
        if not self.env.user.has_group("l10n_fr_optoamc.group_manager"):
            raise AccessError(self.env._("Only a third-party payment manager sets a platform up."))
        company = self.env.company  # is one of the user's: Odoo has checked it
        platforms = self.with_context(active_test=False).search([])
        held = platforms.filtered(lambda platform: platform._hold_reason(company))
        # A mode that nobody chose is no copy's: it is chosen on the form, with its checks.
        return held.filtered(lambda platform: json.loads(platform.sudo().switched_on or "{}").get("mode"))
