import type { BackendSnapshot, Holder, ModelSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../../domain/model-name.ts";
import { plainModel } from "../../domain/testing/plain-node.ts";
import type { Check, Finding } from "../check.ts";
import type { EndedRow, UseCell, UseCounts } from "../facts/request-facts.ts";
import type { RoutingSettings, TrafficFacts } from "../facts/traffic-facts.ts";
import type { Pace, PaceFacts } from "../facts/use-facts.ts";
import type { HealthFacts } from "../facts.ts";
import { makeFacts, NOW } from "./make-facts.ts";

export const GIB = 2 ** 30;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

/** A model of a fixture: on disk, and in memory where it says so. */
export interface MadeModel extends Partial<Omit<ModelSnapshot, "facts" | "loaded">> {
  readonly facts?: Partial<ModelSnapshot["facts"]>;
  readonly loaded?: Partial<NonNullable<ModelSnapshot["loaded"]>>;
}

/** A machine of a fixture with its models, by name. */
export interface MadeMachine {
  readonly id?: string;
  readonly models?: Readonly<Record<string, MadeModel>>;
  readonly snapshot?: Partial<NodeSnapshot>;
}

/** What a fixture of traffic is made of. */
export interface MadeTraffic {
  readonly machines?: readonly MadeMachine[];
  readonly traffic?: Partial<TrafficFacts>;
}

/** Facts of machines with these models, and of this traffic. */
export function trafficFacts({ machines = [{}], traffic = {} }: MadeTraffic = {}): HealthFacts {
  const facts = makeFacts({
    nodes: machines.map(({ id = "node-1", models = {}, snapshot = {} }) => ({
      id,
      snapshot: { backends: [ollamaWith(models)], ...snapshot },
    })),
    traffic,
  });
  const holders = new Map<ModelSnapshot["key"], Holder[]>();
  for (const node of facts.fleet.nodes)
    for (const backend of node.backends)
      for (const model of backend.models.values()) {
        const holder = { node, backend, model, laneKey: `${node.nodeId}:${model.name}` };
        holders.set(model.key, [...(holders.get(model.key) ?? []), holder]);
      }
  return { ...facts, fleet: { ...facts.fleet, holders } };
}

/** What a check finds in such facts; nothing where it does not apply. */
export function foundIn(check: Check, made: MadeTraffic): readonly Finding[] {
  const facts = trafficFacts(made);
  return check.appliesTo(facts) ? check.inspect(facts) : [];
}

function ollamaWith(models: Readonly<Record<string, MadeModel>>): BackendSnapshot {
  const made = Object.entries(models).map(([name, { facts, loaded, ...wishes }]) => {
    const plain = plainModel(name);
    return {
      ...plain,
      key: modelKeyOf(name) ?? plain.key,
      sizeBytes: 4 * GIB,
      capabilities: ["completion"],
      ...wishes,
      facts: { ...plain.facts, ...facts },
      loaded:
        loaded === undefined
          ? undefined
          : { sizeBytes: 4.5 * GIB, vramBytes: undefined, contextLength: 4096, ...loaded },
    } satisfies ModelSnapshot;
  });
  return {
    id: "ollama",
    kind: "ollama",
    route: { kind: "gateway", origin: "http://192.168.1.20:11433", prefix: "/ollama" },
    reachability: "reachable",
    version: "0.24.0",
    reportedParallelism: 1,
    models: new Map(made.map((model) => [model.key, model])),
  };
}

const NOTHING: UseCounts = {
  requests: 0,
  completed: 0,
  failed: 0,
  incomplete: 0,
  noOutput: 0,
  disconnected: 0,
  retries: 0,
  fallbacks: 0,
  ttftMs: 0,
  ttftCount: 0,
  loads: 0,
  loadMs: 0,
  coldLoads: 0,
  timeouts: 0,
  queueWaitMs: 0,
  latencyMs: 0,
  latencyCount: 0,
};

/** Chats with `m:latest` on `node-1`. @param day counts of 24 hours @param recent of the last hour; the same when left out */
export const useOf = (
  day: Partial<UseCounts>,
  { recent = day, ...wishes }: Partial<Omit<UseCell, "recent" | "day">> & { readonly recent?: Partial<UseCounts> } = {},
): UseCell => ({
  nodeId: "node-1",
  model: "m:latest",
  kind: "chat",
  ...wishes,
  day: { ...NOTHING, ...day },
  recent: { ...NOTHING, ...recent },
});

/** A completed chat with `m:latest` on `node-1`, a minute ago. */
export const rowOf = (wishes: Partial<EndedRow> = {}): EndedRow => ({
  requestId: "r-1",
  at: NOW - MINUTE,
  status: "completed",
  nodeId: "node-1",
  model: "m:latest",
  askedModel: wishes.model ?? "m",
  kind: "chat",
  dialect: "ollama",
  errorCode: "",
  errorClass: "",
  error: "",
  latencyMs: 900,
  ttftMs: 120,
  loadMs: 20,
  promptTokens: 20,
  completionTokens: 64,
  estimatedTokens: 18,
  retries: 0,
  failedOn: [],
  isFallback: false,
  edits: [],
  ...wishes,
});

/** So many rows, a minute between them, the newest first; ids r-1, r-2 … */
export const rowsOf = (count: number, wishes: Partial<EndedRow> = {}): readonly EndedRow[] =>
  Array.from({ length: count }, (_, index) =>
    rowOf({ ...wishes, requestId: `r-${index + 1}`, at: (wishes.at ?? NOW - MINUTE) - index * MINUTE }),
  );

/** A measure of 20 requests against 24 hours. */
export const paceOf = (recent: number, usual: number, wishes: Partial<Pace> = {}): Pace => ({
  recent,
  recentRequests: 20,
  usual,
  low: usual * 0.9,
  high: usual * 1.1,
  hours: 24,
  ...wishes,
});

/** Speeds of `m:latest` on `node-1`. */
export const pacesOf = (wishes: Partial<PaceFacts>): PaceFacts => ({ nodeId: "node-1", model: "m:latest", ...wishes });

/** The settings as they are when nobody changed any. */
export const PLAIN_SETTINGS: RoutingSettings = {
  routerUrl: "http://localhost:11435",
  queueLimit: 512,
  modelAliases: {},
  anthropicModelMap: {},
  anthropicAutoRoute: true,
  contextProtection: "strip",
  dynamicNumCtx: false,
  numCtxOverrides: {},
};
