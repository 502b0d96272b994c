"""What people typed and attached about a patient, and what was printed or mailed, in a record's history."""

#: Messages that people write or receive; what the record itself logs tells no health data.
WRITTEN = ("comment", "email", "email_outgoing")


def erase_history(records):
    """Delete the notes, mails, activities and files of these records; Odoo's own log of them stays."""
    records.activity_ids.unlink()
    # A done activity leaves its note, and what was said of it.
    records.message_ids.filtered(lambda told: told.message_type in WRITTEN or told.mail_activity_type_id).unlink()
    attached = [("res_model", "=", records._name), ("res_id", "in", records.ids), ("res_field", "=", False)]
    records.env["ir.attachment"].search(attached).unlink()
