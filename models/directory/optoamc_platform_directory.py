import base64
from urllib.parse import urljoin

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lib.directory.download import Mark, download
from ...lib.directory.errors import DirectoryError
from ...lib.protocol.errors import OptoamcError
from ...lib.protocol.sandbox.conventions import CONVENTIONS
from ...lib.protocol.transport.reach import is_loopback
from ..mixin.one_line import check_one_line
from .optoamc_import import WORKING

#: Days between two automatic downloads.
WEEK = 7


class OptoamcPlatform(models.Model):
    """*Télécharger*: the platform's list of insurers."""

    _inherit = "optoamc.platform"

    directory_url = fields.Char("Address of the list", help="Where the platform publishes its insurers (CSV or XLSX).")
    directory_weekly = fields.Boolean(
        "Download every week", help="What the list changes is applied; what you typed yourself stays."
    )
    directory_company_id = fields.Many2one(
        "res.company",
        compute="_compute_directory_company_id",
        store=True,
        help="With whose login the list is downloaded every week.",
    )
    directory_checked_at = fields.Datetime("Last download", readonly=True, copy=False)
    directory_file = fields.Binary(
        compute="_compute_directory_file", store=True, copy=False, groups="base.group_system"
    )
    directory_etag = fields.Char(compute="_compute_directory_file", store=True, copy=False, groups="base.group_system")
    directory_modified = fields.Char(
        compute="_compute_directory_file", store=True, copy=False, groups="base.group_system"
    )
    import_ids = fields.One2many(
        "optoamc.import",
        "platform_id",
        "Lists imported",
        readonly=True,
        groups="l10n_fr_optoamc.group_manager",
    )

    @api.depends("directory_weekly")
    def _compute_directory_company_id(self):
        for platform in self:
            platform.directory_company_id = platform.directory_weekly and self.env.company

    @api.constrains("directory_url")
    def _check_directory_url(self):
        check_one_line(self, ["directory_url"])

    @api.depends("directory_url")
    def _compute_directory_file(self):
        """What was fetched from elsewhere says nothing about a new address."""
        self.directory_file = self.directory_etag = self.directory_modified = False

    def action_download_directory(self):
        """Fetch the list, compare it and show what it changes; see :class:`~.optoamc_import.OptoamcImport`.

        :raises UserError: the platform is disabled for the company
        """
        self.ensure_one()
        self._check_mode(self.env.company)
        # Asked twice is fetched once.
        under_way = self.import_ids.filtered(lambda job: job.is_download and job.state in WORKING)[:1]
        return (under_way or self._start_download())._open()

    def _start_download(self, **values):
        self.sudo().directory_checked_at = fields.Datetime.now()
        jobs = self.env["optoamc.import"]
        jobs.check_access("create")
        # Who asks for a download does not say that it is one: the address does.
        job = jobs.sudo().create(
            {"kind": "directory", "platform_id": self.id, "is_download": True, "is_complete": True, **values}
        )
        job = job.with_env(self.env)
        job.action_read()
        return job

    @api.model
    def _start_weekly_downloads(self):
        due = fields.Datetime.subtract(fields.Datetime.now(), days=WEEK)
        for platform in self.search([("directory_weekly", "=", True), ("directory_company_id", "!=", False)]):
            company = platform.directory_company_id
            is_on = platform.with_company(company).mode not in (False, "disabled")
            if is_on and (not platform.directory_checked_at or platform.directory_checked_at <= due):
                platform._start_download(company_id=company.id, is_automatic=True)

    def _fetch_directory(self, job):
        """Give an import the platform's list: what is fetched, or the last one when it has not changed.

        :raises UserError: in words for the manager
        """
        own = self.sudo().with_context(bin_size=False)
        self._check_mode(job.company_id)
        url, mode = self._directory_address(job.company_id)
        if not url:
            job._set_file(CONVENTIONS.read_bytes(), CONVENTIONS.name)
            return
        mark = Mark(own.directory_etag or "", own.directory_modified or "") if own.directory_file else Mark()
        try:
            fetched = download(self._endpoint(job.company_id, mode), url, mark, job._report)
        except DirectoryError as error:
            raise job._directory_error(error) from error
        except OptoamcError as error:
            raise job._directory_error(DirectoryError("address")) from error
        if fetched.body is not None:
            own.write(
                {
                    "directory_file": base64.b64encode(fetched.body),
                    "directory_etag": fetched.mark.etag,
                    "directory_modified": fetched.mark.modified,
                }
            )
        job._set_file(base64.b64decode(own.directory_file), url.rpartition("/")[2].partition("?")[0] or "conventions")

    def _directory_address(self, company):
        """The list's address and the mode it is fetched in.

        A demonstration stays on this machine: its list is the sandbox's, no address that of
        the sandbox in this very process.
        """
        mode = self.with_company(company).mode
        if mode == "demo" and not (self.directory_url and is_loopback(self.directory_url)):
            return self.url_demo and urljoin(self.url_demo, "/conventions.csv"), mode
        if not self.directory_url:
            raise UserError(self.env._("%s has no address of a list yet: type it on the platform's form.", self.name))
        return self.directory_url, mode
