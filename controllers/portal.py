from odoo.addons.sale.controllers import portal


class CustomerPortal(portal.CustomerPortal):
    """The order on the customer's portal."""

    def _get_payment_values(self, order_sudo, *args, **kwargs):
        """Ask the patient for what the patient owes, not for what third-party payers pay."""
        values = super()._get_payment_values(order_sudo, *args, **kwargs)
        return values | {"amount": min(values["amount"], order_sudo.optoamc_to_collect)}
