import { bytesOf, type Cell, type Column, spanOf, table } from "@herd/shared/terminal";
import { z } from "zod";
import { answerOf } from "../asking/answer-of.ts";
import { type Seen, show } from "../asking/look.ts";
import type { Trouble } from "../asking/trouble.ts";
import { fleetAnswer } from "../fleet/status.ts";
import { unknownNode } from "../fleet/unknown-node.ts";
import type { Command } from "../frame/command.ts";
import type { Page, Shell } from "../frame/shell.ts";
import { jsonFlag, nodeFlag, routerUrlFlag, showingOf, watchFlag } from "../frame/usual-flags.ts";

/** `herd models`. */
export const modelsCommand: Command = {
  words: ["models"],
  summary: "the models of the fleet: how large, on which machines, which in memory, last used when",
  flags: [nodeFlag("only those on this machine"), jsonFlag, watchFlag, routerUrlFlag],
  examples: [
    ["herd models", "all of them"],
    ["herd models --node mac-mini", "those of one machine"],
    ["herd models --json", "for programs"],
  ],
  run: (order) =>
    show(order.shell, () => look(order.shell, order.flags["node"] as string | undefined), showingOf(order)),
};

const text = z.string().optional().catch(undefined);
const amount = z.number().nullish().catch(undefined);

const tagForm = z.object({
  name: z.string(),
  size: amount,
  details: z
    .object({
      parameter_size: text,
      quantization_level: text,
      fleet_nodes: z.array(z.string()).optional().catch(undefined),
    })
    .catch({ parameter_size: undefined, quantization_level: undefined, fleet_nodes: undefined }),
  simulated: z.boolean().optional().catch(undefined),
});
const loadedForm = z.object({ name: z.string(), fleet_node: text, context_length: amount });
const managedForm = z.object({
  nodes: z.array(z.object({ node_id: z.string(), models: z.array(z.object({ name: z.string(), last_used: amount })) })),
});

type Tag = z.infer<typeof tagForm>;

/** One model with all that is known of it. */
interface ModelLine {
  readonly tag: Tag;
  readonly nodes: readonly string[];
  readonly loadedOn: readonly string[];
  /** Tokens; the largest, where it differs. */
  readonly context: number | undefined;
  /** Unix epoch seconds. */
  readonly lastUsed: number | undefined;
}

async function look({ url, signal }: Shell, node: string | undefined): Promise<Seen | Trouble> {
  const asking = { url, signal };
  const [tags, loaded, managed] = await Promise.all([
    answerOf({ ...asking, path: "/api/tags", form: z.object({ models: z.array(tagForm) }) }),
    answerOf({ ...asking, path: "/api/ps", form: z.object({ models: z.array(loadedForm) }) }),
    // An older router does not have it; the rest is worth showing all the same.
    answerOf({ ...asking, path: "/dashboard/api/model-management", form: managedForm }),
  ]);
  if (tags.kind === "none") return tags;
  if (loaded.kind === "none") return loaded;
  const stranger = await strangerAt(asking, tags.read.models, node);
  if (stranger !== undefined) return stranger;
  const uses = managed.kind === "answer" ? lastUses(managed.read) : new Map<string, number>();
  const lines = tags.read.models
    .map((tag) => lineOf(tag, loaded.read.models, uses))
    .filter(({ nodes }) => node === undefined || nodes.includes(node))
    .toSorted((one, other) => other.loadedOn.length - one.loadedOn.length || (one.tag.name < other.tag.name ? -1 : 1));
  return { kind: "seen", content: { models: lines.map(viewOf) }, text: (page) => modelsText(lines, node, page) };
}

/** An Ollama answers these questions, too, but has no machines; and a machine may not be there. */
async function strangerAt(
  asking: Pick<Shell, "url" | "signal">,
  models: readonly Tag[],
  node: string | undefined,
): Promise<Trouble | undefined> {
  const isTold = models.some(({ details }) => details.fleet_nodes !== undefined);
  const isThere = node !== undefined && models.some(({ details }) => details.fleet_nodes?.includes(node) === true);
  if (isThere || (isTold && node === undefined)) return undefined;
  const fleet = await fleetAnswer(asking);
  if (fleet.kind === "none") return fleet;
  return node === undefined ? undefined : unknownNode(fleet.read, node);
}

function lastUses({ nodes }: z.infer<typeof managedForm>): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const { name, last_used } of nodes.flatMap(({ models }) => models))
    if (last_used != null) uses.set(name, Math.max(last_used, uses.get(name) ?? 0));
  return uses;
}

function lineOf(tag: Tag, loaded: readonly z.infer<typeof loadedForm>[], uses: ReadonlyMap<string, number>): ModelLine {
  const own = loaded.filter(({ name }) => name === tag.name);
  const contexts = own.flatMap(({ context_length }) => context_length ?? []);
  return {
    tag,
    nodes: tag.details.fleet_nodes ?? [],
    loadedOn: own.flatMap(({ fleet_node }) => fleet_node ?? []),
    context: contexts.length === 0 ? undefined : Math.max(...contexts),
    lastUsed: uses.get(tag.name),
  };
}

const viewOf = ({ tag, nodes, loadedOn, context, lastUsed }: ModelLine) => ({
  name: tag.name,
  size: tag.size ?? null,
  parameter_size: tag.details.parameter_size ?? null,
  quantization: tag.details.quantization_level ?? null,
  nodes,
  loaded_on: loadedOn,
  context_length: context ?? null,
  last_used: lastUsed ?? null,
  ...(tag.simulated === true ? { simulated: true } : {}),
});

const columns: readonly Column[] = [
  { title: "MODEL", least: 14 },
  { title: "SIZE", side: "right" },
  { title: "PARAMETERS", side: "right", goesAt: 4 },
  { title: "QUANTISATION", goesAt: 3 },
  { title: "CONTEXT", side: "right", goesAt: 2 },
  { title: "IN MEMORY ON", least: 10 },
  { title: "LAST USED", side: "right", goesAt: 1 },
  { title: "ON", least: 10 },
];

function modelsText(lines: readonly ModelLine[], node: string | undefined, page: Page): string {
  if (lines.length === 0) {
    return node === undefined
      ? page.typed("No machine has a model yet. Pull one: herd pull gemma3:4b\n")
      : "No model is on that machine.\n";
  }
  return table({ columns, rows: lines.map((line) => cellsOf(line, page.now)), width: page.width, paint: page.paint });
}

function cellsOf({ tag, nodes, loadedOn, context, lastUsed }: ModelLine, now: number): readonly Cell[] {
  const { parameter_size: parameters = "", quantization_level: quantisation = "" } = tag.details;
  return [
    tag.simulated === true ? { text: `${tag.name} (simulated)`, tone: "quiet" } : tag.name,
    tag.size == null || tag.size === 0 ? "-" : bytesOf(tag.size),
    parameters || "-",
    quantisation || "-",
    context === undefined ? "-" : String(context),
    loadedOn.length === 0 ? { text: "-", tone: "quiet" } : { text: loadedOn.join(", "), tone: "good" },
    lastUsed === undefined ? "-" : `${spanOf(Math.max(0, now / 1000 - lastUsed))} ago`,
    nodes.join(", ") || "-",
  ];
}
