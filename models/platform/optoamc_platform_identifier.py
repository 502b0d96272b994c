import secrets
import uuid

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Fewer random digits would meet by chance: a million messages do so once in 200 with 14 of them.
FEWEST_RANDOM_DIGITS = 14


class OptoamcPlatform(models.Model):
    """How a message is called, by which its answer is known: platforms do not all take a UUID."""

    _inherit = "optoamc.platform"

    identifier_kind = fields.Selection(
        [("uuid", "UUID (36 characters)"), ("digits", "Random digits"), ("sequence", "Prefix and number")],
        "Identifier of a message",
        required=True,
        default="uuid",
    )
    identifier_prefix = fields.Char("Identifier's prefix", size=12)
    identifier_digits = fields.Integer("Identifier's digits", default=20, required=True)
    identifier_sequence_id = fields.Many2one("ir.sequence", readonly=True, copy=False, groups="base.group_system")

    @api.constrains("identifier_kind", "identifier_digits")
    def _check_identifier(self):
        for platform in self:
            fewest = FEWEST_RANDOM_DIGITS if platform.identifier_kind == "digits" else 1
            if not fewest <= platform.identifier_digits <= 30:
                raise ValidationError(
                    self.env._(
                        "%(platform)s: an identifier has %(fewest)s to 30 digits.",
                        platform=platform.name,
                        fewest=fewest,
                    )
                )

    def _new_identifier(self):
        """The identifier of a new message, which no other message of the platform has.

        :return: as the platform wants it; a UUID without a platform
        """
        if self.identifier_kind == "digits":
            first = 10 ** (self.identifier_digits - 1)  # no zero in front, that somebody would drop
            return f"{self.identifier_prefix or ''}{first + secrets.randbelow(9 * first)}"
        if self.identifier_kind == "sequence":
            return self._identifier_sequence().next_by_id()
        return str(uuid.uuid4())

    def _like_identifier(self):
        """What an identifier looks like, for a message that is looked at and not sent."""
        if self.identifier_kind == "sequence":
            return f"{self.identifier_prefix or ''}{'1':0>{self.identifier_digits}}"
        return self._new_identifier()

    def _identifier_sequence(self):
        """The platform's numbers, begun when the first is drawn."""
        platform = self.sudo()
        if not platform.identifier_sequence_id:
            platform.identifier_sequence_id = (
                self.env["ir.sequence"]
                .sudo()
                .create(
                    {
                        "name": f"OptoAMC {self.name}",
                        "code": "l10n_fr_optoamc.identifier",
                        "implementation": "standard",
                        "company_id": False,
                    }
                )
            )
        shape = {"prefix": platform.identifier_prefix or False, "padding": platform.identifier_digits}
        sequence = platform.identifier_sequence_id
        if any(sequence[name] != value for name, value in shape.items()):
            sequence.write(shape)
        return sequence
