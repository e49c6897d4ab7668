import { counted } from "../../domain/text/counted.ts";
import type { Check, Finding } from "../check.ts";
import type { LaneFacts } from "../facts/use-facts.ts";
import type { HealthFacts } from "../facts.ts";
import { pullCommand } from "../reading/commands.ts";
import { groupedBy } from "../reading/evidence.ts";
import { isKnown, isSameModel } from "../reading/real-models.ts";
import { relievers } from "../reading/relief.ts";
import { listed } from "../reading/wording.ts";
import { plainText, spanText } from "../words.ts";

/** So many wait, and the last of them for so long by the measured times, or the first one already (ms). */
const LEAST_WAITING = 3;
const LONG_MS = 30_000;
const CRITICAL_MS = 300_000;
/** One alone that has waited for so long is stuck, ms. */
const STUCK_MS = 120_000;
/** So many are a queue while no time is known; twice as many are one unless they are known to be gone within seconds (ms). */
const MANY_WAITING = 16;
const SOON_MS = 5_000;
/** Of what may wait before requests are refused. */
const HALF_FULL = 0.5;
const NEARLY_FULL = 0.9;

/** Models for which a queue has built up. */
export const queueBacklog: Check = {
  id: "queue_backlog",
  title: "Requests that queue up",
  meaning:
    "At least 3 requests for a model wait now, and the first of them has waited or the last will wait for 30 s by the measured times, or 32 wait, or half of queue_limit: a warning, critical from 5 min or nine tenths of queue_limit on; one alone from 2 min on. Requests that no node can take: a warning.",
  appliesTo: ({ traffic }) => (traffic.lanes ?? []).length > 0 || (traffic.waits ?? []).length > 0,
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
  /** How long the first of them has waited, ms. */
  readonly oldestMs: number;
  /** Share of what may wait. */
  readonly fullness: number;
}

function queueOf({ traffic }: HealthFacts, model: string, lanes: readonly LaneFacts[]): Queue {
  const told = lanes.flatMap(({ meanMs }) => meanMs ?? []);
  const waiting = lanes.reduce((sum, lane) => sum + lane.waiting, 0);
  const ages = (traffic.waits ?? []).filter((wait) => !wait.isHeld && isSameModel(wait.model, model));
  const places = (traffic.settings?.queueLimit ?? 0) * lanes.length;
  return {
    waiting,
    slots: Math.max(
      1,
      lanes.reduce((sum, lane) => sum + lane.limit, 0),
    ),
    meanMs: told.length === 0 ? undefined : told.reduce((sum, ms) => sum + ms, 0) / told.length,
    oldestMs: waiting === 0 ? 0 : Math.max(0, ...ages.map(({ oldestMs }) => oldestMs)),
    fullness: places === 0 ? 0 : waiting / places,
  };
}

const waitOf = ({ waiting, slots, meanMs }: Pick<Queue, "waiting" | "slots" | "meanMs">): number | undefined =>
  meanMs === undefined ? undefined : (waiting * meanMs) / slots;

function isLong(queue: Queue): boolean {
  const { waiting, oldestMs, fullness } = queue;
  const waitMs = waitOf(queue);
  if (waiting < LEAST_WAITING) return oldestMs >= STUCK_MS;
  if (oldestMs >= LONG_MS || fullness >= HALF_FULL) return true;
  if (waitMs === undefined) return waiting >= MANY_WAITING;
  return waitMs >= LONG_MS || (waiting >= 2 * MANY_WAITING && waitMs >= SOON_MS);
}

const isCritical = (queue: Queue): boolean =>
  Math.max(waitOf(queue) ?? 0, queue.oldestMs) >= CRITICAL_MS || queue.fullness >= NEARLY_FULL;

function inspectModel(facts: HealthFacts, model: string, lanes: readonly LaneFacts[]): readonly Finding[] {
  const queue = queueOf(facts, model, lanes);
  if (!isLong(queue)) return [];
  const waitMs = waitOf(queue);
  const nodes = lanes.map(({ nodeId }) => nodeId);
  const first = queue.oldestMs < 1000 ? "" : `, the first of them for ${spanText(queue.oldestMs)}`;
  const last = waitMs === undefined ? "" : `; the last starts in about ${spanText(waitMs)}`;
  const relief = reliefOf(facts, model, queue);
  return [
    {
      severity: isCritical(queue) ? "critical" : "warning",
      nodeId: undefined,
      subject: model,
      title: "Requests queue up",
      description: `${counted(queue.waiting, "request")} ${queue.waiting === 1 ? "waits" : "wait"} for ${plainText(model)} on ${listed(nodes)}${first}${last}.`,
      why: "More is asked of the model than the nodes that have it can compute; clients give up, and at queue_limit they are refused.",
      fix: relief.fix,
      command: relief.command,
      details: {
        model,
        waiting: queue.waiting,
        oldest_wait_ms: whole(queue.oldestMs),
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

/** While the router starts, names that nobody has told yet are held, too: they may still turn up. */
function heldFindings({ fleet, traffic }: HealthFacts): readonly Finding[] {
  const queues = (traffic.waits ?? []).filter(({ isHeld, model }) => isHeld && isKnown(fleet, model));
  const held = queues.reduce((sum, { count }) => sum + count, 0);
  if (held === 0) return [];
  const models = listed(queues.map(({ model }) => model));
  return [
    {
      severity: "warning",
      nodeId: undefined,
      subject: "held",
      title: "Requests that no node can take",
      description: `${counted(held, "request")} for ${models} ${held === 1 ? "waits" : "wait"} for a node that can take them: those that have the models are offline, draining, paused or failing.`,
      why: "They are held for holding_s and then refused.",
      fix: `Bring a node that has ${models} back, or put the models on another one`,
      command: "herd status",
      details: { held, models: queues.map(({ model }) => model) },
    },
  ];
}
