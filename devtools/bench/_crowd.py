"""Tables as full as those of a shop after years, in a moment: rows copied by the database itself."""

from typing import Any

from devtools.bench._shop import MODULE, Shop

INSURERS = 5000

#: So many requests or orders has a person.
_EACH = 100

#: What a search of any partner finds by its number: nobody else's begin so.
FIRST_AMC_NUMBER = 91_000_000


def fill_shop(env: Any, n: int) -> dict[str, Any]:
    """Have n dossiers with a request each, people, and 5,000 insurers; a dossier to be opened and its patient.

    :return: the ids of the last two, as ``order`` and ``partner``, and the optician's ``groups`` that are Odoo's own
    """
    shop = Shop(env)
    order = env.ref(f"{MODULE}.order_leroy").with_env(shop.env)
    request = shop.requests.create({"order_id": order.id, "contract_id": order.patient_id.main_contract_id.id})
    env.flush_all()
    insurers = _partners(env, request.insurer_id, INSURERS, amc_number=f"({FIRST_AMC_NUMBER} + new.number)::text")
    people = _partners(env, order.patient_id, n // _EACH, nir="NULL")  # nobody else's
    # Nearly all have been agreed to and sold; those of the last days are not.
    is_old = f"new.number <= {n} * 0.99"
    orders = _copies(
        env,
        order,
        n,
        name="'B' || new.number",
        patient_id=_one_of(people),
        partner_id=_one_of(people),
        state=f"CASE WHEN {is_old} THEN 'sale' ELSE 'draft' END",
        date_order=_over_years(n),
        create_date=_over_years(n),
        optical_date=f"({_over_years(n)})::date",
        invoice_status=f"CASE WHEN {is_old} THEN 'invoiced' ELSE 'no' END",
    )
    _copies(
        env,
        request,
        n,
        name="'PEC/' || new.number",
        pec_number="'B' || new.number",
        order_id=f"{orders.start} + new.number - 1",
        patient_id=_one_of(people),
        insurer_id=_one_of(insurers),
        state=f"CASE WHEN {is_old} THEN 'granted' ELSE (ARRAY['granted', 'refused', 'pending', 'draft'])"
        "[1 + mod(new.number, 4)] END",
        transferred=is_old,
        granted_total="100 + mod(new.number, 300)",
        agreed_total="100 + mod(new.number, 300)",
        sent_at=_over_years(n),
        answered_at=_over_years(n),
        create_date=_over_years(n),
    )
    _settle(env)
    groups = shop.env.user.all_group_ids.get_external_id().values()
    own = [name for name in groups if not name.startswith(f"{MODULE}.")]
    return {"order": order.id, "partner": order.patient_id.id, "groups": own}


def fill_odoo(env: Any, n: int, groups: list[str]) -> dict[str, int]:
    """Have as many orders, people and companies without the module, for a user of the same groups.

    :return: ``order`` and ``partner``, as :func:`fill_shop`
    """
    user = env.ref("base.user_demo")
    user.write({"lang": "fr_FR", "tz": "Europe/Paris", "group_ids": [(6, 0, [env.ref(name).id for name in groups])]})
    partner = env["res.partner"].create({"name": "Camille LEROY", "street": "1 rue de la Vision", "city": "Paris"})
    products = env["product.product"].create(
        [{"name": name, "list_price": 100.0, "invoice_policy": "order"} for name in ("Right", "Left", "Frame")]
    )
    order = env["sale.order"].create(
        {
            "partner_id": partner.id,
            "user_id": user.id,
            "order_line": [(0, 0, {"product_id": product.id}) for product in products],
        }
    )
    order.action_confirm()
    env.flush_all()
    _partners(env, env["res.partner"].create({"name": "Company", "is_company": True}), INSURERS)
    people = _partners(env, partner, n // _EACH)
    _copies(
        env,
        order,
        n,
        name="'B' || new.number",
        partner_id=_one_of(people),
        date_order=_over_years(n),
        create_date=_over_years(n),
        invoice_status="'invoiced'",
    )
    _settle(env)
    return {"order": order.id, "partner": partner.id}


def _partners(env: Any, model: Any, count: int, **columns: str) -> range:
    name = "'Bench ' || new.number || ' ' || model.name"
    common = {"name": name, "complete_name": name, "commercial_partner_id": "new.id"}
    return _copies(env, model, count, **common, **columns)


def _copies(env: Any, model: Any, count: int, **columns: str) -> range:
    """Copy a record's row, which is called ``model``, so often; its rows in other tables stay its own.

    :param columns: what differs, as SQL of the copy's ``new.id`` and ``new.number``, from 1 on
    :return: the ids, in the order of the numbers
    """
    table, cr = model._table, env.cr
    cr.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    names = {name: f'model."{name}"' for (name,) in cr.fetchall()} | {"id": "new.id"} | columns
    cr.execute(f"SELECT COALESCE(MAX(id), 0) + 1 FROM {table}")  # noqa: S608
    (first,) = cr.fetchone()
    cr.execute(
        f"""
        INSERT INTO {table} ({", ".join(f'"{name}"' for name in names)})
        SELECT {", ".join(names.values())}
          FROM {table} AS model, (SELECT %(first)s + number - 1 AS id, number
                                    FROM generate_series(1, %(count)s) AS number) AS new
         WHERE model.id = %(id)s
        """,  # noqa: S608 - columns of the model's own table
        {"first": first, "count": count, "id": model.id},
    )
    cr.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first + count - 1])
    return range(first, first + count)


def _one_of(ids: range) -> str:
    return f"{ids.start} + mod(new.number, {len(ids)})"


def _over_years(n: int) -> str:
    """A moment of the last two years, later for later numbers."""
    return f"now() AT TIME ZONE 'UTC' - INTERVAL '2 years' * (1 - new.number / {n}.0)"


def _settle(env: Any) -> None:
    """Leave the tables as autovacuum would."""
    env.invalidate_all()
    env.cr.execute("ANALYZE")
    env.cr.commit()
