from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import format_date


class OptoamcShare(models.Model):
    """A third-party payer's part of one invoice.

    The invoice stays whole on the patient. The payer's part is moved by entries in the
    company's third-party journal, a *transfer* (Dr payer / Cr patient) and whatever undoes it
    later: a *reversal* (the invoice or the agreement changed), a *return* (the payer does not
    pay: back to the patient), a *write-off* (nobody will pay). A share is never deleted and
    its entries are never changed: its amounts and its state are what its entries say.
    """

    _name = "optoamc.share"
    _description = "Third-party payer's part of an invoice"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_maturity, id"
    _check_company_auto = True

    move_id = fields.Many2one(
        "account.move",
        "Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(related="move_id.company_id", store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection([("amo", "AMO"), ("amc", "AMC")], "Payer", required=True, readonly=True)
    rank = fields.Integer(
        readonly=True, aggregator=None, help="The payers' order: 0 the AMO, 1 the first insurer, 2 the second."
    )
    partner_id = fields.Many2one(
        "res.partner", "Third-party payer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    order_id = fields.Many2one("sale.order", "Dossier", required=True, readonly=True, index=True, ondelete="restrict")
    request_id = fields.Many2one("optoamc.request", readonly=True, index="btree_not_null", ondelete="restrict")
    pec_number = fields.Char("PEC no.", readonly=True, index="trigram")
    label = fields.Char(
        required=True, readonly=True, help="Invoice number and PEC number: all that the books and the FEC show."
    )
    line_ids = fields.One2many("account.move.line", "optoamc_share_id", "Journal items", readonly=True)

    invoice_date = fields.Date(related="move_id.invoice_date", store=True)
    date_maturity = fields.Date("Due date", readonly=True)
    amount_moved = fields.Monetary("Moved", compute="_compute_amounts", store=True)
    amount_reversed = fields.Monetary("Reversed", compute="_compute_amounts", store=True)
    amount_returned = fields.Monetary("Returned to the patient", compute="_compute_amounts", store=True)
    amount_written_off = fields.Monetary("Written off", compute="_compute_amounts", store=True)
    amount = fields.Monetary(
        compute="_compute_amounts",
        store=True,
        help="The payer's part: what was moved, less what was reversed or returned.",
    )
    amount_paid = fields.Monetary("Paid", compute="_compute_amounts", store=True)
    amount_residual = fields.Monetary("Open", compute="_compute_amounts", store=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("partial", "Partly paid"),
            ("paid", "Paid"),
            ("written_off", "Written off"),
            ("returned", "Returned"),
            ("reversed", "Reversed"),
        ],
        "Status",
        compute="_compute_amounts",
        store=True,
        index=True,
    )

    _request_uniq = models.UniqueIndex(
        "(move_id, request_id) WHERE request_id IS NOT NULL",
        "An insurer's agreement has one share on an invoice.",
    )
    _amo_uniq = models.UniqueIndex(
        "(move_id, order_id) WHERE request_id IS NULL",
        "The AMO has one share of an order on an invoice.",
    )
    _kind_request = models.Constraint(
        "CHECK((kind = 'amc') = (request_id IS NOT NULL))",
        "An insurer's share comes from its agreement, the AMO's from none.",
    )

    @api.depends("label", "partner_id")
    def _compute_display_name(self):
        for share in self:
            share.display_name = f"{share.label} · {share.partner_id.name}"

    @api.depends(
        "line_ids.balance", "line_ids.amount_residual", "line_ids.optoamc_share_entry", "line_ids.parent_state"
    )
    def _compute_amounts(self):
        for share in self:
            lines = share._payer_lines()
            round_ = (share.currency_id or share.env.company.currency_id).round
            balance = {
                entry: round_(sum(part.mapped("balance")))
                for entry, part in lines.grouped("optoamc_share_entry").items()
            }
            share.amount_moved = balance.get("transfer", 0.0)
            share.amount_reversed = 0.0 - balance.get("reversal", 0.0)
            share.amount_returned = returned = 0.0 - balance.get("return", 0.0)
            share.amount_written_off = written_off = 0.0 - balance.get("write_off", 0.0)
            share.amount = amount = round_(share.amount_moved - share.amount_reversed - returned)
            share.amount_residual = residual = round_(sum(lines.mapped("amount_residual")))
            share.amount_paid = paid = round_(amount - written_off - residual)
            if not amount:
                share.state = "returned" if returned else "reversed"
            elif residual:
                share.state = "partial" if paid or written_off else "open"
            else:
                share.state = "paid" if paid else "written_off"

    def _payer_lines(self):
        return self.line_ids.filtered(lambda line: line.parent_state == "posted")._optoamc_payer_side()

    def _patient_lines(self):
        return self.line_ids.filtered(lambda line: line.parent_state == "posted") - self._payer_lines()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A third-party share stays as evidence: reverse it instead."))

    # -- what a person may do -----------------------------------------------------------------

    def _check_accountant(self):
        """Entries are made as superuser, behind this check.

        :raises AccessError: the user does no invoicing, or not in this company
        """
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only accountants return, reverse or write off a payer's part."))

    def action_return_to_patient(self, reason=None):
        """*Retour au patient*: what the payer did not pay is owed by the patient again.

        The whole share when nothing was paid, else the rest. Nothing happens to shares that
        have nothing open.

        :param reason: why, said on the invoice (no health data)
        """
        self._check_accountant()
        self.sudo()._give_back({share: share.amount_residual for share in self}, "return", reason)

    def action_reverse(self, reason=None):
        """Undo the shares as if they had not been: before a correction of their invoice.

        What a payer has paid becomes an open credit of this payer. As long as the agreement
        holds, the shares come back when the invoice is posted again.
        """
        self._check_accountant()
        self._reverse(reason)

    def _reverse(self, reason=None):
        self.sudo()._give_back({share: share.amount for share in self}, "reversal", reason)

    def action_write_off(self):
        """Ask for the account that bears what nobody will pay."""
        self._check_accountant()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write off"),
            "res_model": "optoamc.share.write.off",
            "view_mode": "form",
            "target": "new",
            "context": {"default_share_ids": [Command.set(self.ids)]},
        }

    def action_register_payment(self):
        """Odoo's own payment register, on the payers' open items."""
        lines = self._payer_lines().filtered(lambda line: not line.reconciled)
        if not lines:
            raise UserError(self.env._("Nothing is open here."))
        return lines.action_register_payment()

    def action_open_entries(self):
        """The journal items of these shares."""
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_account_moves_all")
        return action | {
            "domain": [("optoamc_share_id", "in", self.ids)],
            "context": {},
            "name": self.env._("Entries"),
        }

    # -- the entries: everything below runs as superuser --------------------------------------

    @api.model
    def _move_parts(self, parts):
        """Move parts of invoices to payers.

        :param parts: list of dicts: the values that identify a share (``move_id``, ``order_id``,
            ``request_id`` …), with ``amount`` and ``date``
        :returns: the shares
        """
        known = {
            (share.move_id.id, share.order_id.id, share.request_id.id): share
            for share in self.search([("move_id", "in", [part["move_id"] for part in parts])])
        }
        amounts, dates, missing = [], [], []
        for part in parts:
            amounts.append(part.pop("amount"))
            dates.append(part.pop("date"))
            key = part["move_id"], part["order_id"], part["request_id"]
            if key not in known:
                missing.append((key, part))
            elif known[key].label != part["label"]:
                # The invoice was reset to draft and took another number.
                known[key].label = part["label"]
        created = self.with_context(tracking_disable=True, mail_create_nosubscribe=True).create(
            [part for _key, part in missing]
        )
        known |= {key: share for (key, _part), share in zip(missing, created, strict=True)}
        shares = [known[part["move_id"], part["order_id"], part["request_id"]] for part in parts]
        vals_list = []
        for share, amount, date in zip(shares, amounts, dates, strict=True):
            receivable = share.move_id._optoamc_receivable_lines()[0]
            vals_list.append(share._entry_vals("transfer", amount, date, receivable.account_id, receivable.partner_id))
        self._post_entries(vals_list)
        shares = self.browse().concat(*shares)
        self._reconcile_with_invoices(shares)
        return shares

    def _give_back(self, amounts, entry, reason=None):
        """Undo a part of some shares: ``Dr patient / Cr payer``, residuals exact.

        A counter-entry that is merely posted would hang loose. The patient's side is detached
        from the invoice, reduced by the counter-entry, then put back on the invoice; the
        payer's side likewise when it was paid already, what is paid in excess becoming the
        payer's open credit.

        :param amounts: by share, what to give back, €
        :param entry: ``reversal`` or ``return``
        :param reason: why, said on the invoice
        """
        amounts = {share: amount for share, amount in amounts.items() if amount > 0}
        if not amounts:
            return
        today = fields.Date.context_today(self)
        self._undo_write_offs(amounts, today)
        partials = self.env["account.partial.reconcile"]
        patient_side, payer_side, payments, vals_list = {}, {}, {}, []
        for share, amount in amounts.items():
            patient_side[share] = share._patient_lines()
            payer_side[share] = share._payer_lines()
            partials |= patient_side[share]._optoamc_outside_partials()
            payments[share] = self.env["account.move.line"]
            if share.currency_id.compare_amounts(amount, share.amount_residual) > 0:
                paid = payer_side[share]._optoamc_outside_partials()
                payments[share] = (paid.debit_move_id | paid.credit_move_id) - payer_side[share]
                partials |= paid
            patient = patient_side[share].filtered(lambda line: line.optoamc_share_entry == "transfer")[0]
            payer = payer_side[share].filtered(lambda line: line.optoamc_share_entry == "transfer")[0]
            vals_list.append(
                share._entry_vals(
                    entry,
                    amount,
                    max(today, payer.date),
                    patient.account_id,
                    patient.partner_id,
                    payer.account_id,
                )
            )
        partials.unlink()
        moves = self._post_entries(vals_list)
        shares = self.browse().concat(*amounts)
        plan = []
        for share, move in zip(shares, moves, strict=True):
            counter = move.line_ids.filtered("optoamc_share_id")
            payer_counter = counter._optoamc_payer_side()
            plan.append((payer_side[share] | payer_counter)._optoamc_open())
            plan.append((patient_side[share] | (counter - payer_counter))._optoamc_open())
        self.env["account.move.line"]._reconcile_plan(plan)
        self._reconcile_with_invoices(shares)
        self.env["account.move.line"]._reconcile_plan(
            [
                lines
                for share in shares
                if (lines := (share._payer_lines() | payments[share])._optoamc_open()) and payments[share]
            ]
        )
        for share, move in zip(shares, moves, strict=True):
            if not share.amount and entry == "reversal":
                move.reversed_entry_id = payer_side[share][:1].move_id
            share._log_undone(entry, amounts[share], move, reason)

    def _write_off(self, amounts, account, date, reason=None):
        """Book what the payers do not owe any more as a loss.

        :param amounts: by share, €, not more than what is open
        :param account: the account that bears it
        """
        amounts = {share: amount for share, amount in amounts.items() if amount > 0}
        for share, amount in amounts.items():
            if share.currency_id.compare_amounts(amount, share.amount_residual) > 0:
                raise UserError(self.env._("%s: no more than what is open can be written off.", share.display_name))
        moves = self._post_entries(
            [
                share._entry_vals(
                    "write_off", amount, date, account, share.partner_id, share._payer_lines()[0].account_id
                )
                for share, amount in amounts.items()
            ]
        )
        self.env["account.move.line"]._reconcile_plan([share._payer_lines()._optoamc_open() for share in amounts])
        for (share, amount), move in zip(amounts.items(), moves, strict=True):
            share._log_undone("write_off", amount, move, reason)

    def _undo_write_offs(self, amounts, date):
        """Take back the loss of what is given back: the payer would be left with a credit it never had."""
        vals_list = []
        for share, amount in amounts.items():
            back = share.currency_id.round(amount - (share.amount - share.amount_written_off))
            if back > 0:
                written_off = share._payer_lines().filtered(lambda line: line.optoamc_share_entry == "write_off")
                loss = (written_off.move_id.line_ids - written_off)[:1]
                vals_list.append(
                    share._entry_vals(
                        "write_off", -back, date, loss.account_id, loss.partner_id, written_off[0].account_id
                    )
                )
        self._post_entries(vals_list)

    def _reconcile_with_invoices(self, shares):
        """Put the patient's side of the shares on what is open of their invoices."""
        plan = []
        for move, group in shares.grouped("move_id").items():
            credits = group._patient_lines()._optoamc_open().filtered(lambda line: line.balance < 0)
            for account, lines in credits.grouped("account_id").items():
                receivable = move._optoamc_receivable_lines()._optoamc_open()
                receivable = receivable.filtered(lambda line, account=account: line.account_id == account)
                if receivable:
                    plan.append(receivable | lines)
        self.env["account.move.line"]._reconcile_plan(plan)

    def _reattach(self):
        """Match again what was undone together with a payment: the entries of a share, and its invoice."""
        lines = self.env["account.move.line"]
        plan = []
        for share in self:
            plan += [share._payer_lines()._optoamc_open(), share._patient_lines()._optoamc_open()]
        lines._reconcile_plan([side for side in plan if len(side) > 1])
        self._reconcile_with_invoices(self)

    def _entry_vals(self, entry, amount, date, other_account, other_partner, payer_account=None):
        """One entry between the payer and the other side, the patient's account or a loss account."""
        sign = 1 if entry == "transfer" else -1
        label = self.label
        company = self.company_id
        common = {"name": label, "optoamc_share_entry": entry, "currency_id": company.currency_id.id}
        payer_line = {
            **common,
            "optoamc_share_id": self.id,
            "account_id": (payer_account or self._payer_account()).id,
            "partner_id": self.partner_id.id,
            "balance": sign * amount,
            "amount_currency": sign * amount,
            "date_maturity": self.date_maturity if entry == "transfer" else date,
            # Odoo leaves general journals out of the follow-up: this is a debt to follow up.
            "no_followup": False,
        }
        other_line = {
            **common,
            "optoamc_share_id": self.id if entry != "write_off" else False,
            "account_id": other_account.id,
            "partner_id": other_partner.id,
            "balance": -sign * amount,
            "amount_currency": -sign * amount,
        }
        return {
            "move_type": "entry",
            "journal_id": company._optoamc_journal().id,
            "company_id": company.id,
            "currency_id": company.currency_id.id,
            "date": date,
            "ref": label,
            "line_ids": [Command.create(payer_line), Command.create(other_line)],
        }

    @api.model
    def _post_entries(self, vals_list):
        """Create and post entries, all at once; say so where a locked period moved a date."""
        # Two lines that balance: Odoo need not look for taxes, terms and roundings to add.
        lean = {"skip_invoice_sync": True, "mail_create_nosubscribe": True, "mail_create_nolog": True}
        if not vals_list:
            return self.env["account.move"]
        moves = self.env["account.move"].with_context(**lean).create(vals_list).with_env(self.env)
        moves._post(soft=False)
        for move, vals in zip(moves, vals_list, strict=True):
            if move.date != vals["date"]:
                share = move.line_ids.optoamc_share_id
                share.move_id._message_log(
                    body=self.env._(
                        "%(entry)s (%(payer)s) is entered on %(date)s: %(asked)s lies in a locked period.",
                        entry=move.name,
                        payer=share.partner_id.name,
                        date=format_date(self.env, move.date),
                        asked=format_date(self.env, vals["date"]),
                    )
                )
        return moves

    def _payer_account(self):
        """The payer's receivable account in the share's company.

        It is the partner's own when the accountant chose one, else the company's for
        third-party payers, which becomes the partner's: Odoo books the payer's payments there.
        """
        self.ensure_one()
        partner = self.partner_id.with_company(self.company_id)
        account = partner.property_account_receivable_id
        everybodys = partner._fields["property_account_receivable_id"].get_company_dependent_fallback(partner)
        if account == everybodys:
            account = self.company_id._optoamc_receivable_account()
            partner.property_account_receivable_id = account
        return account

    def _log_undone(self, entry, amount, move, reason):
        words = {
            "reversal": self.env._("reversed"),
            "return": self.env._("returned to the patient"),
            "write_off": self.env._("written off"),
        }
        body = self.env._(
            "%(payer)s: %(amount)s %(undone)s (%(entry)s).",
            payer=self.partner_id.name,
            amount=self.currency_id.format(amount),
            undone=words[entry],
            entry=move.name,
        )
        self.move_id._message_log(body=f"{body} {reason}" if reason else body)
