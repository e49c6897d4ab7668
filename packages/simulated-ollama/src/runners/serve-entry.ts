/** What happens at the head of the queue: room is made, the model is loaded, the request gets it. */
import type { LibraryModel } from "../models/library.ts";
import type { SimulatedMachine } from "../options.ts";
import type { Pace } from "../pace.ts";
import { grantLease, type LeaseRequest, type LeaseResult } from "./lease.ts";
import { loadedSize } from "./loaded-size.ts";
import { chooseVictim, type Placement, placeModel } from "./memory.ts";
import type { Runner } from "./runner.ts";
import type { RunnerStore } from "./runner-store.ts";

/** A waiting request. */
export interface Entry {
  readonly request: LeaseRequest;
  readonly settle: (result: LeaseResult) => void;
  readonly drop: (reason: unknown) => void;
}

/** What serving needs. */
export interface Serving {
  readonly machine: SimulatedMachine;
  readonly maxLoadedModels: number;
  readonly pace: Pace;
  readonly store: RunnerStore;
  /** The text of a load that is to fail. */
  readonly failLoad: (model: LibraryModel) => string | undefined;
}

/** Serves one request to its end: until it has its model, failed, or its client left. */
export async function serveEntry(entry: Entry, serving: Serving): Promise<void> {
  const { request } = entry;
  while (!request.signal.aborted) {
    const runner = serving.store.usable(request.model, request.plan);
    if (runner !== undefined) return entry.settle(grantLease(runner, request, 0));
    const decision = decide(request, serving);
    if (decision.kind === "too-large") return entry.settle({ kind: "load-failed", text: decision.text });
    if (decision.kind === "fits") return await load(entry, serving, decision.vramBytes);
    decision.victim.expire();
    await decision.victim.gone;
  }
}

type Decision = Exclude<Placement, { kind: "needs-room" }> | { readonly kind: "evict"; readonly victim: Runner };

/** A loaded model with another plan goes first; else whoever makes room. */
function decide(request: LeaseRequest, serving: Serving): Decision {
  const { store, machine, maxLoadedModels } = serving;
  const own = store.of(request.model);
  if (own !== undefined) return { kind: "evict", victim: own };
  const loaded = store.all();
  const victim = chooseVictim(loaded);
  const size = loadedSize(request.model, request.plan.contextLength, store.numParallel);
  const placement = placeModel(size, machine, loaded);
  const mustEvict = placement.kind === "needs-room" || loaded.length >= maxLoadedModels;
  if (mustEvict && victim !== undefined) return { kind: "evict", victim };
  return placement.kind === "needs-room" ? { kind: "fits", vramBytes: 0 } : placement;
}

async function load(entry: Entry, serving: Serving, vramBytes: number): Promise<void> {
  const { request } = entry;
  const loadMs = (request.model.sizeBytes / serving.machine.diskBytesPerSecond) * 1000;
  try {
    await serving.pace.sleep(loadMs, request.signal);
  } catch (error) {
    // The client left: the load is abandoned, and whoever waits for the same model starts it again from zero.
    return entry.drop(error);
  }
  if (request.signal.aborted) return;
  const failure = serving.failLoad(request.model);
  if (failure !== undefined) return entry.settle({ kind: "load-failed", text: failure });
  const runner = serving.store.start(request.model, request.plan, vramBytes);
  entry.settle(grantLease(runner, request, loadMs));
}
