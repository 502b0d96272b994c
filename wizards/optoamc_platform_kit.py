import base64
from dataclasses import replace

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..lib.protocol.codec import Codec
from ..lib.protocol.dialect import Dialect
from ..lib.protocol.errors import OptoamcError
from ..lib.protocol.kit import report
from ..lib.protocol.kit.check import check
from ..lib.protocol.kit.draft import draft
from ..lib.protocol.kit.markup import to_html
from ..lib.protocol.kit.papers import Papers
from ..lib.protocol.kit.play import Play
from ..lib.protocol.kit.samples import samples
from ..lib.protocol.kit.upload import papers_in

_MAX_TABLE = 2**20


class OptoamcPlatformKit(models.TransientModel):
    """From a platform's papers to its dialect: upload, proposal, check, play. Nothing of a patient is read or sent.

    The calls of a shell's ``./dev platform`` on files that a manager uploads. The platform itself changes when its
    dialect is applied, by whom that may.
    """

    _name = "optoamc.platform.kit"
    _description = "A platform's dialect from its papers"
    _inherit = ["optoamc.own.screen"]

    platform_id = fields.Many2one("optoamc.platform", required=True, readonly=True, ondelete="cascade")
    papers = fields.Binary(
        "XSD and WSDL files",
        attachment=False,
        help="One file, or a ZIP of them. Empty: those that the platform has already.",
    )
    papers_name = fields.Char()
    message_names = fields.Text(
        "Elements of the messages",
        help="Only where they are not found by their names: OPAMCREQ = flux[@nature='DEM'], one a line.",
    )
    table = fields.Binary(
        "Table of fields (CSV)",
        attachment=False,
        help="The one proposed, or the one corrected since. Empty: the one that the platform has already.",
    )
    table_name = fields.Char()
    summary = fields.Char("Result", readonly=True)
    report = fields.Html(readonly=True)
    report_file = fields.Binary("Report to keep", attachment=False, readonly=True)
    report_name = fields.Char(readonly=True)

    # -- the buttons --------------------------------------------------------------------------

    def action_propose(self):
        """Propose a table for the papers."""
        papers = self._understood(lambda: Papers(self._files()))
        made = self._understood(lambda: draft(self._dialect_name(), papers, self._roots(papers)))
        self.table = base64.b64encode(made.table.encode())
        self.table_name = f"{self._dialect_name()}.csv"
        summary = self.env._(
            "%(share)s%% of the places are linked, %(left)s are left to you: download the table, correct it, "
            "upload it.",
            share=round(100 * made.share),
            left=sum(len(message.unmapped) for message in made.messages),
        )
        return self._tell(summary, report.of_draft(self._dialect_name(), made), "proposition.md")

    def action_check(self):
        """Hold the table against the schemas both ways, and show samples."""
        codec = self._codec()
        found = self._understood(lambda: check(codec))
        shown = samples(codec, self._endpoint(codec), self.platform_id._like_identifier())
        page = report.of_check(codec, found, shown)
        return self._tell(report.summary(found), page, "verification.md")

    def action_play(self):
        """Have the sandbox insurer answer each demonstration member in the platform's words."""
        turns = self._understood(lambda: [*Play(self._codec()).turns()])
        summary = self.env._(
            "%(played)s of %(all)s demonstration members played.",
            played=sum(turn.is_played for turn in turns),
            all=len(turns),
        )
        return self._tell(summary, report.of_play(turns), "essai.md")

    def action_apply(self):
        """Give the platform the table and the papers.

        :raises AccessError: somebody else than the system administrator, whose the dialect of a platform is
        """
        self.ensure_one()
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("The dialect of a platform is changed by the system administrator."))
        codec = self._codec()
        platform = self.platform_id
        values = {"dialect": codec.dialect.name, "table_file": base64.b64encode(self._table_content())}
        if self.papers:
            attachments = self.env["ir.attachment"].create(
                [
                    {"name": name, "raw": body, "res_model": platform._name, "res_id": platform.id}
                    for name, body in codec.dialect.files.items()
                ]
            )
            values["schema_ids"] = [Command.set(attachments.ids)]
            wsdl = next((name for name in codec.dialect.files if name.lower().endswith(".wsdl")), False)
            values["wsdl_name"] = wsdl or platform.wsdl_name
        platform.write(values)
        return {"type": "ir.actions.act_window_close"}

    # -- what it is about ---------------------------------------------------------------------

    def _check_manager(self):
        if not self.env.user.has_group("l10n_fr_optoamc.group_manager"):
            raise AccessError(self.env._("Only a third-party payment manager sets a platform up."))

    def _dialect_name(self):
        """What the dialect is called: as the platform's own, or as the file of the papers."""
        dialect = self.platform_id.dialect
        if dialect != "open" or not self.papers_name:
            return dialect
        return self.papers_name.rpartition(".")[0] or dialect

    def _files(self):
        """The papers uploaded, else the platform's own."""
        self._check_manager()
        if self.papers:
            return papers_in(self.papers_name or "", self._content("papers"))
        return {**self.platform_id._codec().dialect.files}

    def _table_content(self):
        """The table uploaded or proposed, else the platform's own."""
        if self.table:
            content = self._content("table")
            if len(content) > _MAX_TABLE:
                raise UserError(self.env._("The table of fields is larger than %s bytes.", _MAX_TABLE))
            return content
        own = self.platform_id.sudo().table_file
        return base64.b64decode(own) if own else Dialect.shipped_table(self.platform_id.dialect)

    def _content(self, name):
        return base64.b64decode(self.with_context(bin_size=False)[name])

    def _codec(self):
        """The codec of the table and the papers.

        :raises UserError: they do not make a dialect: row, column, what was expected
        """
        self.ensure_one()
        self._check_manager()
        if not (self.table or self.papers):
            return self._understood(self.platform_id._codec)
        files = self._understood(self._files)
        if self.papers:
            files = {**files, **self._understood(lambda: Papers(files)).files}
        return self._understood(lambda: Codec(Dialect(self._dialect_name(), self._table_content(), files)))

    def _roots(self, papers):
        """The elements of the messages: those that a person names, else those found by their names."""
        lines = [line.partition("=") for line in (self.message_names or "").splitlines() if line.strip()]
        return papers.messages({kind.strip(): path for kind, _equals, path in lines})

    def _endpoint(self, codec):
        """How the platform would be called, for who may see its envelope; ``None`` where nothing says it."""
        if not self.env.user.has_group("base.group_system"):
            return None
        platform = self.platform_id
        mode = "test" if platform.url_test else "production"
        try:
            endpoint = platform._endpoint(self.env.company, mode)
        except OptoamcError:
            return None
        roots = {kind: layout.step.name.text for kind, layout in codec.dialect.layouts.items()}
        return replace(endpoint, files=codec.dialect.files, dialect=codec.dialect, roots=roots)

    # -- what is told -------------------------------------------------------------------------

    @api.model
    def _understood(self, read):
        """What a function of the papers or the table gives.

        :raises UserError: they cannot be read, and where
        """
        try:
            return read()
        except KeyError as error:
            raise UserError(self.env._("There is no dialect %s: upload its table of fields.", error)) from error
        except OptoamcError as error:
            raise UserError("\n\n".join([error.advice, error.detail])) from error

    def _tell(self, summary, page, name):
        """Show a report on the screen, and keep it to be downloaded."""
        self.write(
            {
                "summary": summary,
                "report": to_html(page),
                "report_file": base64.b64encode(page.encode()),
                "report_name": f"{self._dialect_name()}-{name}",
            }
        )
        return self._get_records_action(name=self.env._("From the platform's papers"), target="new", view_mode="form")
