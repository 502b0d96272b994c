from odoo import api, models
from odoo.exceptions import AccessError


class OptoamcAccessLogged(models.AbstractModel):
    """Patients' data whose every delivery to a person, and every correction, leaves a trail.

    A delivery is by a screen, an export, RPC or a download. What the module itself reads on the
    way (to build a message, to check a number) is none.
    """

    _name = "optoamc.access.logged"
    _description = "Patient's data with a trail"

    _logged_fields = ()  # reading them is logged
    _traced_fields = ()  # correcting them is

    def _logged_patient(self):
        """Whose data the record holds; empty for nobody's."""
        raise NotImplementedError

    def _log_delivery(self, event, names):
        """Log that the user gets these fields of the records in which they are filled in."""
        names = [name for name in self._logged_fields if name in names]
        if self.env.su or not names:
            return
        filled = self.filtered(lambda record: any(record[name] for name in names))
        if found := [(record, record._logged_patient()) for record in filled]:
            labels = ", ".join(self._fields[name]._description_string(self.env) for name in names)
            self.env["optoamc.privacy.log"]._record(event, found, labels)

    def _read_format(self, fnames, load="_classic_read"):
        result = super()._read_format(fnames, load)
        self.browse(values["id"] for values in result if isinstance(values["id"], int))._log_delivery("read", fnames)
        return result

    def web_read(self, specification):
        return super().web_read(specification)

    # A form's reading is logged: on a cursor that only reads, Odoo would begin it twice.
    web_read._readonly = False

    def write(self, vals):
        for record, names in self._corrections(vals):
            if patient := record._logged_patient():
                labels = ", ".join(self._fields[name]._description_string(self.env) for name in names)
                self.env["optoamc.privacy.log"]._record("rectification", [(record, patient)], labels)
        return super().write(vals)

    def _corrections(self, vals):
        """The records, each with the traced fields in which a value takes another's place."""
        traced = [name for name in self._traced_fields if vals.get(name)]
        for record in self.sudo() if traced else ():
            fields = (self._fields[name] for name in traced if record[name])
            names = [
                field.name
                for field in fields
                if field.convert_to_cache(vals[field.name], record)
                != field.convert_to_cache(record[field.name], record)
            ]
            if names:
                yield record, names

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        self._log_delivery("export", [path[0] for path in fields if path])
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    @api.model
    def _read_group_groupby(self, alias, groupby_spec, query):
        self._refuse_aggregate(groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        self._refuse_aggregate(aggregate_spec)
        return super()._read_group_select(aggregate_spec, query)

    def _refuse_aggregate(self, spec):
        """:raises AccessError: values would come out of a group, past the log"""
        if not self.env.su and spec.partition(":")[0].partition(".")[0] in self._logged_fields:
            raise AccessError(self.env._("Records are not grouped by a protected number."))
