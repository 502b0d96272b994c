"""What people wrote, received and attached about a person, in the history of any record."""

from __future__ import annotations

from odoo.addons.account.models.mail_message import bypass_token
from odoo.fields import Domain

#: Odoo's models that hang on a record by its model and id, and what they name these.
HANGING = {
    "mail.followers": ("res_model", "res_id"),
    "mail.activity": ("res_model", "res_id"),
    "mail.scheduled.message": ("model", "res_id"),
    "rating.rating": ("res_model", "res_id"),
}


def erase_history(records, keep=None):
    """Delete the messages, values tracked, followers, activities and files of these records.

    The log of journal entries that a restricted audit trail protects stays: it is part of the accounts.

    :param keep: attachments that something else wants kept
    """
    if not records:
        return
    env = records.env(su=True, context=records.env.context | {"active_test": False})
    for model, (model_field, id_field) in HANGING.items():
        if model in env:
            env[model].search([(model_field, "=", records._name), (id_field, "in", records.ids)]).unlink()
    messages = env["mail.message"].search([("model", "=", records._name), ("res_id", "in", records.ids)])
    attached = Domain("res_model", "=", records._name) & Domain("res_id", "in", records.ids)
    files = env["ir.attachment"].search(attached & Domain("res_field", "=", False)) | messages.attachment_ids
    erase_files(files - (keep or files.browse()))
    erase_messages(messages)


def erase_company_history(records, company):
    """Delete what one company's people wrote and attached on records that other companies have, too.

    :param company: whose messages and files go
    """
    env = records.env(su=True)
    of_model = Domain("model", "=", records._name) & Domain("res_id", "in", records.ids)
    messages = env["mail.message"].search(of_model & Domain("record_company_id", "=", company.id))
    attached = Domain("res_model", "=", records._name) & Domain("res_id", "in", records.ids)
    attached &= Domain("res_field", "=", False) & Domain("company_id", "=", company.id)
    erase_files(env["ir.attachment"].search(attached) | messages.attachment_ids)
    erase_messages(messages)


def erase_files(files):
    """Delete attachments; Odoo's clean-up takes their bytes from the disk."""
    files.exists().filtered(lambda file: not _is_audited(file, "res_model", file.env["account.move"])).unlink()


def erase_messages(messages):
    """Delete messages, with the notifications, mails and tracked values that hang on them."""
    audited = messages.filtered(
        lambda message: (
            message.message_type == "notification" and _is_audited(message, "model", message.env["account.move"])
        )
    )
    # What is logged of a contact is no part of the accounts: the audit trail protects it all the same.
    (messages - audited).with_context(bypass_audit=bypass_token).unlink()


def _is_audited(record, model_field, moves):
    return record[model_field] == moves._name and moves.browse(record.res_id)._is_protected_by_audit_trail()
