from __future__ import annotations

import logging

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..mixin.labelled import labelled
from ..mixin.transactions import commit_each
from ..request.states import DISPATCHED

_logger = logging.getLogger(__name__)

#: Records erased between two commits.
BATCH = 200

#: Events of the log that only tell of accesses; demands and erasures are proofs, and stay.
ACCESSES = ("read", "export", "file", "print", "probe")


class OptoamcRetention(models.Model):
    """How long a shop keeps a kind of data; a cron erases it afterwards.

    A default comes with its source; one that was not found in any is marked, for the manager to
    confirm. Each shop has its own times, as a controller of its own, and the cron works for one after the other.
    Nothing is kept for ever, and nothing goes before the shop may need it.
    """

    _name = "optoamc.retention"
    _description = "Retention time"
    _inherit = ["optoamc.seed.data.mixin", "optoamc.guarded"]
    _order = "sequence, id"

    sequence = fields.Integer(readonly=True)
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
    months = fields.Integer(compute="_compute_months", inverse="_inverse_months")
    months_default = fields.Integer("Default (months)", required=True, readonly=True, aggregator=None)
    months_own = fields.Integer("The shop's own (months)", company_dependent=True, readonly=True, aggregator=None)
    months_min = fields.Integer("At least", readonly=True, aggregator=None)
    is_proposal = fields.Boolean("Without a published figure", readonly=True)
    is_confirmed = fields.Boolean("Confirmed by the shop", company_dependent=True, readonly=True)
    is_to_confirm = fields.Boolean(
        "To confirm",
        compute="_compute_is_to_confirm",
        inverse="_inverse_is_to_confirm",
        search="_search_is_to_confirm",
        help="No published figure was found: the time is a proposal, for the manager to confirm.",
    )
    counted_from = fields.Char(readonly=True, translate=True)
    source = fields.Text(readonly=True, translate=True, help="Where the default comes from.")
    last_run = fields.Datetime(company_dependent=True, readonly=True)
    last_count = fields.Integer("Erased then", company_dependent=True, readonly=True, aggregator=None)

    _kind_uniq = models.Constraint("UNIQUE(kind)", "Each kind of data has one retention time.")

    @api.depends("months_own", "months_default")
    @api.depends_context("company")
    def _compute_months(self):
        for retention in self:
            retention.months = retention.months_own or retention.months_default

    def _inverse_months(self):
        for retention in self:
            retention._check_months()
            # Who types a time has confirmed it.
            retention.sudo().write({"months_own": retention.months, "is_confirmed": True})

    @api.depends("is_proposal", "is_confirmed")
    @api.depends_context("company")
    def _compute_is_to_confirm(self):
        for retention in self:
            retention.is_to_confirm = retention.is_proposal and not retention.is_confirmed

    def _inverse_is_to_confirm(self):
        for retention in self:
            retention.sudo().is_confirmed = not retention.is_to_confirm

    def _search_is_to_confirm(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("is_proposal", "=", True), ("is_confirmed", "=", False)]

    def _check_months(self):
        """:raises ValidationError: a time that is too short, or none"""
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

    @api.model
    def _months(self, kind):
        """How many months the shop keeps a kind of data."""
        return self.sudo().search([("kind", "=", kind)], limit=1).months

    @api.model
    def _cron_erase(self):
        """Erase what each shop has kept long enough, a batch a commit, and report it in the shop's privacy log."""
        kinds = self.search([])
        companies = self.env["res.company"].search([])
        # A kind whose backlog takes the whole run is the last one of the next.
        due = [retention for company in companies for retention in kinds.with_company(company)]
        for retention in sorted(due, key=lambda kind: (bool(kind.last_run), kind.last_run)):
            limit = fields.Datetime.now() - relativedelta(months=retention.months)
            count, left = retention._erase_before(limit)
            retention.write({"last_run": fields.Datetime.now(), "last_count": count})
            if count:
                concerned = [(retention, self.env["res.partner"])]
                detail = labelled(self.env, retention.name, count)
                retention.env["optoamc.privacy.log"]._record("retention", concerned, detail)
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

    def _own(self):
        """The records of the company whose times these are: a domain."""
        return Domain("company_id", "=", self.env.company.id)

    def _past_exchange(self, limit):
        return self.env["optoamc.exchange"].search(
            self._own()
            & Domain(
                [
                    ("create_date", "<", limit),
                    ("xml", "!=", False),
                    "|",
                    ("request_id", "=", False),
                    ("request_id.state", "not in", DISPATCHED),
                ]
            )
        )

    def _erase_exchange(self, exchanges):
        exchanges._erase()

    def _past_request(self, limit):
        return self.env["optoamc.request"].search(
            self._own()
            & Domain(
                [
                    ("create_date", "<", limit),
                    ("state", "not in", DISPATCHED),
                    "|",
                    "|",
                    ("line_ids.name", "!=", False),
                    ("insurer_message", "!=", False),
                    ("later_answer", "!=", False),
                ]
            )
        )

    def _erase_request(self, requests):
        requests._erase()

    def _past_prescription(self, limit):
        # An old prescription that a dossier has just taken up is not old to the shop.
        return (
            self.env["optoamc.prescription"]
            .with_context(active_test=False)
            .search(
                self._own()
                & Domain(
                    [
                        ("date", "<", limit.date()),
                        ("create_date", "<", limit),
                        # A copy is kept until the prescription expires, however long that is.
                        "|",
                        ("valid_until", "=", False),
                        ("valid_until", "<", self.env.company._optoamc_today()),
                    ]
                )
            )
        )

    def _erase_prescription(self, prescriptions):
        prescriptions._erase()

    def _past_patient(self, limit):
        """Patients for whom nothing was ordered, prescribed, covered or asked since."""
        # In SQL as sets: a shop has tens of thousands of patients.
        partners = self.env["res.partner"].with_context(active_test=False)
        own = self._own()
        contracts = self.env["optoamc.contract"]._read_group(own & Domain("active", "=", True), ["partner_id"])
        health = Domain("id", "in", [patient.id for (patient,) in contracts])
        health |= Domain("nir", "!=", False) | Domain("birthdate", "!=", False)
        since = [
            ("sale.order", "patient_id", [("create_date", ">=", limit)]),
            ("optoamc.prescription", "patient_id", [("create_date", ">=", limit)]),
            ("optoamc.request", "patient_id", ["|", ("create_date", ">=", limit), ("state", "in", DISPATCHED)]),
            ("optoamc.contract", "partner_id", [("write_date", ">=", limit), ("active", "=", True)]),
        ]
        busy = set()
        for model, path, domain in since:
            records = self.env[model].with_context(active_test=False)
            busy.update(partner.id for (partner,) in records._read_group(own & Domain(domain), [path]))
        old = Domain("create_date", "<", limit) & Domain("is_company", "=", False)
        return partners.search(old & health).filtered(
            lambda partner: partner.id not in busy and not partner.dependant_ids
        )

    def _erase_patient(self, patients):
        for patient in patients:
            patient._optoamc_erase_personal_data()
            self.env["optoamc.privacy.log"]._record("retention", [(patient, patient)], self.name)

    def _past_consent(self, limit):
        """Consents that ended: they prove what was sent until nobody can claim any more."""
        ended = Domain("withdrawn_on", "<", limit.date()) | Domain("expires_on", "<", limit.date())
        return self.env["optoamc.consent"].search(self._own() & ended)

    def _erase_consent(self, consents):
        consents.unlink()

    def _past_log(self, limit):
        return self.env["optoamc.privacy.log"].search(
            self._own() & Domain("create_date", "<", limit) & Domain("event", "in", ACCESSES)
        )

    def _erase_log(self, rows):
        rows.unlink()

    # What an erasure has left ends with its own day: the person is erased once more.

    def _past_contract(self, limit):
        return self.env["optoamc.kept.data"]._past(Domain("kind", "=", "contract") & self._own())

    def _erase_contract(self, patients):
        self._erase_patient(patients)

    def _past_accounting(self, limit):
        return self.env["optoamc.kept.data"]._past(Domain("kind", "!=", "contract") & self._own())

    def _erase_accounting(self, patients):
        self._erase_patient(patients)
