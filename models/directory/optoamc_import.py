import base64
import hashlib
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..mixin.transactions import commit_each, commit_retrying

_logger = logging.getLogger(__name__)

#: States in which the cron has something to do.
WORKING = ("reading", "applying")

#: Days after which a preview that nobody applied is dropped, and the details of an old import.
PREVIEW_DAYS, DETAIL_DAYS = 7, 365


class OptoamcImport(models.Model):
    """The import of an official list: read, compared, shown, and applied when a manager says so.

    A cron does the work, so that nobody waits in front of a screen that does not answer; the form
    follows by itself. What each kind of list is read and applied by is in the files of this name.

    ========  ==========================================================
    draft     a file is to be chosen
    reading   the cron fetches, reads and compares
    preview   the differences are shown, nothing is changed
    applying  the cron applies them, all or none
    done      applied; the lines stay as the report of what changed
    failed    with the reason, and what was changed: nothing, or a part of the LPP
    ========  ==========================================================
    """

    _name = "optoamc.import"
    _description = "Import of an official list"
    _inherit = ["optoamc.guarded"]
    _order = "id desc"
    _check_company_auto = True

    kind = fields.Selection(
        [("directory", "List of insurers"), ("lpp", "LPP table (CNAM)")],
        required=True,
        default="directory",
    )
    state = fields.Selection(
        [
            ("draft", "File to choose"),
            ("reading", "Reading"),
            ("preview", "To check"),
            ("applying", "Being applied"),
            ("done", "Applied"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    platform_id = fields.Many2one(
        "optoamc.platform",
        ondelete="cascade",
        index="btree_not_null",
        help="The platform of the list: “oui” in the column OptoAMC means this platform.",
    )
    is_download = fields.Boolean("Downloaded", readonly=True)
    is_complete = fields.Boolean(
        "Complete list", help="An insurer that came from an earlier list and is not in this one is flagged as gone."
    )
    is_automatic = fields.Boolean("Automatic", readonly=True, help="Applied without a preview.")
    file = fields.Binary(attachment=True, copy=False)
    file_name = fields.Char()
    progress = fields.Integer(readonly=True, copy=False, help="Per cent of the present step.")
    message = fields.Text(readonly=True, copy=False)
    preview_key = fields.Char(readonly=True, copy=False)
    line_ids = fields.One2many("optoamc.import.line", "import_id", "Differences")
    new_count = fields.Integer("New ones", compute="_compute_counts")
    changed_count = fields.Integer("Changed ones", compute="_compute_counts")
    kept_count = fields.Integer("Kept as you have them", compute="_compute_counts")
    gone_count = fields.Integer("Gone ones", compute="_compute_counts")
    problem_count = fields.Integer("Not usable ones", compute="_compute_counts")

    @api.depends("kind", "platform_id", "create_date")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for job in self:
            parts = kinds[job.kind], job.platform_id.name, job.create_date and format_date(self.env, job.create_date)
            job.display_name = " – ".join(filter(None, parts))

    @api.depends("line_ids.kind")
    def _compute_counts(self):
        groups = self.env["optoamc.import.line"]._read_group(
            [("import_id", "in", self.ids)], ["import_id", "kind"], ["__count"]
        )
        counts = {(job.id, kind): count for job, kind, count in groups}
        for job in self:
            for kind in ("new", "changed", "kept", "gone", "problem"):
                job[f"{kind}_count"] = counts.get((job._origin.id, kind), 0)

    # -- buttons ------------------------------------------------------------------------------

    def action_read(self):
        """Have the file read and compared; also again, after a failure or to refresh a preview."""
        for job in self:
            job._require_state("draft", "preview", "failed")
            if not job.file and not job.is_download:
                raise UserError(self.env._("Choose a file first."))
            job.check_access("write")
            job.sudo().write({"state": "reading", "progress": 0, "message": False})
        self._trigger()

    def action_apply(self):
        """Have the differences applied."""
        for job in self:
            job._require_state("preview")
            job.check_access("write")
            job._check_applicable()
            job.sudo().write({"state": "applying", "progress": 0, "message": False})
        self._trigger()

    def _check_applicable(self):
        """:raises AccessError: what a list says counts in shops, too, in which the user does not work"""
        if not self.env.su and self.env["res.company"]._optoamc_shops()._optoamc_strangers(self.env.user):
            raise AccessError(
                self.env._(
                    "A list changes the insurers and the tariffs of all the shops of this database: it is applied "
                    "by somebody who manages all of them, or by the system administrator. Until then, make records "
                    "of your company's own."
                )
            )

    def action_view_lines(self):
        """The differences in a list of their own, to search and group."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("l10n_fr_optoamc.action_optoamc_import_line")
        return action | {"domain": [("import_id", "=", self.id)], "display_name": self.display_name}

    def _require_state(self, *states):
        self.ensure_one()
        if self.state not in states:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(self.env._("%(name)s: %(state)s.", name=self.display_name, state=labels[self.state]))

    def _open(self):
        return self._get_records_action()

    # -- the work -----------------------------------------------------------------------------

    @api.model
    def _trigger(self):
        self.env.ref("l10n_fr_optoamc.cron_import").sudo()._trigger()

    @api.model
    def _cron_work(self):
        """Do what is asked, and the weekly downloads that are due."""
        self.env["optoamc.platform"]._start_weekly_downloads()
        # What fails rolls back to here: one platform's trouble is told, and is not the others'.
        self.env["ir.cron"]._commit_progress()
        # Looked for anew each time: people ask for more meanwhile.
        jobs = iter(lambda: self.search([("state", "in", WORKING)], order="id", limit=1), self.browse())
        commit_each(self.env, jobs, lambda job: job._in_readers_language()._work())

    def _in_readers_language(self):
        """The import in the language and time zone of who asked for it, or of the shop: a cron has none."""
        self.ensure_one()
        company = self.company_id
        if self.is_automatic:
            context = {"lang": company.partner_id.lang}
        else:
            context = self.create_uid.with_user(self.create_uid).context_get()
        return self.with_company(company).with_context(**context)

    def _work(self):
        """One step of one import; whatever goes wrong is told on its form, and changes nothing else.

        No lock is needed: Odoo runs a cron once at a time, and a person cannot touch what is
        being worked on.
        """
        try:
            commit_retrying(self.env, self._do_read if self.state == "reading" else self._do_apply)
        except UserError as error:
            self._fail(str(error))
        except Exception:
            _logger.exception("optoamc: import %s failed", self.id)
            self._fail(self.env._("Unexpected error: the server's log says more."))
        return 1

    def _fail(self, message):
        """Tell the reason, and what stays of what was done."""
        self.env.cr.rollback()
        # Only what a step has committed shows as progress here, and reading commits nothing but that.
        if self.state == "applying" and self.progress:
            kept = self.env._("%s%% of the table was imported, and stays: start again for the rest.", self.progress)
        else:
            kept = self.env._("Nothing was changed.")
        self.write({"state": "failed", "progress": 0, "message": f"{message} {kept}"})

    def _do_read(self):
        if self.is_download:
            self._download()
        elif not self.file:
            raise UserError(self.env._("Choose a file first."))
        self._show(self._plans(self._source()))
        if self.is_automatic:
            self._do_apply()

    def _do_apply(self):
        """Apply if what the manager saw is still what would happen; else show it again."""
        source = self._source()
        taken = self._taken_lines()._keys()
        # Progress: a part is committed already, and what is left of the plan is less than what was shown.
        if not self.progress and self.preview_key != self._key(self._plans(source)):
            self._show(self._plans(source))
            self._reselect(taken)
            self.message = self.env._("The table has changed since this preview: check it again, then apply.")
            return
        for plan in self._plans(source):
            self._apply(plan, taken)
        self.write({"state": "done", "progress": 100, "message": self._summary()})

    def _show(self, plans):
        """Put the preview in place of an earlier one."""
        self.line_ids.unlink()
        lines = self.env["optoamc.import.line"]

        def show(plan):
            lines.create([{**values, "import_id": self.id} for values in plan.lines])
            return plan

        key = self._key(map(show, plans))
        self.write({"state": "preview", "preview_key": key, "progress": 100, "message": False})

    @staticmethod
    def _key(plans):
        """The same for the same differences; they may be too many to be kept and compared."""
        digest = hashlib.sha256()
        for plan in plans:
            for line in plan.lines:
                digest.update(repr(sorted(line.items())).encode())
        return digest.hexdigest()

    def _taken_lines(self):
        return self.line_ids.search([("import_id", "=", self.id), ("use_new", "=", True)])

    def _reselect(self, taken):
        for line in self.line_ids.filtered(lambda line: line.kind == "kept"):
            line.use_new = (line.number, line.column) in taken

    def _report(self, done, total):
        """Show how far the step is. It commits: only for a step that may be left there."""
        percent = min(round(100 * done / total), 99) if total else 0
        if percent >= self.progress + 5:
            self.progress = percent
            self.env["ir.cron"]._commit_progress()

    def _file_bytes(self):
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    def _summary(self):
        return self.env._(
            "New: %(new)s. Changed: %(changed)s. Kept as you have it: %(kept)s. Gone: %(gone)s. "
            "Not usable: %(problem)s.",
            new=self.new_count,
            changed=self.changed_count,
            kept=self.kept_count,
            gone=self.gone_count,
            problem=self.problem_count,
        )

    def _source(self):
        """What the file says, read once.

        :raises UserError: the file cannot be used
        """
        return getattr(self, f"_source_{self.kind}")()

    def _plans(self, source):
        """What that changes, in one part or several, for one use.

        :returns: an iterable of objects whose ``lines`` are the values of ``optoamc.import.line``
        """
        return getattr(self, f"_plans_{self.kind}")(source)

    def _apply(self, plan, taken):
        getattr(self, f"_apply_{self.kind}")(plan, taken)

    # -- keeping it small ---------------------------------------------------------------------

    @api.autovacuum
    def _gc_imports(self):
        now = fields.Datetime.now()
        previews = [("state", "in", ("draft", "preview", "failed"))]
        self.search([*previews, ("write_date", "<", fields.Datetime.subtract(now, days=PREVIEW_DAYS))]).unlink()
        self.search([("write_date", "<", fields.Datetime.subtract(now, days=DETAIL_DAYS))]).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_working(self):
        if self.filtered(lambda job: job.state in WORKING):
            raise UserError(self.env._("This import is being worked on: wait until it is done."))
