from odoo import fields, models


class OptoamcLiveScreen(models.AbstractModel):
    """A screen that opens as a new record and writes what is typed on it to the records that it shows.

    A browser sends all of a new record, not what was typed. It may have drawn it from its memory, and the records may
    have changed since then: what the screen showed goes along, and what is sent unlike that was typed. A form holds
    the field with ``force_save``, and ``_compute_shown`` depends on what leads to the records alone.
    """

    _name = "optoamc.live.screen"
    _description = "Screen that writes to what it shows"
    _inherit = ["optoamc.own.screen"]

    shown = fields.Json("Shown at first", compute="_compute_shown")

    def _compute_shown(self):
        for screen in self:
            screen.shown = {
                name: field.convert_to_write(screen[name], screen)
                for name, field in self._fields.items()
                if field.inverse and not field.store and not field.readonly
            }

    def _write_typed(self, vals):
        """Write what was typed and differs: a dossier works out a lot from each value written.

        :param vals: all values of the new record, with ``shown`` where it comes from a browser
        """
        self.ensure_one()
        shown = vals.get("shown") or {}
        self.write(
            {
                name: value
                for name, value in vals.items()
                if name != "shown"
                and (name not in shown or shown[name] != value)
                and self._fields[name].convert_to_write(self[name], self) != value
            }
        )
