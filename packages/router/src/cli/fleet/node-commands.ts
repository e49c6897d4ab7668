import { harmlessText, jsonText, table } from "@herd/shared/terminal";
import { z } from "zod";
import { askRouter } from "../asking/ask-router.ts";
import { type Seen, show } from "../asking/look.ts";
import { type Trouble, tellTrouble } from "../asking/trouble.ts";
import type { Command, Order } from "../frame/command.ts";
import { DONE } from "../frame/exit-codes.ts";
import type { Shell } from "../frame/shell.ts";
import { jsonFlag, routerUrlFlag, showingOf, watchFlag } from "../frame/usual-flags.ts";
import { nodeColumns, nodeRow } from "./node-row.ts";
import { fleetAnswer } from "./status.ts";
import { loadOf } from "./status-text.ts";
import { unknownNode } from "./unknown-node.ts";

const list: Pick<Command, "flags" | "run"> = {
  flags: [jsonFlag, watchFlag, routerUrlFlag],
  run: (order) => show(order.shell, () => look(order.shell), showingOf(order)),
};

const nodeWord = { name: "ID", meaning: "the machine, as herd node list names it", completes: "nodes" } as const;

/** `herd node …`. */
export const nodeCommands: readonly Command[] = [
  {
    words: ["node"],
    summary: "the machines of the fleet, and what may be done with one",
    ...list,
    examples: [
      ["herd node", "all machines"],
      ["herd node drain mac-mini", "let one finish its work and take no more"],
      ["herd node resume mac-mini", "let it take work again"],
    ],
  },
  {
    words: ["node", "list"],
    summary: "all machines",
    ...list,
    examples: [
      ["herd node list", "as a table"],
      ["herd node list --json", "everything that is known of each"],
    ],
  },
  {
    words: ["node", "drain"],
    summary: "let a machine finish its work and take no more",
    about:
      "Running requests end as usual; those that wait for this machine go to others. It lasts until herd node resume.",
    arguments: [nodeWord],
    flags: [jsonFlag, routerUrlFlag],
    examples: [["herd node drain mac-mini", "before its update, for example"]],
    run: (order) => act(order, "drain", "drains: it finishes its work and takes no more"),
  },
  {
    words: ["node", "resume"],
    summary: "let a drained machine take work again",
    arguments: [nodeWord],
    flags: [jsonFlag, routerUrlFlag],
    examples: [["herd node resume mac-mini", "after the update"]],
    run: (order) => act(order, "resume", "takes work again"),
  },
  {
    words: ["node", "remove"],
    summary: "forget a machine that is gone for good",
    about:
      "Its key is forgotten, too: a machine of this name may join as a new one. A machine whose agent still runs comes back with its next report.",
    arguments: [nodeWord],
    flags: [jsonFlag, routerUrlFlag],
    examples: [["herd node remove old-pc", "it is not listed any more"]],
    run: (order) => act(order, "remove", "is removed"),
  },
];

async function look(shell: Shell): Promise<Seen | Trouble> {
  const answer = await fleetAnswer(shell);
  if (answer.kind === "none") return answer;
  const { nodes, queues } = answer.read;
  const lanes = Object.values(queues);
  const rows = nodes.map((node) => nodeRow(node, loadOf(lanes.filter((lane) => lane.node_id === node.node_id))));
  return {
    kind: "seen",
    content: { nodes: (answer.content as { readonly nodes: unknown }).nodes },
    text: ({ width, paint }) =>
      nodes.length === 0 ? "No machine has joined yet.\n" : table({ columns: nodeColumns, rows, width, paint }),
  };
}

async function act({ words, flags, shell }: Order, verb: string, done: string): Promise<number> {
  const { url, signal } = shell;
  const id = words[0] ?? "";
  const unknown = await missingNode(shell, id);
  if (unknown !== undefined) return tellTrouble(shell, unknown);
  const path = `/dashboard/api/nodes/${encodeURIComponent(id)}/${verb}`;
  const answer = await askRouter({ url, signal, path, method: "POST", body: {} });
  if (answer.kind === "none") return tellTrouble(shell, answer);
  const told = noteForm.safeParse(answer.content).data?.note;
  shell.print(flags["json"] === true ? `${jsonText(answer.content)}\n` : `${harmlessText(`${id} ${told ?? done}`)}\n`);
  return DONE;
}

const noteForm = z.object({ note: z.string().optional() });

/** Why nothing can be done to this machine; undefined when it is there. */
async function missingNode(shell: Shell, id: string): Promise<Trouble | undefined> {
  const fleet = await fleetAnswer(shell);
  return fleet.kind === "none" ? fleet : unknownNode(fleet.read, id);
}
