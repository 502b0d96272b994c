from __future__ import annotations

from odoo import api, models, tools
from odoo.exceptions import AccessError

#: Marks, in a context, SQL that shows nothing by itself: no caller can send this object.
_NO_PROBE = object()


class OptoamcAccessLogged(models.AbstractModel):
    """Patients' data of which every delivery to a person, probe, correction and deletion leaves a trail.

    A delivery is by a screen, an export, RPC or a download; a probe is a condition, an order or a group that
    tells a value without showing it. What the module itself reads on the way (to build a message, to check a
    number) is none: it does so as superuser, or past ``read``.
    """

    _name = "optoamc.access.logged"
    _description = "Patient's data with a trail"

    _logged_fields = ()  # reading or probing them is logged
    _logged_by_field = False  # whether each of them is a kind of data of its own, or the record is one
    _ungrouped_fields = ()  # nobody groups by them or aggregates them
    _traced_fields = ()  # correcting them is logged
    _traced_deletion = False  # deleting the record is

    def _optoamc_logged_patient(self):
        """Whose data the record holds; empty for nobody's."""
        raise NotImplementedError

    def _logged_kinds(self, names):
        """Name the kinds of data that these fields are, for the user who reads them."""
        if self._logged_by_field:
            return [self._fields[name]._description_string(self.env) for name in names]
        return [self._kind_of_record()]

    @api.model
    @tools.ormcache("self.env.lang")
    def _kind_of_record(self):
        # A query for each form that is opened, for what changes with a version of the module.
        return self.env["ir.model"]._get(self._name).name

    # -- handed over --------------------------------------------------------------------------

    def _optoamc_log_delivery(self, event, names):
        """Log that the user gets these fields of the records in which they are filled in."""
        names = [name for name in self._logged_fields if name in names]
        if self.env.su or not names:
            return
        found = []
        for record in self:
            own = record.sudo()
            if filled := [name for name in names if own[name]]:
                patient = own._optoamc_logged_patient()
                found += [(own, patient, kind) for kind in record._logged_kinds(filled)]
        self.env["optoamc.privacy.log"]._record_once(event, found)

    def _read_format(self, fnames, load="_classic_read"):
        result = super()._read_format(fnames, load)
        if not self.env.su and not set(self._logged_fields).isdisjoint(fnames):
            read = self.browse(values["id"] for values in result if isinstance(values["id"], int))
            read._optoamc_log_delivery("read", fnames)
        return result

    def web_read(self, specification):
        return super().web_read(specification)

    # A form's reading is logged: on a cursor that only reads, Odoo would begin it twice.
    web_read._readonly = False

    def onchange(self, values, field_names, fields_spec):
        self._optoamc_log_delivery("read", fields_spec)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        found = super().name_search(name, domain, operator, limit)
        self.browse(record_id for record_id, _name in found)._optoamc_log_delivery("read", ["display_name"])
        return found

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        self._optoamc_log_delivery("export", [path[0] for path in fields if path])
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    # -- probed -------------------------------------------------------------------------------

    def _optoamc_unprobed(self):
        """These records, for what nobody probes by: the module's own search, or reading. With the user's rights."""
        return self.with_context(optoamc_sql=_NO_PROBE)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Every condition, order, group and aggregate comes by here, along whatever path; and so does fetching."""
        name = field_expr.partition(".")[0]
        if name in self._logged_fields and not self.env.su and self.env.context.get("optoamc_sql") is not _NO_PROBE:
            self.env["optoamc.privacy.log"]._record_once("probe", [self._probe(name)])
        return super()._field_to_sql(alias, field_expr, query)

    def _fetch_query(self, query, fields):
        if self.env.su or not any(field.name in self._logged_fields for field in fields):
            return super()._fetch_query(query, fields)
        quiet = self._optoamc_unprobed()
        return super(OptoamcAccessLogged, quiet)._fetch_query(query, fields).with_env(self.env)

    def _order_to_sql(self, order, query, alias=None, reverse=False):
        """The order in which records stand anyway probes nothing."""
        is_usual = not order or order == self._order
        if not is_usual or not any(name in self._order for name in self._logged_fields):
            return super()._order_to_sql(order, query, alias, reverse)
        quiet = self._optoamc_unprobed()
        return super(OptoamcAccessLogged, quiet)._order_to_sql(order, query, alias, reverse)

    @api.model
    def _read_group_groupby(self, alias, groupby_spec, query):
        self._refuse_aggregate(groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        self._refuse_aggregate(aggregate_spec)
        return super()._read_group_select(aggregate_spec, query)

    def _refuse_aggregate(self, spec):
        """:raises AccessError: values would come out of a group"""
        name = spec.partition(":")[0].partition(".")[0]
        if not self.env.su and name in self._ungrouped_fields:
            self.env["optoamc.privacy.log"]._record_refused([self._probe(name)])
            raise AccessError(self.env._("Records are not grouped by a protected number."))

    def _probe(self, name):
        label = self._fields[name]._description_string(self.env)
        return self.browse(), self.env["res.partner"], label

    # -- corrected, deleted -------------------------------------------------------------------

    def write(self, vals):
        corrected = [
            (record, names, record._optoamc_logged_patient()) for record, names in self._optoamc_corrected(vals)
        ]
        result = super().write(vals)
        for record, names, patient in corrected:
            # What was emptied and is typed anew makes a patient of the person again.
            record._optoamc_log_correction(names, patient or record._optoamc_logged_patient())
        return result

    def _optoamc_log_correction(self, names, patient, company=None):
        """Log that these fields of the record were corrected.

        :param patient: whose data they are; nothing is logged of nobody's
        :param company: as :meth:`OptoamcPrivacyLog._record` takes it
        """
        if patient:
            labels = ", ".join(self._fields[name]._description_string(self.env) for name in names)
            self.env["optoamc.privacy.log"]._record("rectification", [(self, patient)], labels, company)

    def _optoamc_corrected(self, vals):
        """The records, each with the traced fields whose value changes: also to none, or from none."""
        # As superuser the module works: erasure and merges have rows of their own.
        traced = [] if self.env.su else [name for name in self._traced_fields if name in vals]
        for record in self.sudo() if traced else ():
            names = [
                field.name
                for field in map(self._fields.get, traced)
                if (field.convert_to_cache(vals[field.name], record) or None)
                != (field.convert_to_cache(record[field.name], record) or None)
            ]
            if names:
                yield record, names

    def unlink(self):
        if self._traced_deletion and not self.env.su:
            found = [(record, record._optoamc_logged_patient()) for record in self.sudo()]
            deleted = [pair for pair in found if pair[1]]
            self.env["optoamc.privacy.log"]._record("deletion", deleted, self._kind_of_record())
        return super().unlink()
