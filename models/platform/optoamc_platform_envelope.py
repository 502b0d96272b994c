from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...lib.protocol.errors import OptoamcError
from ...lib.protocol.transport import Login, template


class OptoamcPlatform(models.Model):
    """What stands around a message, as a platform's papers say: envelope, headers, login call, compression."""

    _inherit = "optoamc.platform"

    transport = fields.Selection(
        selection_add=[("token", "HTTPS with a token")], ondelete={"token": lambda platforms: platforms._leave_token()}
    )
    access_key = fields.Char(
        "Access key",
        company_dependent=True,
        groups="base.group_system",
        copy=False,
        help="Another secret of this company's, which an envelope or a header may name {key}.",
    )
    body_template = fields.Text(
        "Envelope",
        groups="base.group_system",
        help="What stands around a message, with {message} where it goes; {message:text}, {message:cdata}, "
        "{message:base64} and {message:gzip} write it otherwise. {login}, {password}, {key}, {token}, {operation}, "
        "{nonce}, {created} and {digest} are filled in. XML, or the fields of a web form. "
        "Empty: what the WSDL says, or the bare message.",
    )
    http_headers = fields.Text(
        "HTTP headers", groups="base.group_system", help="One a line, which may name {key} and the like: X-Key: {key}"
    )
    is_digest = fields.Boolean(
        "Password as a digest",
        groups="base.group_system",
        help="WS-Security's PasswordDigest, with nonce and time, instead of the password itself.",
    )
    is_gzip = fields.Boolean("Send compressed", groups="base.group_system", help="Content-Encoding: gzip.")
    login_path = fields.Char(
        "Login path", groups="base.group_system", help="Path, below the address, of the call that returns a token."
    )
    login_template = fields.Text(
        "Login call",
        groups="base.group_system",
        help="Its body, as the envelope. Empty: OAuth 2's client credentials.",
    )
    token_name = fields.Char(
        "Name of the token",
        groups="base.group_system",
        help="In the login's answer, JSON or XML. Empty: access_token.",
    )
    token_seconds_name = fields.Char(
        "Name of its lifetime", groups="base.group_system", help="In seconds, in the same answer. Empty: expires_in."
    )

    @api.constrains("transport", "body_template", "http_headers", "login_path", "login_template")
    def _check_templates(self):
        """What cannot be read is refused where it is typed, not at the first request."""
        for platform in self.sudo():
            try:
                if platform.body_template:
                    template.body(platform.body_template)
                for text in platform._headers().values():
                    template.header(text)
                template.path(platform.login_path or "")
                template.login(platform.login_template or "")
            except OptoamcError as error:
                raise ValidationError(
                    self.env._(
                        "%(platform)s: the envelope, a header or the login call cannot be read: %(detail)s",
                        platform=platform.name,
                        detail=error.detail,
                    )
                ) from error
            if platform.transport == "token" and not platform.login_path:
                raise ValidationError(
                    self.env._("%s: type the path of the login call that gives the token.", platform.name)
                )

    def _headers(self):
        """The HTTP headers besides the usual ones, ``{name: template of its value}``.

        :raises OptoamcError: ``configuration``, a line without a colon
        """
        headers = {}
        for line in filter(str.strip, (self.sudo().http_headers or "").splitlines()):
            name, colon, value = line.partition(":")
            if not colon:
                raise OptoamcError("configuration", self.env._("“%s” is not “Name: value”", line))
            headers[name.strip()] = value.strip()
        return headers

    def _endpoint_settings(self, company, mode):
        """What makes the endpoint of a company and mode; another module adds what its own transport needs.

        Whatever is returned is part of the connection's identity: a change opens another connection.

        :return: the arguments of :class:`~..lib.protocol.transport.Endpoint`
        :raises OptoamcError: ``configuration``
        """
        own = self.sudo().with_company(company)
        usual = {
            "template": own.login_template,
            "member": own.token_name,
            "seconds_member": own.token_seconds_name,
        }
        return {
            "key": own.access_key or "",
            "template": own.body_template or "",
            "headers": own._headers(),
            "is_digest": own.is_digest,
            "is_gzip": own.is_gzip,
            "login": Login(path=own.login_path or "", **{name: text for name, text in usual.items() if text}),
        }

    def _leave_token(self):
        """Without this module's token, the same address without one."""
        self.transport = "https"
