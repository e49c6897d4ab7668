import { harmlessText, jsonText } from "@herd/shared/terminal";
import { z } from "zod";
import { answerOf } from "../asking/answer-of.ts";
import { askRouter } from "../asking/ask-router.ts";
import { type Trouble, tellInWords, tellTrouble } from "../asking/trouble.ts";
import type { Command, Order } from "../frame/command.ts";
import { DONE } from "../frame/exit-codes.ts";
import type { Shell } from "../frame/shell.ts";
import { jsonFlag, nodeFlag, routerUrlFlag } from "../frame/usual-flags.ts";

/** `herd rm`. */
export const removeCommand: Command = {
  words: ["rm"],
  summary: "delete a model from the disks of the machines that have it",
  about: "A model that is pinned or in memory is only deleted with --force.",
  arguments: [{ name: "MODEL", meaning: "as herd models names it", completes: "models" }],
  flags: [
    nodeFlag("only from this machine"),
    { syntax: "--force", meaning: "even where it is pinned or in memory" },
    jsonFlag,
    routerUrlFlag,
  ],
  examples: [
    ["herd rm codestral", "from every machine"],
    ["herd rm codestral --node mac-mini", "from this one"],
    ["herd rm codestral --force", "although somebody uses it"],
  ],
  exits: [[1, "no router answered, or not every machine has deleted it"]],
  run: remove,
};

/** A name without a tag is that of `latest`. */
const tagged = (model: string): string => (model.includes(":") ? model : `${model}:latest`);

const tagsForm = z.object({
  models: z.array(
    z.object({ name: z.string(), details: z.object({ fleet_nodes: z.array(z.string()) }).catch({ fleet_nodes: [] }) }),
  ),
});

async function remove({ words, flags, shell }: Order): Promise<number> {
  const model = tagged(words[0] ?? "");
  const isForced = flags["force"] === true;
  const places = await placesOf(shell, { model, only: flags["node"] as string | undefined, isForced });
  if ("kind" in places) return tellTrouble(shell, places);
  const ends: RemovedFrom[] = [];
  for (const node of places.nodes) ends.push(await removeFrom(shell, { model, node, isForced }));
  return tell(shell, model, { ends, isJson: flags["json"] === true });
}

interface Wanted {
  readonly model: string;
  readonly only: string | undefined;
  readonly isForced: boolean;
}

/** The machines from which it goes; or why nothing is deleted anywhere. */
async function placesOf(
  shell: Shell,
  { model, only, isForced }: Wanted,
): Promise<{ readonly nodes: readonly string[] } | Trouble> {
  const { url, signal } = shell;
  const tags = await answerOf({ url, signal, path: "/api/tags", form: tagsForm });
  if (tags.kind === "none") return tags;
  const known = tags.read.models.find(({ name }) => name.toLowerCase() === model.toLowerCase());
  const holders = known?.details.fleet_nodes ?? [];
  const nodes = only === undefined ? holders : holders.filter((node) => node === only);
  if (nodes.length === 0) {
    const where = only === undefined ? "no machine that answers has" : `'${only}' does not have`;
    const others = holders.length === 0 ? "herd models lists what is there" : `it is on: ${holders.join(", ")}`;
    return refusal(`${where} '${model}'`, others);
  }
  const busy = isForced ? [] : await nodesWithItInMemory(shell, model, nodes);
  if (busy.length === 0) return { nodes };
  return refusal(`'${model}' is in memory on ${busy.join(", ")}; nothing is deleted`, FORCE);
}

const FORCE = "--force deletes it all the same";

const refusal = (why: string, fix: string): Trouble => ({
  kind: "none",
  reason: "refused",
  status: undefined,
  code: undefined,
  why,
  fix,
});

const loadedForm = z.object({ models: z.array(z.object({ name: z.string(), fleet_node: z.string().catch("") })) });

/** Looked at before anything is deleted, so that a model is not half gone because somebody uses it. */
async function nodesWithItInMemory(
  { url, signal }: Shell,
  model: string,
  nodes: readonly string[],
): Promise<readonly string[]> {
  const loaded = await answerOf({ url, signal, path: "/api/ps", form: loadedForm });
  if (loaded.kind === "none") return [];
  const own = loaded.read.models.filter(({ name }) => name.toLowerCase() === model.toLowerCase());
  return own.flatMap(({ fleet_node }) => (nodes.includes(fleet_node) ? [fleet_node] : []));
}

interface RemovedFrom {
  readonly node: string;
  readonly trouble: Trouble | undefined;
}

interface Removal {
  readonly model: string;
  readonly node: string;
  readonly isForced: boolean;
}

async function removeFrom({ url, signal }: Shell, { model, node, isForced }: Removal): Promise<RemovedFrom> {
  const body = { node_id: node, model, ...(isForced ? { force: true } : {}) };
  const path = "/dashboard/api/delete";
  const answer = await askRouter({ url, signal, path, method: "POST", body, withinMs: 60_000 });
  if (answer.kind === "answer") return { node, trouble: notOk(answer.content) };
  // The router names its own API; who types a command has a flag for it.
  const fix = answer.fix?.includes("force") === true ? FORCE : answer.fix;
  return { node, trouble: { ...answer, fix } };
}

/** The predecessor tells a failure in an answer of status 200. */
function notOk(content: unknown): Trouble | undefined {
  const told = z.object({ ok: z.literal(false), error: z.string().catch("it was not deleted") }).safeParse(content);
  if (!told.success) return undefined;
  return { kind: "none", reason: "refused", status: 200, code: undefined, why: told.data.error, fix: undefined };
}

interface Ends {
  readonly ends: readonly RemovedFrom[];
  readonly isJson: boolean;
}

function tell(shell: Shell, model: string, { ends, isJson }: Ends): number {
  const good = ends.filter(({ trouble }) => trouble === undefined).map(({ node }) => node);
  if (isJson) {
    const failed = ends.flatMap(({ node, trouble }) =>
      trouble === undefined ? [] : [{ node_id: node, error: trouble.why }],
    );
    shell.print(`${jsonText({ model, deleted_from: good, failed })}\n`);
  } else if (good.length > 0) shell.print(harmlessText(`${model} is deleted from ${good.join(", ")}`).concat("\n"));
  let code: number = DONE;
  for (const { node, trouble } of ends)
    if (trouble !== undefined) code = tellInWords(shell, { ...trouble, why: `${node}: ${trouble.why}` });
  return code;
}
