import base64
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...lib.protocol.errors import OptoamcError
from ...lib.protocol.transport import Box, template
from ...lib.protocol.transport.sftp import library

#: What ``ssh-keygen -l`` prints of a key.
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")

#: Kinds whose answers come later, and are fetched.
MAILBOXES = ("mailbox", "sftp")


class OptoamcPlatform(models.Model):
    """Platforms that answer later: where their answers are fetched, and how they are acknowledged."""

    _inherit = "optoamc.platform"

    transport = fields.Selection(
        selection_add=[("mailbox", "Mailbox over HTTPS"), ("sftp", "SFTP drop-box")],
        ondelete={"mailbox": "set default", "sftp": "set default"},
    )
    fetch_path = fields.Char(
        "Fetch path",
        groups="base.group_system",
        help="Below the address: the call that hands out the answers. SFTP: the folder that they lie in.",
    )
    fetch_template = fields.Text("Fetch call", groups="base.group_system", help="Its body, as the login call's.")
    acknowledge_path = fields.Char(
        "Acknowledgement path",
        groups="base.group_system",
        help="The call that says that an answer is stored, which may name {receipt}. "
        "Empty: the platform hands out each answer once, and one that is lost on its way is asked about.",
    )
    acknowledge_template = fields.Text(
        "Acknowledgement call", groups="base.group_system", help="Its body, which may name {receipt}."
    )
    ticket_name = fields.Char(
        "Name of the ticket",
        groups="base.group_system",
        help="Of the element, attribute or JSON member that holds it, in the receipt of a message and beside its "
        "answer. Empty: answers are known by the identifier that they repeat.",
    )
    receipt_name = fields.Char(
        "Name of the receipt",
        groups="base.group_system",
        help="Of what an answer, or a whole batch, is acknowledged by. Empty: the ticket.",
    )
    nothing_words = fields.Char(
        "Words of an empty box",
        groups="base.group_system",
        help="A text by which the fetch call's answer says that nothing waits, where it has words at all. Any other "
        "answer without a message is an error that the box shows.",
    )
    host_keys = fields.Text(
        "Server's fingerprints",
        groups="base.group_system",
        help="Of the SFTP server's keys, one a line, as the platform gives them: SHA256:… No other server is sent to.",
    )

    @api.constrains(
        "transport",
        *("fetch_path", "fetch_template", "acknowledge_path", "acknowledge_template", "host_keys"),
    )
    def _check_box(self):
        for platform in self.sudo():
            try:
                template.path(platform.fetch_path or "")
                template.login(platform.fetch_template or "")
                calls = (
                    template.path(platform.acknowledge_path or ""),
                    template.login(platform.acknowledge_template or ""),
                )
                if platform.transport == "sftp":
                    library()
            except OptoamcError as error:
                raise ValidationError(
                    self.env._(
                        "%(platform)s: the mailbox cannot be used: %(detail)s",
                        platform=platform.name,
                        detail=error.detail,
                    )
                ) from error
            if platform.transport in MAILBOXES and not platform.fetch_path:
                raise ValidationError(
                    self.env._("%s: type the path, or the folder, that the answers are fetched from.", platform.name)
                )
            if platform.acknowledge_path and not any("receipt" in call.places for call in calls):
                raise ValidationError(
                    self.env._("%s: the acknowledgement must name what it acknowledges: {receipt}.", platform.name)
                )
            platform._check_host_keys()

    def _check_host_keys(self):
        if wrong := [key for key in self._fingerprints() if not _FINGERPRINT.fullmatch(key)]:
            raise ValidationError(
                self.env._(
                    "%(platform)s: “%(key)s” is not the fingerprint of a key. Expected: SHA256: and 43 characters, "
                    "as the platform gives it or “ssh-keygen -l” prints it.",
                    platform=self.name,
                    key=wrong[0],
                )
            )
        if self.transport == "sftp" and not self._fingerprints():
            raise ValidationError(
                self.env._("%s: type the fingerprint of the SFTP server's key, as the platform gives it.", self.name)
            )

    def _fingerprints(self):
        return frozenset((self.sudo().host_keys or "").replace("=", "").split())

    def _endpoint_settings(self, company, mode):
        own = self.sudo().with_company(company)
        box = Box(
            fetch=own.fetch_path or "",
            fetch_template=own.fetch_template or "",
            acknowledge=own.acknowledge_path or "",
            acknowledge_template=own.acknowledge_template or "",
            ticket=own.ticket_name or "",
            receipt=own.receipt_name or "",
            nothing=own.nothing_words or "",
        )
        settings = super()._endpoint_settings(company, mode) | {"box": box, "host_keys": own._fingerprints()}
        key = own.certificate_id.private_key_id.with_context(bin_size=False)
        if own.transport == "sftp" and key.pem_key:
            settings |= {"private_key": base64.b64decode(key.pem_key), "key_password": key.password or ""}
        return settings
