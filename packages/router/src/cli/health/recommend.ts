import { bytesOf, harmlessText, table } from "@herd/shared/terminal";
import { z } from "zod";
import { answerOf } from "../asking/answer-of.ts";
import { type Seen, show } from "../asking/look.ts";
import type { Trouble } from "../asking/trouble.ts";
import type { Command } from "../frame/command.ts";
import type { Page, Shell } from "../frame/shell.ts";
import { jsonFlag, routerUrlFlag, showingOf } from "../frame/usual-flags.ts";

/** `herd recommend`. */
export const recommendCommand: Command = {
  words: ["recommend"],
  summary: "which models would suit each machine, and why",
  flags: [jsonFlag, routerUrlFlag],
  examples: [
    ["herd recommend", "for every machine"],
    ["herd recommend --json", "with all numbers, for programs"],
  ],
  run: (order) => show(order.shell, () => look(order.shell), showingOf(order)),
};

const words = z.string().nullish().catch(undefined);
const recommendation = z.object({
  model: z.string(),
  category: words,
  ram_gb: z.number().nullish().catch(undefined),
  priority: words,
  reason: words,
  already_available: z.boolean().optional().catch(undefined),
});
const form = z.object({
  nodes: z.array(z.object({ node_id: z.string(), recommendations: z.array(recommendation).catch([]) })).catch([]),
  fleet_summary: words,
  uncovered_categories: z.array(z.string()).catch([]),
});

type Advice = z.output<typeof form>;

async function look({ url, signal }: Shell): Promise<Seen | Trouble> {
  const answer = await answerOf({ url, signal, path: "/dashboard/api/recommendations", form, withinMs: 30_000 });
  if (answer.kind === "none") return answer;
  return { kind: "seen", content: answer.content, text: (page) => adviceText(answer.read, page) };
}

const columns = [
  { title: "MODEL", least: 12 },
  { title: "FOR" },
  { title: "NEEDS", side: "right" as const },
  { title: "WORTH", goesAt: 2 },
  { title: "THERE", goesAt: 1 },
  { title: "WHY", least: 20 },
];

const GIB = 1024 ** 3;

function adviceText({ nodes, fleet_summary, uncovered_categories }: Advice, { width, paint }: Page): string {
  const parts = nodes.map(({ node_id, recommendations }) => {
    const rows = recommendations.map((one) => [
      one.model,
      one.category ?? "-",
      one.ram_gb == null ? "-" : bytesOf(one.ram_gb * GIB),
      one.priority ?? "-",
      one.already_available === true ? { text: "yes", tone: "good" as const } : "no",
      one.reason ?? "",
    ]);
    const list = rows.length === 0 ? "nothing to add\n" : table({ columns, rows, width, paint });
    return `${paint(harmlessText(node_id), "strong")}\n${list}`;
  });
  const summary = fleet_summary ? [`${harmlessText(fleet_summary)}\n`] : [];
  const missing =
    uncovered_categories.length === 0 ? [] : [`nothing for: ${harmlessText(uncovered_categories.join(", "))}\n`];
  const all = [...summary, ...parts, ...missing];
  return all.length === 0 ? "No machine has joined yet.\n" : all.join("\n");
}
