import { registry } from "@web/core/registry";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { listView } from "@web/views/list/list_view";

import { FixedWidthsListRenderer } from "../fixed_widths/fixed_widths";
import { RequestDashboard } from "./request_dashboard";

export class RequestListRenderer extends FixedWidthsListRenderer {
    static template = "l10n_fr_optoamc.RequestListRenderer";
    static components = { ...FixedWidthsListRenderer.components, RequestDashboard };
}

export class RequestKanbanRenderer extends KanbanRenderer {
    static template = "l10n_fr_optoamc.RequestKanbanRenderer";
    static components = { ...KanbanRenderer.components, RequestDashboard };
}

registry.category("views").add("optoamc_request_list", { ...listView, Renderer: RequestListRenderer });
registry.category("views").add("optoamc_request_kanban", { ...kanbanView, Renderer: RequestKanbanRenderer });
