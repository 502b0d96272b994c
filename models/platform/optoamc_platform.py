from __future__ import annotations

import base64
import os
import threading
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ...lib.protocol.codec import Codec
from ...lib.protocol.dialect import Dialect
from ...lib.protocol.errors import OptoamcError
from ...lib.protocol.messages import MessageKind
from ...lib.protocol.transport import Endpoint, Transport, open_transport, scheme_of
from ...lib.protocol.transport.certificates import CertificateAdapter
from ...lib.protocol.transport.poster import check_address
from ...lib.protocol.transport.reach import Reach, is_inner, is_loopback
from ..mixin.one_line import check_one_line

MODES = [
    ("disabled", "Disabled"),
    ("demo", "Demonstration"),
    ("test", "Test"),
    ("production", "Production"),
]

#: The system administrator's word on machines of an inner network that platforms may be: names or addresses.
INNER_HOSTS = "l10n_fr_optoamc.internal_hosts"

#: Without these fields a message says nothing to this module, or not whose answer it is, or not what is paid.
VITAL_FIELDS = {
    MessageKind.REQUEST: {"header.exchange_id"},
    MessageKind.ANSWER: {"status", "header.reply_to", "lines[].line_number", "lines[].granted"},
    MessageKind.ACKNOWLEDGEMENT: {"accepted", "header.reply_to"},
    MessageKind.ELIGIBILITY_ANSWER: {"status", "header.reply_to"},
}

#: What goes into the headers of a call, or of a mail about the platform.
HEADER_FIELDS = (
    *("name", "url_production", "url_test", "url_demo", "dialect", "wsdl_name"),
    *("username", "password", "operations", "fault_codes"),
)

#: What a platform's codec is made of.
DIALECT_FIELDS = {"dialect", "table_file", "schema_ids"}

#: Open transports of this process, with the endpoint each was opened for: one HTTP session and
#: one reading of the WSDL per platform, shop and mode.
_transports: dict[tuple, tuple[Endpoint, Transport]] = {}
_transports_lock = threading.Lock()


