/** What happens at the head of the queue: room is made, the model is loaded, the request gets it. */
import type { LibraryModel } from "../models/library.ts";
import type { SimulatedMachine } from "../options.ts";
import type { Pace } from "../pace.ts";
import type { Health } from "./health.ts";
import { grantLease, type LeaseRequest, type LeaseResult } from "./lease.ts";
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
  readonly health: Health;
  /** The text of a load that is to fail. */
  readonly failLoad: (model: LibraryModel) => string | undefined;
}

/** Serves one request to its end: until it has its model, failed, or its client left. */
export async function serveEntry(entry: Entry, serving: Serving): Promise<void> {
  const { request } = entry;
  try {
    while (!request.signal.aborted) {
      const runner = serving.store.usable(request.model, request.plan);
      // A process that died or hangs is as good as none: it is ended as soon as nobody waits for it.
      if (runner !== undefined && (await serving.health.answers(runner, request.signal))) {
        return entry.settle(grantLease(runner, request, 0));
      }
      if (await makeRoomOrLoad(entry, serving)) return;
    }
  } catch (error) {
    entry.drop(error);
  }
}

/** One step of it: true when the request was settled. */
async function makeRoomOrLoad(entry: Entry, serving: Serving): Promise<boolean> {
  const decision = decide(entry.request, serving);
  switch (decision.kind) {
    case "too-large":
      entry.settle({ kind: "load-failed", text: decision.text });
      return true;
    case "fits":
      await load(entry, serving, decision.vramBytes);
      return true;
    case "evict":
      decision.victim.expire();
      await decision.victim.gone;
      return false;
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
  const size = store.sizeOf(request.model, request.plan);
  const placement = placeModel(size, machine, loaded);
  const mustEvict = placement.kind === "needs-room" || loaded.length >= maxLoadedModels;
  if (mustEvict && victim !== undefined) return { kind: "evict", victim };
  return placement.kind === "needs-room" ? { kind: "fits", vramBytes: 0 } : placement;
}

async function load(entry: Entry, serving: Serving, vramBytes: number): Promise<void> {
  const { request } = entry;
  const loadMs = (request.model.sizeBytes / serving.machine.diskBytesPerSecond) * 1000;
  // When the client leaves, the load is abandoned, and whoever waits for the same model starts it again from zero.
  await serving.pace.sleep(loadMs, request.signal);
  if (request.signal.aborted) return;
  const failure = serving.failLoad(request.model);
  if (failure !== undefined) return entry.settle({ kind: "load-failed", text: failure });
  const runner = serving.store.start(request.model, request.plan, vramBytes);
  entry.settle(grantLease(runner, request, loadMs));
}
