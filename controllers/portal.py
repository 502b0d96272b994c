from odoo.addons.sale.controllers import portal
from odoo.exceptions import AccessError, MissingError
from odoo.http import request, route


class CustomerPortal(portal.CustomerPortal):
    """The order on the customer's portal."""

    def _get_payment_values(self, order_sudo, *args, **kwargs):
        """Ask the patient for what the patient owes, not for what third-party payers pay."""
        values = super()._get_payment_values(order_sudo, *args, **kwargs)
        if not order_sudo._optoamc_is_dossier():
            return values
        return values | {"amount": min(values["amount"], order_sudo.optoamc_to_collect)}

    @route()
    def portal_order_page(self, order_id, offer=None, **kwargs):
        """The page as a link opens it has no offer chosen; one of those that it shows chooses it."""
        if not offer:
            request.update_context(optoamc_to_choose=True)
        return super().portal_order_page(order_id, **kwargs)

    def _show_report(self, model, report_type, report_ref, download=False):
        """The patient reads and keeps the legal quote where there is one."""
        if report_ref == "sale.action_report_saleorder" and model._optoamc_is_quote_ready():
            report_ref = "l10n_fr_optoamc.action_report_legal_quote"
        return super()._show_report(model, report_type, report_ref, download=download)

    @route()
    def portal_quote_accept(self, order_id, access_token=None, name=None, signature=None):
        """Take the patient's signature of the quote that the page showed, or say why not."""
        asked = request.httprequest.args
        try:
            order = self._document_check_access("sale.order", order_id, access_token or asked.get("access_token"))
        except (AccessError, MissingError):
            return {"error": request.env._("This quote is not available any more. Nothing was signed.")}
        if refusal := order._optoamc_signing_refusal(asked.get("seal")):
            return {"error": refusal}
        request.update_context(optoamc_signed_quote=True)
        return super().portal_quote_accept(order_id, access_token=access_token, name=name, signature=signature)
