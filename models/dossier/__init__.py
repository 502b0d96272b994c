from . import sale_order
from . import sale_order_prescription
from . import sale_order_money
from . import sale_order_line
from . import sale_order_line_tariff
from . import sale_order_delivery
from . import sale_order_family
from . import sale_order_trial
