import type { Logger } from "pino";
import type { FleetSnapshot, ModelSnapshot } from "../../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../../domain/model-name.ts";
import type { AskBackend } from "../../fleet/ask-nodes.run.ts";
import { expectedBytes, measuredSizes } from "../../models/size-estimate.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import type { ModelEvents } from "../../storage/model-events.ts";
import { type PinLoad, planPins } from "../../upkeep/plan-pins.ts";
import type { FleetParts } from "../fleet-parts.ts";
import type { ServingParts } from "../serving-parts.ts";
import type { PinBook } from "./pin-book.ts";

/** What keeping pins works on. */
export interface KeepSources {
  readonly fleet: FleetParts;
  readonly serving: ServingParts;
  readonly settings: RouterSettings;
  readonly pins: PinBook;
  readonly ask: AskBackend;
  readonly events: ModelEvents;
  readonly log: Logger;
}

/** Keeps pinned models in memory. */
export interface PinKeeper {
  /** Loads it now; resolves to whether it is in memory. One load for all who want the same. */
  readonly load: (load: PinLoad) => Promise<boolean>;
  /** What nobody pins any more leaves memory after the node's own time. Never loads anything. */
  readonly release: (load: PinLoad) => void;
  /** Looks what is missing now; it does so by itself, too. */
  readonly look: () => void;
  readonly stop: () => void;
}

const LOOK_EVERY_MS = 15_000;
/** What leaves memory within this is told to stay: several looks, so that one may fail, ms. */
const RENEW_BEFORE_MS = 120_000;
/** After a load that failed, ms; doubled with each further one. */
const FIRST_REST_MS = 60_000;
const LONGEST_REST_MS = 3_600_000;
const LOAD_TIMEOUT_MS = 900_000;

/** Starts looking, now and then, for pinned models that are not in memory. */
export function keepPins({ fleet, serving, settings, pins, ask, events, log }: KeepSources): PinKeeper {
  const { registry, clock } = fleet;
  const running = new Map<string, Promise<boolean>>();
  const failures = new Map<string, Failures>();
  const loadOn = async (one: PinLoad): Promise<boolean> => {
    const isLoaded = await askToLoad({ registry, ask }, one);
    if (isLoaded) failures.delete(nameOf(one));
    else noteFailure(one);
    return isLoaded;
  };
  const noteFailure = ({ nodeId, model }: PinLoad): void => {
    const name = nameOf({ nodeId, model });
    failures.set(name, { count: (failures.get(name)?.count ?? 0) + 1, at: clock.now() });
    const details = { reason: "a pinned model could not be loaded" };
    events.note({ event: "load_failed", nodeId, model, at: clock.now(), details });
    log.warn({ node_id: nodeId, model }, details.reason);
  };
  const load = (one: PinLoad): Promise<boolean> => {
    const name = nameOf(one);
    const loading = running.get(name) ?? loadOn(one).finally(() => running.delete(name));
    running.set(name, loading);
    return loading;
  };
  const isBusy = (nodeId: string): boolean =>
    [...running.keys()].some((name) => name.startsWith(`${nodeId} `)) ||
    serving.book.all().some((lane) => lane.nodeId === nodeId && lane.inFlight > 0);
  const isResting = (one: PinLoad): boolean => {
    const failed = failures.get(nameOf(one));
    return failed !== undefined && clock.now() - failed.at < restAfter(failed.count);
  };
  const look = (): void => {
    const all = pins.all();
    if (all.length === 0) return;
    const fleetNow = registry.snapshot();
    const facts = { fleet: fleetNow, pins: all, mostPerNode: settings.modelPreloadMaxCount, sizeOf: sizeIn(fleetNow) };
    const endsSoon = (model: ModelSnapshot): boolean => endOf(model) < clock.now() + RENEW_BEFORE_MS;
    for (const one of planPins({ ...facts, isResting, isBusy, endsSoon })) void load(one);
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  const release = (one: PinLoad): void => void askToLoad({ registry, ask }, one, "release");
  return { load, look, release, stop: () => clearInterval(timer) };
}

/** When it will leave memory, Unix epoch ms; never, where nobody knows. */
function endOf({ facts: { expiresAt } }: ModelSnapshot): number {
  const end = expiresAt === undefined ? Number.NaN : Date.parse(expiresAt);
  return Number.isNaN(end) ? Number.POSITIVE_INFINITY : end;
}

/** Loads of one model on one node that failed in a row. */
interface Failures {
  readonly count: number;
  /** The last one, Unix epoch ms. */
  readonly at: number;
}

const restAfter = (count: number): number => Math.min(FIRST_REST_MS * 2 ** (count - 1), LONGEST_REST_MS);

const nameOf = ({ nodeId, model }: PinLoad): string => `${nodeId} ${model}`;

/** Bytes that a model is expected to take in memory. */
function sizeIn({ holders }: FleetSnapshot): (model: ModelSnapshot) => number | undefined {
  const measured = measuredSizes([...holders.values()].flat().map(({ model }) => model));
  return (model) => expectedBytes({ model, measured, contextTokens: undefined });
}

/** A model that makes vectors knows no prompt. */
const makesVectorsOnly = (model: ModelSnapshot | undefined): boolean =>
  model?.capabilities?.includes("embedding") === true && !model.capabilities.includes("completion");

/** An empty prompt loads a model; it is to stay until somebody says otherwise, or as long as the node itself wants. */
async function askToLoad(
  { registry, ask }: { readonly registry: FleetParts["registry"]; readonly ask: AskBackend },
  { nodeId, model }: PinLoad,
  what: "keep" | "release" = "keep",
): Promise<boolean> {
  const node = registry.snapshot().nodes.find((known) => known.nodeId === nodeId);
  const backend = node?.backends.find(({ kind }) => kind === "ollama");
  if (node === undefined || backend === undefined) return false;
  const key = modelKeyOf(model);
  const held = key === undefined ? undefined : backend.models.get(key);
  if (what === "release" && held?.loaded === undefined) return true;
  const isEmbedder = makesVectorsOnly(held);
  const body = { model, ...(what === "keep" ? { keep_alive: -1 } : {}), ...(isEmbedder ? {} : { stream: false }) };
  const place = { node: node.nodeId, backend };
  const path = isEmbedder ? "/api/embed" : "/api/generate";
  return (await ask({ ...place, method: "POST", path, body, timeoutMs: LOAD_TIMEOUT_MS })) !== undefined;
}
