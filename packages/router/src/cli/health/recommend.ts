import { bytesOf, harmlessText, table } from "@herd/shared/terminal";
import { z } from "zod";
import { answerOf } from "../asking/answer-of.ts";
import { type Seen, show } from "../asking/look.ts";
import type { Trouble } from "../asking/trouble.ts";
import type { Command } from "../frame/command.ts";
import type { Page, Shell } from "../frame/shell.ts";
import { jsonFlag, routerUrlFlag, showingOf } from "../frame/usual-flags.ts";
import { wrapped } from "../frame/wrapped.ts";

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
];

const GIB = 1024 ** 3;
/** Longer lines are hard to read. */
const WIDEST = 100;

function adviceText({ nodes, fleet_summary, uncovered_categories }: Advice, page: Page): string {
  if (nodes.length === 0) return page.typed("No machine has joined yet; herd status tells how one does.\n");
  const parts = nodes.map(({ node_id, recommendations }) => {
    const list = recommendations.length === 0 ? "nothing to add\n" : listText(node_id, recommendations, page);
    return `${page.paint(harmlessText(node_id), "strong")}\n${list}`;
  });
  const missing = uncovered_categories.length === 0 ? "" : `nothing for: ${uncovered_categories.join(", ")}`;
  const summary = harmlessText(fleet_summary || missing);
  const head = summary === "" ? [] : [`${wrapped(summary, Math.min(page.width, WIDEST), 0).join("\n")}\n`];
  return [...head, ...parts].join("\n");
}

type Recommendation = Advice["nodes"][number]["recommendations"][number];

function listText(node: string, recommendations: readonly Recommendation[], page: Page): string {
  const rows = recommendations.map((one) => [
    one.model,
    one.category ?? "-",
    one.ram_gb == null ? "-" : bytesOf(one.ram_gb * GIB),
    one.priority ?? "-",
    one.already_available === true ? { text: "yes", tone: "good" as const } : "no",
  ]);
  const reasons = recommendations.map((one) => reasonText(node, one, page));
  return [table({ columns, rows, width: page.width, paint: page.paint }), ...reasons].join("");
}

/** Why, and how to get it where it is not there. */
function reasonText(node: string, one: Recommendation, { width, paint, typed }: Page): string {
  const why = wrapped(harmlessText(`${one.model}: ${one.reason ?? ""}`), Math.min(width, WIDEST), 2);
  const command = typed(`herd pull ${shellWord(one.model)} --node ${shellWord(node)}`);
  const order = one.already_available === true ? [] : [`    $ ${paint(harmlessText(command), "strong")}`];
  return [...why, ...order].map((line) => `${line}\n`).join("");
}

/** A word as a shell takes it for one. */
const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
