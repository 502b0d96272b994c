from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...lib.protocol.errors import OptoamcError
from ...lib.protocol.messages import MessageKind
from ...lib.protocol.transport.faults import FAULT_CODES
from ...lib.protocol.transport.probe import Step, is_passed, probe

#: Seconds that a person waits in front of the screen for a platform that does not answer.
TIMEOUT_SECONDS = 10


class OptoamcPlatform(models.Model):
    """What a manager sees and does on a platform's form.

    A manager sets a company's login, password and certificate without being able to
    read the last two again: only whether they are there.
    """

    _inherit = "optoamc.platform"

    has_password = fields.Boolean("Password stored", compute="_compute_credentials", compute_sudo=True)
    certificate_end = fields.Datetime("Certificate valid until", compute="_compute_credentials", compute_sudo=True)
    certificate_ok = fields.Boolean(compute="_compute_credentials", compute_sudo=True)
    tested_at = fields.Datetime("Tested on", company_dependent=True, readonly=True, copy=False)
    is_reachable = fields.Boolean("Last test passed", company_dependent=True, readonly=True, copy=False)
    diagnosis = fields.Text("Last test", company_dependent=True, readonly=True, copy=False)
    operation_names = fields.Text(
        "Operations",
        compute="_compute_operation_names",
        inverse="_inverse_operation_names",
        groups="base.group_system",
        help="One message a line with the platform's operation for it: OPAMCREQ = Demander.",
    )
    fault_names = fields.Text(
        "Fault codes",
        compute="_compute_fault_names",
        inverse="_inverse_fault_names",
        groups="base.group_system",
        help="One of the platform's codes a line with its meaning here: E42 = unknown_reference.",
    )

    @api.depends("password", "certificate_id")
    @api.depends_context("company")
    def _compute_credentials(self):
        for platform in self:
            platform.has_password = bool(platform.password)
            platform.certificate_end = platform.certificate_id.date_end
            platform.certificate_ok = platform.certificate_id.is_valid

    @api.depends("operations")
    def _compute_operation_names(self):
        for platform in self:
            platform.operation_names = _lines(platform.operations)

    def _inverse_operation_names(self):
        kinds = {kind.value for kind in MessageKind}
        for platform in self:
            operations = {}
            for line, kind, name in _pairs(platform.operation_names):
                if kind not in kinds or not name:
                    raise ValidationError(
                        self.env._(
                            "Operations: “%(line)s” is not a message, an equals sign and a name. Messages: %(kinds)s.",
                            line=line,
                            kinds=", ".join(sorted(kinds)),
                        )
                    )
                operations[kind] = name
            platform.operations = operations or False

    @api.depends("fault_codes")
    def _compute_fault_names(self):
        for platform in self:
            platform.fault_names = _lines(platform.fault_codes)

    def _inverse_fault_names(self):
        # Of an error that a platform answers with: never that nothing was sent, which has it sent again.
        meanings = set(FAULT_CODES.values())
        for platform in self:
            codes = {}
            for line, code, meaning in _pairs(platform.fault_names):
                if not code or meaning not in meanings:
                    raise ValidationError(
                        self.env._(
                            "Fault codes: “%(line)s” is not a code, an equals sign and a meaning. "
                            "Meanings: %(meanings)s.",
                            line=line,
                            meanings=", ".join(sorted(meanings)),
                        )
                    )
                codes[code] = meaning
            platform.fault_codes = codes or False

    # -- buttons ------------------------------------------------------------------------------

    def action_open_access(self):
        """The screen on which a company's login, password and certificate are typed."""
        self.ensure_one()
        return self.env["optoamc.platform.access"]._get_records_action(
            name=self.env._("Login and certificate"), target="new", context={"default_platform_id": self.id}
        )

    def action_open_kit(self):
        """The screen that proposes, checks and plays a dialect from the platform's papers."""
        self.ensure_one()
        return self.env["optoamc.platform.kit"]._get_records_action(
            name=self.env._("From the platform's papers"), target="new", context={"default_platform_id": self.id}
        )

    def action_test_connection(self):
        """*Tester la connexion*: diagnose step by step, keep the diagnosis on the form.

        No message is sent. A platform that answers is called again at once, if it was
        being left alone.

        :return: whether all that can be tried without a message was proved
        :raises AccessError: somebody else than who sets platforms up
        :raises UserError: the platform is disabled for the company
        """
        self.ensure_one()
        self.check_access("write")
        self._check_mode(self.env.company)
        steps = self._probe(self.env.company)
        passed = is_passed(steps)
        self.sudo().write(
            {
                "tested_at": fields.Datetime.now(),
                "is_reachable": passed,
                "diagnosis": "\n".join(step.line for step in steps),
            }
        )
        if all(step.ok is not False for step in steps):
            self.sudo()._count_calls([None])
        return passed

    def _probe(self, company):
        """The steps of the diagnosis (:class:`~..lib.protocol.transport.probe.Step`), the failed one last."""
        try:
            self._codec()
            endpoint = self._endpoint(company, self.with_company(company).mode)
        except (KeyError, OptoamcError) as error:
            return [Step("settings", False, self.env._("The platform's settings do not fit together: %s", error))]
        schema = Step("schema", True, self.env._("The table of fields and its schemas are read without error."))
        return [schema, *probe(replace(endpoint, read_timeout=min(TIMEOUT_SECONDS, endpoint.read_timeout)))]


def _lines(pairs):
    """``name = value``, one a line."""
    return "\n".join(f"{name} = {value}" for name, value in (pairs or {}).items())


def _pairs(text):
    """The line, the name and the value of each line that is not empty."""
    for line in filter(str.strip, (text or "").splitlines()):
        name, _equals, value = line.partition("=")
        yield line, name.strip(), value.strip()