class OptoamcPlatform(models.Model):
    """Who carries the messages to the insurers: an address, a dialect, credentials by company.

    A platform is shared by all companies: its address and its dialect are facts about it, changed by
    who may for all that use it (:mod:`.optoamc_platform_guard`). What one shop holds of its own (mode,
    login, password, certificate) is company-dependent.
    """

    _name = "optoamc.platform"
    _description = "OptoAMC platform"
    _inherit = ["optoamc.guarded", "optoamc.shared.data"]
    _order = "name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    mode = fields.Selection(
        MODES,
        default="disabled",
        company_dependent=True,
        help="Demonstration answers by the built-in insurer and never reaches a platform. "
        "What a test grants never reaches the books.",
    )
    insurer_ids = fields.One2many("res.partner", "optoamc_platform_id", "Insurers")

    # How it is reached.
    transport = fields.Selection([("soap", "SOAP"), ("https", "HTTPS")], required=True, default="soap")
    url_production = fields.Char("Production address")
    url_test = fields.Char("Test address")
    url_demo = fields.Char(
        "Demonstration address",
        help="An insurer simulated on this machine. Empty: the one built in.",
    )
    connect_timeout = fields.Integer("Connection time-out (s)", default=5, required=True)
    read_timeout = fields.Integer(
        "Answer time-out (s)", default=90, required=True, help="Of the norm: 90 seconds. Screens count down this one."
    )
    answer_limit_days = fields.Integer(
        "Answer limit (days)",
        default=30,
        required=True,
        help="A request not decided after this time expires, and a person is asked to follow.",
    )
    username = fields.Char(
        "Login", company_dependent=True, groups="base.group_system,l10n_fr_optoamc.group_manager", copy=False
    )
    password = fields.Char(company_dependent=True, groups="base.group_system", copy=False)
    certificate_id = fields.Many2one(
        "certificate.certificate", company_dependent=True, groups="base.group_system", copy=False
    )

    # What it speaks.
    dialect = fields.Char(required=True, default="open")
    table_file = fields.Binary("Table of fields (CSV)", groups="base.group_system")
    schema_ids = fields.Many2many("ir.attachment", string="XSD and WSDL files", groups="base.group_system")
    wsdl_name = fields.Char("WSDL file", default="open.wsdl")
    operations = fields.Json(
        "Operation of each message",
        groups="base.group_system",
        help="Name of the platform's operation for each message.",
    )
    fault_codes = fields.Json(
        "Meaning of the platform's fault codes",
        groups="base.group_system",
        help="Besides the codes of SOAP, of WS-Security and of the shipped dialect.",
    )

    @api.constrains("mode", "url_test", "url_production")
    def _check_address(self):
        """A mode whose address is missing is refused here, not at the first request."""
        for platform in self:
            if platform.mode in ("test", "production") and not platform[f"url_{platform.mode}"]:
                raise ValidationError(
                    self.env._(
                        "%(platform)s: type the address of the mode “%(mode)s” first.",
                        platform=platform.name,
                        mode=dict(self._fields["mode"]._description_selection(self.env))[platform.mode],
                    )
                )

    @api.constrains(*HEADER_FIELDS)
    def _check_headers(self):
        check_one_line(self, HEADER_FIELDS)

    @api.constrains("url_test", "url_production", "transport")
    def _check_urls(self):
        for platform in self:
            scheme = scheme_of(platform.transport)
            for url in (platform.url_test, platform.url_production):
                try:
                    check_address(url or f"{scheme}://localhost", scheme)
                except OptoamcError as error:
                    raise ValidationError(
                        self.env._(
                            "%(platform)s: health data may not be sent to “%(url)s”. The address must begin with "
                            "%(scheme)s:// and hold neither login nor password.",
                            platform=platform.name,
                            url=url,
                            scheme=scheme,
                        )
                    ) from error
                host = urlsplit(url or "").hostname or ""
                if is_inner(host) and not self._reach("production").names(host):
                    raise ValidationError(
                        self.env._(
                            "%(platform)s: “%(url)s” is on this machine or on an inner network, where no health data "
                            "is sent. If it is meant, the system administrator names the host in the system "
                            "parameter %(parameter)s.",
                            platform=platform.name,
                            url=url,
                            parameter=INNER_HOSTS,
                        )
                    )

    @api.constrains("url_demo")
    def _check_url_demo(self):
        for platform in self:
            if platform.url_demo and not is_loopback(platform.url_demo):
                raise ValidationError(
                    self.env._(
                        "The demonstration address of %s must be on this machine "
                        "(http://127.0.0.1:port…): a demonstration never reaches a platform.",
                        platform.name,
                    )
                )

    def _check_mode(self, company):
        """Whether the company may send to this platform.

        :raises UserError: disabled, on hold, or a copied database that must not send
        """
        mode = self.with_company(company).mode or "disabled"
        if mode == "disabled":
            raise UserError(
                self.env._(
                    "%(platform)s is disabled for %(company)s: a manager can switch it on "
                    "(Third-party payment › Configuration › Platforms).",
                    platform=self.name,
                    company=company.name,
                )
            )
        if mode != "demo" and self._is_neutralized():
            raise UserError(self.env._("This database is a neutralised copy: it may not reach a platform."))
        self._check_hold(company)

    @api.model
    def _is_neutralized(self):
        return self.env["ir.config_parameter"].sudo().get_param("database.is_neutralized")

    # -- what the platform speaks -------------------------------------------------------------

    @tools.ormcache("self.id")
    def _codec(self):
        """The codec of the platform's dialect, shipped or uploaded.

        :raises OptoamcError: ``dialect``, the uploaded table or a schema has an error
        """
        platform = self.sudo()
        if not platform.table_file:
            return Codec(Dialect.shipped(platform.dialect))
        files = {file.name: file.raw for file in platform.schema_ids}
        return Codec(Dialect(platform.dialect, base64.b64decode(platform.table_file), files))

    @tools.ormcache("self.id")
    def _has_own_table(self):
        """Whether the platform's dialect was uploaded: the file is not read again for each message."""
        return bool(self.sudo().table_file)

    def _supports(self, kind):
        """Whether the platform has a message: a table without a row for it says that it has not."""
        return kind in self._codec().dialect.layouts

    def _write_message(self, prepared):
        """The bytes of a message, for who pressed a button.

        :param prepared: :class:`...lib.protocol.codec.Prepared`, by this platform's codec
        :raises UserError: the platform's files do not allow it
        """
        try:
            return self._codec().write(prepared)
        except OptoamcError as error:
            raise UserError(
                self.env._(
                    "%(platform)s: its table of fields and its schema do not allow this message, which was not sent. "
                    "Tell the person who set the platform up: %(detail)s",
                    platform=self.name,
                    detail=error.detail,
                )
            ) from error

    @api.constrains(*DIALECT_FIELDS)
    def _check_dialect(self):
        for platform in self:
            names = platform.sudo().schema_ids.mapped("name")
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValidationError(
                    self.env._(
                        "%(platform)s has two files named %(names)s: remove the one that is out of date.",
                        platform=platform.name,
                        names=", ".join(twice),
                    )
                )
            try:
                platform._codec()
            except (KeyError, OptoamcError) as error:
                raise ValidationError(
                    self.env._(
                        "The files of %(platform)s do not make a dialect: %(error)s",
                        platform=platform.name,
                        error=error,
                    )
                ) from error
            if problems := list(platform._dialect_problems()):
                raise ValidationError("\n".join([platform.name, *problems]))

    def _dialect_problems(self):
        """What a table can be read with and the module cannot work with."""
        dictionary = self._codec().dialect.dictionary
        for option in sorted(dictionary.options.keys() - self.env["optoamc.field"]._options()):
            yield self.env._("The option “%s” has no switch (Configuration › Optional fields).", option)
        for kind in dictionary.messages:
            known = {field.attribute for field in dictionary.fields_of(kind)}
            vital = {*VITAL_FIELDS.get(kind, ())}
            if kind == MessageKind.REQUEST:
                groups = {attribute.rpartition(".")[0] for attribute in known}
                vital |= {f"{group}.line_number" for group in groups if group.startswith("equipment.")}
            for field in sorted(vital - known):
                yield self.env._(
                    "%(message)s has no row for “%(field)s”: nothing could be done with it.", message=kind, field=field
                )

    # -- how it is reached --------------------------------------------------------------------

    def _endpoint(self, company, mode):
        """Where and with what credentials to call, for one company in one mode.

        This is the last barrier: a demonstration only ever gets an address on
        this machine, a neutralised database never gets a platform's.

        :raises OptoamcError: ``blocked``, ``on_hold`` or ``configuration``
        """
        own = self.sudo().with_company(company)
        if self._hold_reason(company, mode):
            raise OptoamcError("on_hold", f"{self.name}: another database than the one of the switch-on")
        if mode not in ("demo", "test", "production"):
            raise OptoamcError("blocked", f"{self.name}: mode {mode}")
        if mode != "demo" and self._is_neutralized():
            raise OptoamcError("blocked", f"{self.name}: neutralised database")
        url = own[f"url_{mode}"]
        if mode == "demo" and url and not is_loopback(url):
            raise OptoamcError("blocked", f"{self.name}: demonstration address not on this machine")
        if mode != "demo" and not url:
            raise OptoamcError("configuration", f"{self.name}: no address for mode {mode}")
        dialect = self._codec().dialect
        reach = self._reach(mode)
        return Endpoint(
            kind=own.transport if url else "sandbox",
            url=url or self._sandbox_ledger(),
            wsdl=own.wsdl_name or "",
            files=dialect.files,
            dialect=dialect,
            roots={kind: layout.step.name.text for kind, layout in dialect.layouts.items()},
            operations={MessageKind(k): v for k, v in (own.operations or {}).items()},
            fault_codes=own.fault_codes or {},
            username=own.username or "",
            password=own.password or "",
            connect_timeout=own.connect_timeout,
            read_timeout=own.read_timeout,
            adapter=own._certificate_adapter(reach) if url else None,
            reach=reach,
            **own._endpoint_settings(company, mode),
        )

    def _address(self, company, mode):
        """The address that a company calls in a mode; empty for the insurer built in."""
        return self.sudo().with_company(company)[f"url_{mode}"] or ""

    @api.model
    def _reach(self, mode):
        """The machines that a mode may call: this one for a demonstration, the Internet's and those named else."""
        if mode == "demo":
            return Reach(is_local=True)
        named = self.env["ir.config_parameter"].sudo().get_param(INNER_HOSTS) or ""
        return Reach(hosts=frozenset(named.lower().replace(",", " ").split()))

    def _certificate_adapter(self, reach):
        """What presents the company's certificate to the platform; ``None`` without one.

        :raises OptoamcError: ``configuration``, the certificate is out of date or has no key
        """
        certificate = self.certificate_id.with_context(bin_size=False)
        if not certificate:
            return None
        key = certificate.private_key_id
        if not certificate.is_valid or not key.pem_key:
            raise OptoamcError("configuration", f"{self.name}: the certificate is out of date, or has no private key")
        return _adapter(
            base64.b64decode(certificate.pem_certificate),
            base64.b64decode(key.pem_key),
            key.password or None,
            reach,
        )

    def _sandbox_ledger(self):
        """The file in which the built-in insurer remembers what this database asked it."""
        folder = Path(tools.config.filestore(self.env.cr.dbname))
        folder.mkdir(parents=True, exist_ok=True)
        return str(folder / "optoamc_sandbox.sqlite")

    def _open_transport(self, company, mode, patience=None):
        """The transport of this process for a company and mode, opened once and shared.

        :param patience: wait for an answer no longer than this (seconds)
        :raises OptoamcError: ``blocked`` or ``configuration``
        """
        if (self.sudo().with_company(company).mode or "disabled") == "disabled":
            raise OptoamcError("blocked", f"{self.name}: disabled")
        # With the process: connections must not be shared with those it forks.
        key = (os.getpid(), self.env.cr.dbname, self.id, company.id, mode, patience)
        endpoint = self._endpoint(company, mode)
        if patience:
            endpoint = replace(endpoint, read_timeout=min(patience, endpoint.read_timeout))
        with _transports_lock:
            known, transport = _transports.get(key, (None, None))
            if known != endpoint:
                # Calls under way keep the old one until they end.
                transport = open_transport(endpoint)
                _transports[key] = endpoint, transport
            return transport


@lru_cache(maxsize=32)
def _adapter(certificate, key, password, _reach):
    """One adapter a certificate and a reach: an endpoint with another one would be another endpoint."""
    return CertificateAdapter(certificate, key, password)
