import logging

import psycopg2
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, mute_logger

from ..mixin.ownership import OWN_MODELS

_logger = logging.getLogger(__name__)


def _of_this_hour(_model, alias, _query):
    """By the database's clock, which dates the rows."""
    return SQL("%s >= date_trunc('hour', now() AT TIME ZONE 'UTC')", SQL.identifier(alias, "create_date"))


class OptoamcPrivacyLog(models.Model):
    """Who saw, took out or erased a patient's data, and what became of a patient's demands.

    Nobody writes here: no role has the right, the module does as superuser. A row tells which
    data, never their value.
    """

    _name = "optoamc.privacy.log"
    _description = "Access to patients' data"
    _inherit = ["optoamc.guarded"]
    _order = "id desc"
    _rec_name = "event"

    create_date = fields.Datetime("On", readonly=True, index=True)
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True, ondelete="restrict", index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    event = fields.Selection(
        [
            ("read", "Data read"),
            ("export", "Data exported"),
            ("file", "File opened"),
            ("print", "Printed or sent"),
            ("probe", "Searched, sorted or grouped by"),
            ("withdrawal", "Consent withdrawn"),
            ("access", "Right of access"),
            ("portability", "Right to portability"),
            ("rectification", "Rectification"),
            ("opposition", "Opposition"),
            ("erasure", "Erasure"),
            ("retention", "Erased, kept long enough"),
            ("deletion", "Deleted"),
            ("merge", "Merged"),
            ("sharing", "Sharing between shops"),
            ("role", "Role given or taken"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    patient_id = fields.Many2one("res.partner", readonly=True, ondelete="set null", index="btree_not_null")
    model = fields.Char("Kind of record", readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="model", readonly=True)
    detail = fields.Char(readonly=True, help="Names of the data, or how many were erased; no value.")

    @api.model
    def _record(self, event, concerned, detail=False, company=None):
        """Add a row for each record.

        :param concerned: pairs of a record and the patient whose data it holds (maybe empty)
        :param detail: which data, or how many; never their value
        :param company: whose log it is; the record's, or the one that is worked in, when omitted
        """
        self._add(
            (event, record, patient, detail, company or self._company_of(record)) for record, patient in concerned
        )

    @api.model
    def _record_once(self, event, concerned):
        """Add a row for each shop, patient and kind of data that has none of this user in this hour: one insertion.

        :param concerned: triples of a record, the patient whose data it holds (maybe empty) and the kind of data
        """
        rows = {}
        for record, patient, detail in concerned:
            for company in self._companies_of(record):
                # Records of one kind are one row a patient; probes, which are nobody's, one a model.
                key = (company.id, patient.id, False if patient else record._name, detail)
                rows.setdefault(key, (event, record, patient, detail, company))
        if not rows:
            return
        # The row is looked for first: most are there, and a replica can tell.
        known = (
            Domain("user_id", "=", self.env.uid)
            & Domain("event", "=", event)
            & Domain.custom(to_sql=_of_this_hour)
            & Domain("patient_id", "in", list({patient for _company, patient, *_ in rows}))
            & Domain("company_id", "in", list({company for company, *_ in rows}))
        )
        for row in self.sudo().search_fetch(known, ["company_id", "patient_id", "model", "detail"]):
            rows.pop((row.company_id.id, row.patient_id.id, False if row.patient_id else row.model, row.detail), None)
        self._add(rows.values())

    @api.model
    def _record_refused(self, concerned):
        """:meth:`_record_once` of probes that are refused: the row stays though the transaction does not."""
        self._require_primary()
        try:
            with mute_logger("odoo.sql_db"), self.env.registry.cursor() as cr:
                self.with_env(self.env(cr=cr))._record_once("probe", concerned)
                self.env(cr=cr).flush_all()
        except psycopg2.Error as error:
            # Who is refused is refused all the same.
            _logger.warning("optoamc: a refused search was not logged (%s)", type(error).__name__)

    @api.model
    def _company_of(self, record):
        """Whose log tells of a record: its own company's, and for a contact the one that is worked in."""
        own = record._name != "res.partner" and "company_id" in record._fields and record.sudo().company_id
        return own or self.env.company

    @api.model
    def _companies_of(self, record):
        """Whose logs tell of what is done with a record; with none, of a probe: it goes through all that is read."""
        if record or not (record._name.startswith(OWN_MODELS) and "company_id" in record._fields):
            return self._company_of(record)
        readable = self.env["optoamc.patient.sharing"]._readable_companies(self.env.companies.ids)
        return self.env["res.company"].browse(sorted(readable))

    def _require_primary(self):
        """Make Odoo begin again on the primary database, without an error of PostgreSQL's in the server's log."""
        if self.env.cr.readonly:
            raise psycopg2.errors.ReadOnlySqlTransaction("The access log is written on the primary database")

    @api.model
    def _add(self, rows):
        if not (rows := list(rows)):
            return
        self._require_primary()
        self.sudo().create(
            [
                {
                    "user_id": self.env.uid,
                    "company_id": company.id,
                    "event": event,
                    "patient_id": patient.id,
                    "model": record._name,
                    "res_id": record.id,
                    "detail": detail,
                }
                for event, record, patient, detail, company in rows
            ]
        )
