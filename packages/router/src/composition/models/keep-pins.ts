import type { Logger } from "pino";
import type { AskBackend } from "../../fleet/ask-nodes.run.ts";
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
  readonly stop: () => void;
}

const LOOK_EVERY_MS = 15_000;
/** After a load that failed, ms. */
const REST_MS = 600_000;
const LOAD_TIMEOUT_MS = 900_000;

/** Starts looking, now and then, for pinned models that are not in memory. */
export function keepPins({ fleet, serving, settings, pins, ask, events, log }: KeepSources): PinKeeper {
  const { registry, clock } = fleet;
  const running = new Map<string, Promise<boolean>>();
  const failedAt = new Map<string, number>();
  const loadOn = async (one: PinLoad): Promise<boolean> => {
    const isLoaded = await askToLoad({ registry, ask }, one);
    if (!isLoaded) noteFailure(one);
    return isLoaded;
  };
  const noteFailure = ({ nodeId, model }: PinLoad): void => {
    failedAt.set(`${nodeId} ${model}`, clock.now());
    const details = { reason: "a pinned model could not be loaded" };
    events.note({ event: "load_failed", nodeId, model, at: clock.now(), details });
    log.warn({ node_id: nodeId, model }, details.reason);
  };
  const load = (one: PinLoad): Promise<boolean> => {
    const name = `${one.nodeId} ${one.model}`;
    const loading = running.get(name) ?? loadOn(one).finally(() => running.delete(name));
    running.set(name, loading);
    return loading;
  };
  const isBusy = (nodeId: string): boolean =>
    [...running.keys()].some((name) => name.startsWith(`${nodeId} `)) ||
    serving.book.all().some((lane) => lane.nodeId === nodeId && lane.inFlight > 0);
  const isResting = ({ nodeId, model }: PinLoad): boolean =>
    clock.now() - (failedAt.get(`${nodeId} ${model}`) ?? 0) < REST_MS;
  const look = (): void => {
    const facts = { fleet: registry.snapshot(), pins: pins.all(), mostPerNode: settings.modelPreloadMaxCount };
    for (const one of planPins({ ...facts, isResting, isBusy, sizeOf: ({ sizeBytes }) => sizeBytes })) void load(one);
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  return { load, stop: () => clearInterval(timer) };
}

/** An empty prompt loads a model; it is to stay until somebody says otherwise. */
async function askToLoad(
  { registry, ask }: { readonly registry: FleetParts["registry"]; readonly ask: AskBackend },
  { nodeId, model }: PinLoad,
): Promise<boolean> {
  const node = registry.snapshot().nodes.find((known) => known.nodeId === nodeId);
  const backend = node?.backends.find(({ kind }) => kind === "ollama");
  if (node === undefined || backend === undefined) return false;
  const body = { model, keep_alive: -1, stream: false };
  const place = { node: node.nodeId, backend };
  const path = "/api/generate";
  return (await ask({ ...place, method: "POST", path, body, timeoutMs: LOAD_TIMEOUT_MS })) !== undefined;
}
