import type { Check, Finding } from "../check.ts";
import type { LaneFacts } from "../facts/use-facts.ts";
import type { HealthFacts } from "../facts.ts";
import { pullCommand } from "../reading/commands.ts";
import { groupedBy } from "../reading/evidence.ts";
import { relievers } from "../reading/relief.ts";
import { counted, listed } from "../reading/wording.ts";
import { plainText, spanText } from "../words.ts";

/** So many wait, and the last of them for so long (ms); where no time is known yet, so many alone. */
const LEAST_WAITING = 3;
const LONG_MS = 30_000;
const CRITICAL_MS = 300_000;
const MANY_WAITING = 16;

/** Models for which a queue has built up. */
export const queueBacklog: Check = {
  id: "queue_backlog",
  title: "Requests that queue up",
  meaning:
    "At least 3 requests for a model wait now and the last of them for 30 s by the measured times (or 16 wait): a warning, critical from 5 min on. Requests that no node can take: a warning.",
  appliesTo: ({ traffic }) => (traffic.lanes ?? []).length > 0 || (traffic.held ?? 0) > 0,
  inspect: (facts) => [
    ...groupedBy(facts.traffic.lanes ?? [], ({ model }) => model).flatMap(([model, lanes]) =>
      inspectModel(facts, model, lanes),
    ),
    ...heldFindings(facts),
  ],
};

interface Queue {
  readonly waiting: number;
  readonly slots: number;
  readonly meanMs: number | undefined;
}

function queueOf(lanes: readonly LaneFacts[]): Queue {
  const told = lanes.flatMap(({ meanMs }) => meanMs ?? []);
  return {
    waiting: lanes.reduce((sum, lane) => sum + lane.waiting, 0),
    slots: Math.max(
      1,
      lanes.reduce((sum, lane) => sum + lane.limit, 0),
    ),
    meanMs: told.length === 0 ? undefined : told.reduce((sum, ms) => sum + ms, 0) / told.length,
  };
}

const waitOf = ({ waiting, slots, meanMs }: Queue): number | undefined =>
  meanMs === undefined ? undefined : (waiting * meanMs) / slots;

function inspectModel(facts: HealthFacts, model: string, lanes: readonly LaneFacts[]): readonly Finding[] {
  const queue = queueOf(lanes);
  const waitMs = waitOf(queue);
  const isLong = waitMs === undefined ? queue.waiting >= MANY_WAITING : waitMs >= LONG_MS;
  if (queue.waiting < LEAST_WAITING || !isLong) return [];
  const [name, nodes] = [plainText(model), lanes.map(({ nodeId }) => nodeId)];
  const last = waitMs === undefined ? "" : `; the last of them starts in about ${spanText(waitMs)}`;
  const relief = reliefOf(facts, model, queue);
  return [
    {
      severity: waitMs !== undefined && waitMs >= CRITICAL_MS ? "critical" : "warning",
      nodeId: undefined,
      subject: model,
      title: "Requests queue up",
      description: `${counted(queue.waiting, "request")} wait for ${name} on ${listed(nodes)}${last}.`,
      why: "More is asked of the model than the nodes that have it can compute; clients give up, and at queue_limit they are refused.",
      fix: relief.fix,
      command: relief.command,
      details: {
        model,
        waiting: queue.waiting,
        slots: queue.slots,
        nodes,
        predicted_wait_ms: whole(waitMs),
        predicted_wait_with_one_more_ms: whole(relief.waitMs),
        relief_node: relief.nodeId ?? null,
      },
    },
  ];
}

const whole = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms));

interface Relief {
  readonly fix: string;
  readonly command?: string | undefined;
  readonly nodeId?: string;
  /** Predicted wait of the last one with a further slot, ms. */
  readonly waitMs?: number | undefined;
}

function reliefOf(facts: HealthFacts, model: string, queue: Queue): Relief {
  const [node] = relievers(facts, model);
  const name = plainText(model);
  if (node === undefined)
    return {
      fix: `No other node has room for ${name}: ask less of it, use a smaller variant, or let its nodes compute more at once (OLLAMA_NUM_PARALLEL)`,
    };
  const waitMs = waitOf({ ...queue, slots: queue.slots + 1 });
  const then = waitMs === undefined ? "" : `; with one more slot the last waits about ${spanText(waitMs)}`;
  const { nodeId } = node;
  return { fix: `Put ${name} on ${nodeId}, too${then}`, command: pullCommand(model, nodeId), nodeId, waitMs };
}

function heldFindings({ traffic }: HealthFacts): readonly Finding[] {
  const held = traffic.held ?? 0;
  if (held === 0) return [];
  return [
    {
      severity: "warning",
      nodeId: undefined,
      subject: "held",
      title: "Requests that no node can take",
      description: `${counted(held, "request")} wait for a node that can take them: those that have their models are offline, paused or failing.`,
      why: "They are held for holding_s and then refused.",
      fix: "Bring a node that has these models back, or put them on another one",
      command: "herd status",
      details: { held },
    },
  ];
}
