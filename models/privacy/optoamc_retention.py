from __future__ import annotations

import logging

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..mixin.transactions import commit_each
from ..request.states import DISPATCHED

_logger = logging.getLogger(__name__)

#: Records erased between two commits.
BATCH = 200

#: Events of the log that only tell of accesses; demands and erasures are proofs, and stay.
ACCESSES = ("read", "export", "file", "probe")


def _is_filled(alias, name):
    """Whether a column by company holds a value of any of them."""
    column = SQL.identifier(alias, name)
    return SQL("(%s IS NOT NULL AND jsonb_strip_nulls(%s) <> '{}')", column, column)


class OptoamcRetention(models.Model):
    """How long a kind of data is kept; a cron erases it afterwards.

    A default comes with its source; one that was not found in any is marked, for the manager to
    confirm. Nothing is kept for ever, and nothing goes before the shop may need it.
    """

    _name = "optoamc.retention"
    _description = "Retention time"
    _inherit = ["optoamc.seed.data.mixin", "optoamc.guarded"]
    _order = "sequence, id"

    sequence = fields.Integer()
    name = fields.Char("Data", required=True, readonly=True, translate=True)
    kind = fields.Selection(
        [
            ("exchange", "Messages"),
            ("request", "Requests"),
            ("prescription", "Prescriptions"),
            ("patient", "Patients"),
            ("consent", "Consents"),
            ("log", "Access log"),
            ("accounting", "Accounts"),
            ("contract", "Orders agreed"),
        ],
        required=True,
        readonly=True,
    )
    months = fields.Integer(required=True)
    months_min = fields.Integer("At least", readonly=True, aggregator=None)
    is_to_confirm = fields.Boolean(
        "To confirm", help="No published figure was found: the time is a proposal, for the manager to confirm."
    )
    counted_from = fields.Char(readonly=True, translate=True)
    source = fields.Text(readonly=True, translate=True, help="Where the default comes from.")
    last_run = fields.Datetime(readonly=True)
    last_count = fields.Integer("Erased then", readonly=True, aggregator=None)

    _kind_uniq = models.Constraint("UNIQUE(kind)", "Each kind of data has one retention time.")

    @api.constrains("months", "months_min")
    def _check_months(self):
        for retention in self:
            if retention.months < max(retention.months_min, 1):
                raise ValidationError(
                    self.env._(
                        "%(data)s: personal data are kept neither for ever nor too short. Type %(months)s months or "
                        "more.",
                        data=retention.name,
                        months=max(retention.months_min, 1),
                    )
                )

    def write(self, vals):
        # Who types a time has confirmed it.
        if "months" in vals:
            vals = {"is_to_confirm": False, **vals}
        return super().write(vals)

    @api.model
    def _months(self, kind):
        """How many months a kind of data is kept."""
        return self.sudo().search([("kind", "=", kind)], limit=1).months

    @api.model
    def _cron_erase(self):
        """Erase what was kept long enough, a batch a commit, and report it in the privacy log."""
        # A kind whose backlog takes the whole run is the last one of the next.
        kinds = self.search([]).sorted(lambda kind: (bool(kind.last_run), kind.last_run))
        for retention in kinds:
            limit = fields.Datetime.now() - relativedelta(months=retention.months)
            count, left = retention._erase_before(limit)
            retention.write({"last_run": fields.Datetime.now(), "last_count": count})
            if count:
                self.env["optoamc.privacy.log"]._record(
                    "retention", [(retention, self.env["res.partner"])], f"{retention.name}: {count}"
                )
                _logger.info("optoamc: %s %s erased, kept long enough", count, retention.kind)
            # What is left makes Odoo call again at once: a backlog is erased in one night.
            if not self.env["ir.cron"]._commit_progress(count, remaining=left):
                return

    def _erase_before(self, limit):
        """Erase this kind of data as far as it is older than a moment.

        :returns: how many records were erased, and how many are left for want of time
        """
        self.ensure_one()
        records = getattr(self, f"_past_{self.kind}")(limit)
        done = seen = 0

        def erase(batch):
            nonlocal done, seen
            done += self._erase_batch(batch)
            seen += len(batch)
            return 0  # counted by the caller, a kind at a time

        # Not a list: what is left is not known here.
        commit_each(self.env, (records[start : start + BATCH] for start in range(0, len(records), BATCH)), erase)
        return done, len(records) - seen

    def _erase_batch(self, batch):
        """Erase records; one that cannot be (a patient whose request is open, say) stops itself alone."""
        erase = getattr(self, f"_erase_{self.kind}")
        try:
            with self.env.cr.savepoint():
                erase(batch)
        except Exception as error:  # noqa: BLE001 - told below
            if len(batch) > 1:
                return sum(self._erase_batch(record) for record in batch)
            # No traceback: it may quote what was to be erased.
            _logger.warning("optoamc: %s cannot be erased (%s)", batch, type(error).__name__)
            return 0
        return len(batch)

    # -- what is old enough, and what erasing it means: one pair a kind -------------------------

    def _past_exchange(self, limit):
        return self.env["optoamc.exchange"].search(
            [
                ("create_date", "<", limit),
                ("xml", "!=", False),
                "|",
                ("request_id", "=", False),
                ("request_id.state", "not in", DISPATCHED),
            ]
        )

    def _erase_exchange(self, exchanges):
        exchanges._erase()

    def _past_request(self, limit):
        return self.env["optoamc.request"].search(
            [
                ("create_date", "<", limit),
                ("state", "not in", DISPATCHED),
                "|",
                ("line_ids.name", "!=", False),
                ("insurer_message", "!=", False),
            ]
        )

    def _erase_request(self, requests):
        requests._erase()

    def _past_prescription(self, limit):
        # An old prescription that a dossier has just taken up is not old to the shop.
        return (
            self.env["optoamc.prescription"]
            .with_context(active_test=False)
            .search(
                [
                    ("date", "<", limit.date()),
                    ("create_date", "<", limit),
                    # A copy is kept until the prescription expires, however long that is.
                    "|",
                    ("valid_until", "=", False),
                    ("valid_until", "<", fields.Date.today()),
                ]
            )
        )

    def _erase_prescription(self, prescriptions):
        prescriptions._erase()

    def _past_patient(self, limit):
        """Patients for whom nothing was ordered, prescribed, covered or asked since."""
        # In SQL as sets: a shop has tens of thousands of patients.
        partners = self.env["res.partner"].with_context(active_test=False)
        # Whichever shop's: the columns by company are looked at as a whole.
        contracts = self.env["optoamc.contract"]._read_group([("active", "=", True)], ["partner_id"])
        health = Domain("id", "in", [patient.id for (patient,) in contracts])
        for name in ("nir", "birthdate"):
            health |= Domain.custom(to_sql=lambda _model, alias, _query, name=name: _is_filled(alias, name))
        since = [
            ("sale.order", "patient_id", [("create_date", ">=", limit)]),
            ("optoamc.prescription", "patient_id", [("create_date", ">=", limit)]),
            ("optoamc.request", "patient_id", ["|", ("create_date", ">=", limit), ("state", "in", DISPATCHED)]),
            ("optoamc.contract", "partner_id", [("write_date", ">=", limit), ("active", "=", True)]),
        ]
        busy = set()
        for model, path, domain in since:
            records = self.env[model].with_context(active_test=False)
            busy.update(partner.id for (partner,) in records._read_group(domain, [path]))
        old = Domain("create_date", "<", limit) & Domain("is_company", "=", False)
        return partners.search(old & health).filtered(
            lambda partner: partner.id not in busy and not partner.dependant_ids
        )

    def _erase_patient(self, patients):
        holders = patients._optoamc_holders()
        for patient in patients:
            for company in self.env["res.company"].browse(holders.get(patient.id, ())):
                patient.with_company(company)._optoamc_erase_personal_data()

    def _past_consent(self, limit):
        """Consents that ended: they prove what was sent until nobody can claim any more."""
        ended = ["|", ("withdrawn_on", "<", limit.date()), ("expires_on", "<", limit.date())]
        return self.env["optoamc.consent"].search(ended)

    def _erase_consent(self, consents):
        consents.unlink()

    def _past_log(self, limit):
        return self.env["optoamc.privacy.log"].search([("create_date", "<", limit), ("event", "in", ACCESSES)])

    def _erase_log(self, rows):
        rows.unlink()

    # What an erasure has left ends with its own day: the person is erased once more.

    def _past_contract(self, limit):
        return self.env["optoamc.kept.data"]._past([("kind", "=", "contract")])

    def _erase_contract(self, patients):
        self._erase_patient(patients)

    def _past_accounting(self, limit):
        return self.env["optoamc.kept.data"]._past([("kind", "!=", "contract")])

    def _erase_accounting(self, patients):
        self._erase_patient(patients)
