from odoo import api, fields, models

from ..mixin.labelled import labelled


class SaleOrder(models.Model):
    """What the catalogue lacks of the articles that the legal quote must name, each with where it is typed."""

    _inherit = "sale.order"

    quote_gaps = fields.Json(
        "Articles to complete", compute="_compute_quote_gaps", groups="l10n_fr_optoamc.group_optician"
    )
    quote_other_problems = fields.Text(
        "Besides", compute="_compute_quote_gaps", groups="l10n_fr_optoamc.group_optician"
    )

    quote_dashes = fields.Json(
        "Articles with dashes",
        compute="_compute_quote_gaps",
        groups="l10n_fr_optoamc.group_optician",
        help="Not of class A: the quote prints a dash for what their products do not say.",
    )
    quote_other_warnings = fields.Text(
        "To check besides", compute="_compute_quote_gaps", groups="l10n_fr_optoamc.group_optician"
    )

    @api.depends("quote_problems", "quote_warnings")
    @api.depends_context("lang", "uid")
    def _compute_quote_gaps(self):
        for order in self:
            order.quote_gaps, order.quote_other_problems = order._optoamc_linked(
                order.quote_problems, lambda line: filter(None, [line._optoamc_gap_problem()])
            )
            order.quote_dashes, order.quote_other_warnings = order._optoamc_linked(
                order.quote_warnings, lambda line: line._optoamc_catalogue_gaps()
            )

    def _optoamc_linked(self, told, gaps_of):
        """Take what articles lack out of what is told of the quote: it is shown with the places where it is typed.

        :param told: sentences, a line each
        :param gaps_of: the sentences about an order line
        :return: tuple of the articles, as ``optoamc_missing_data`` shows them, and of the other sentences
        """
        numbers = self._optoamc_quote_numbers() if told and self.state in ("draft", "sent") else []
        lines = self.env["sale.order.line"].sudo().union(*map(self._optoamc_quoted_lines, numbers))
        gaps = {line: [*gaps_of(line)] for line in lines}
        said = {words for found in gaps.values() for words in found}
        said |= {labelled(self.env, line.order_id.name, words) for line, found in gaps.items() for words in found}
        lacking = lines.filtered(lambda line: gaps[line]).product_id
        others = [words for words in (told or "").split("\n") if words not in said]
        links = [article.with_env(self.env)._optoamc_quote_gap() for article in lacking]
        return links or False, "\n".join(others) or False


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _optoamc_gap_problem(self):
        """What the quote must say of an article of class A and its product does not, in words; ``None``: nothing."""
        self.ensure_one()
        if self._optoamc_class() != "A" or not (
            missing := self.product_id.product_tmpl_id._optoamc_missing_for_quote()
        ):
            return None
        return self.env._(
            "%(article)s, class A: the quote must name what its product does not say, %(missing)s.",
            article=self.product_id.name,
            missing=", ".join(missing),
        )


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _optoamc_quote_gap(self):
        """What the article lacks for the quote, and the place where the user may type it.

        :return: a dict as ``optoamc_missing_data`` shows it
        """
        self.ensure_one()
        article = self.sudo()
        maker, template = article.optical_maker_id, article.product_tmpl_id
        own = template._optoamc_quote_fields_missing()
        item = {"label": article.name, "reason": ", ".join(template._optoamc_missing_for_quote()), "model": False}
        if not own and maker.with_env(self.env).has_access("write"):
            field = "representative" if maker.address else "address"
            return item | {"model": maker._name, "id": maker.id, "field": field}
        if own and self.product_tmpl_id.has_access("write"):
            return item | {"model": template._name, "id": template.id, "field": own[0]}
        if own:
            # Opticians have no rights on products: they type what is empty on a screen of its own.
            context = {"default_product_id": article.id}
            return item | {"model": "optoamc.article.data", "id": False, "field": own[0], "context": context}
        return item | {"reason": f"{item['reason']} – {self.env._('ask a manager')}"}
