"""What is told of many records: in their chatter, to who follows them, and to who acted on a selection of them."""

from odoo import fields

from .labelled import labelled

#: How many refusals of a selection are told one by one.
TOLD = 10


def log_messages(messages):
    """Log messages in the chatter of some records of one model; a record may get several.

    :param messages: list of (record, body)
    """
    while messages:
        now, later = {}, []
        for record, body in messages:
            if record in now:
                later.append((record, body))
            else:
                now[record] = body
        records = messages[0][0].browse().concat(*now)
        records._message_log_batch({record.id: body for record, body in now.items()})
        messages = later


def schedule(records, kind, activities):
    """Schedule activities of one kind, as Odoo's ``activity_schedule`` does, each with words of its own.

    :param records: of the activities' model
    :param kind: the external identifier of the activities' type
    :param activities: list of dicts ``{"res_id", "summary", "note", "user_id"}``
    """
    env = records.env
    if not activities or env.context.get("mail_activity_automation_skip"):
        return
    common = {
        "activity_type_id": env.ref(kind).id,
        "automated": True,
        "date_deadline": fields.Date.context_today(records),
        "res_model_id": env["ir.model"]._get(records._name).id,
    }
    env["mail.activity"].create([common | activity for activity in activities])


def told(done, message, refusals):
    """What a person is told who acted on a selection.

    :param done: the records that are done
    :param refusals: by record, why not, see :func:`.transactions.save_batches`
    :return: a client action
    """
    lines = [message, *(labelled(done.env, record.display_name, why) for record, why in refusals.items())][: TOLD + 1]
    if (left := len(refusals) - TOLD) > 0:
        lines.append(done.env._("and %s others: try them again to see why.", left))
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": "success" if done and not refusals else "warning",
            "sticky": bool(refusals),
            "message": "\n".join(lines),
            "next": {"type": "ir.actions.client", "tag": "soft_reload"},
        },
    }
