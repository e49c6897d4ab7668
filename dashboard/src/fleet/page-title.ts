import type { FleetKnowledge } from "../feed/fleet-knowledge.ts";

/** The title of the tab: the state of the fleet for somebody who looks at another page. */
export function pageTitle(knowledge: FleetKnowledge): string {
  switch (knowledge.kind) {
    case "asking":
      return "Herd";
    case "live": {
      const { nodes_online: online, nodes_total: total } = knowledge.status.fleet;
      return total === 0 ? "No nodes · Herd" : `${online} of ${total} online · Herd`;
    }
    case "stale":
    case "unreachable":
      return "No news · Herd";
  }
}
