"""What is done in Odoo to try the removal of the module. Each function runs in a process of its own (``in_odoo``)."""

from typing import Any

from odoo.tools import SQL

MODULE = "l10n_fr_optoamc"

#: A word that all technical names of the module contain.
MARK = "optoamc"

#: What a database is made of: title -> a query of one text a row.
_PARTS = {
    "model": "SELECT model FROM ir_model",
    "field": "SELECT model || '.' || name FROM ir_model_fields",
    "table": "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
    "column": "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'",
    "constraint": "SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "index": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    "function": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "sequence of PostgreSQL's": "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'",
    "scheduled action": "SELECT cron_name FROM ir_cron",
    "parameter": "SELECT key FROM ir_config_parameter",
    "sequence": "SELECT code FROM ir_sequence WHERE code IS NOT NULL AND company_id IS NULL",
    "group": "SELECT name->>'en_US' FROM res_groups",
    "access right": "SELECT name FROM ir_model_access",
    "rule": "SELECT name FROM ir_rule WHERE name IS NOT NULL",
    "menu": "SELECT name->>'en_US' FROM ir_ui_menu",
    "view": "SELECT name FROM ir_ui_view",
    "report": "SELECT report_name FROM ir_act_report_xml",
    "file of": "SELECT DISTINCT res_model FROM ir_attachment WHERE res_model LIKE '%optoamc%'",
}


def snapshot(env: Any) -> list[str]:
    """What the database is made of, one line a part."""
    found = set()
    for title, query in _PARTS.items():
        env.cr.execute(query)
        found |= {f"{title} {value}" for (value,) in env.cr.fetchall()}
    return sorted(found | _mentions(env))


#: Where the word may stay beside :func:`kept`: notices to browsers, which Odoo deletes day by day, and the list of the
#: modules that there are.
_NO_TRACE = ("bus_bus", "ir_module_module", "ir_module_module_dependency", "ir_logging")


def _mentions(env: Any) -> set[str]:
    """The columns in which the module's technical name stands, whichever table they are of."""
    env.cr.execute(
        """
        SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t
         USING (table_schema, table_name)
         WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE'
           AND c.data_type IN ('text', 'character varying', 'jsonb') AND table_name <> ALL(%s)
        """,
        [list(_NO_TRACE)],
    )
    found = set()
    books = SQL("id NOT IN %s", tuple(kept(env)) or (0,))
    for table, column in env.cr.fetchall():
        mentions = SQL(
            "SELECT count(*) FROM %s WHERE %s::text LIKE %s AND %s",
            SQL.identifier(table),
            SQL.identifier(column),
            f"%{MARK}%",
            books if table == "ir_model_data" else SQL("TRUE"),
        )
        if count := env.execute_query(mentions)[0][0]:
            found.add(f"mention {table}.{column} ({count})")
    return found


def kept(env: Any) -> list[int]:
    """The external names, by id, of what the books refer to, and of the module itself.

    Odoo deletes what nothing refers to: an invoiced patient, the article sold and the shop stay, as Odoo's records.
    """
    env.cr.execute(
        """
        SELECT id FROM ir_model_data
         WHERE model IN ('ir.module.module', 'account.journal', 'account.account') OR module = %s AND model IN
               ('res.company', 'res.partner', 'res.users', 'product.product', 'product.template', 'sale.order')
        """,
        [MODULE],
    )
    return [row for (row,) in env.cr.fetchall()]


def uninstall(env: Any) -> None:
    """Remove the module by Odoo's own button."""
    env["ir.module.module"].search([("name", "=", MODULE)]).button_immediate_uninstall()


def reinstall(env: Any) -> str:
    """Install it again by Odoo's own button, and ask the built-in insurer; returns the state of that request."""
    env["ir.module.module"].search([("name", "=", MODULE)]).button_immediate_install()
    company = env["res.company"].search([("chart_template", "=", "fr")], limit=1)
    company.finess = "750000018"
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    platform = env["optoamc.platform"].create({"name": "Essai"})
    platform.mode = "demo"
    insurer = env["res.partner"].create(
        {
            "name": "Mutuelle",
            "is_company": True,
            "is_amc": True,
            "amc_number": "75809429",
            "optoamc_platform_id": platform.id,
        }
    )
    patient = env["res.partner"].create({"name": "Jean PETIT", "birthdate": "1960-01-01", "company_id": company.id})
    contract = env["optoamc.contract"].create(
        {"partner_id": patient.id, "insurer_id": insurer.id, "member_number": "1012345678", "company_id": company.id}
    )
    lens = env["product.product"].create({"name": "Verre", "optical_category": "lens", "list_price": 100})
    order = env["sale.order"].create({"partner_id": patient.id, "order_line": [(0, 0, {"product_id": lens.id})]})
    request = env["optoamc.request"].create({"order_id": order.id, "contract_id": contract.id})
    return request.state


def sell(env: Any) -> dict[str, str]:
    """A new customer, an order and its invoice, paid, as in any Odoo; and the books of before can be opened."""
    company = env["res.company"].search([("chart_template", "=", "fr")], limit=1)
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    customer = env["res.partner"].create({"name": "Client d'après"})
    product = env["product.product"].create({"name": "Article d'après", "list_price": 100, "invoice_policy": "order"})
    order = env["sale.order"].create({"partner_id": customer.id, "order_line": [(0, 0, {"product_id": product.id})]})
    order.action_confirm()
    invoice = order._create_invoices()
    invoice.action_post()
    env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create(
        {}
    ).action_create_payments()
    for model in ("res.partner", "sale.order", "account.move", "res.company", "product.template"):
        records = env[model].with_context(active_test=False).search([])
        records.web_read({name: {} for name in env[model]._fields if env[model]._fields[name].store})
        env[model].get_views([(False, "list"), (False, "form")])
    order.copy()
    return {"order": order.state, "invoice": invoice.state, "payment": invoice.payment_state}
