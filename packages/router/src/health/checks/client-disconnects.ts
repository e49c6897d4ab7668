import { counted } from "../../domain/text/counted.ts";
import type { Check } from "../check.ts";
import { countEnds, endFinding } from "../reading/broken-ends.ts";
import { listed } from "../reading/wording.ts";

/** Clients that left before their answer was whole. */
export const clientDisconnects: Check = {
  id: "client_disconnects",
  title: "Clients that left before their answer was whole",
  meaning:
    "At least 3 in 24 hours, and 0.1 % of the requests: information; a warning when they are over 1 % of the requests and one left within the last hour.",
  appliesTo: ({ traffic }) => (traffic.uses ?? []).length > 0,
  inspect: (facts) => {
    const ends = countEnds(facts, { count: "disconnected", status: "client_disconnected", least: 3, warningPct: 1 });
    if (ends === undefined) return [];
    const early = ends.rows.filter(({ ttftMs }) => ttftMs === 0).length;
    return [
      {
        ...endFinding(ends),
        title: "Clients leave before their answer is whole",
        description: `${counted(ends.total, "client")} left in 24 hours (${ends.ratePct} % of the requests), ${early} of the newest ${ends.rows.length} before the first byte; for ${listed(Object.keys(ends.byModel))}.`,
        why: "Who leaves before the first byte has usually waited too long, and often asks again; what was computed is lost.",
        fix: "Raise the timeout of these clients; if they left before the first byte, put the model on more nodes or keep it in memory",
        command: "herd traces --slow",
        details: {
          disconnects_24h: ends.total,
          disconnects_1h: ends.recent,
          rate_pct: ends.ratePct,
          before_first_byte: early,
          by_model: ends.byModel,
        },
      },
    ];
  },
};
