import { BYTES_PER_GIB, type ModelKey, modelKey, tokens } from "@herd/shared";
import {
  type Candidate,
  type CandidateLoad,
  type LearnedSpeeds,
  NOTHING_LEARNED,
  type SchedulingView,
} from "../../domain/candidate.ts";
import type { BackendSnapshot, LoadedState, ModelSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { RequestFacts } from "../../domain/request.ts";
import { plainModel, plainNode } from "../../domain/testing/plain-node.ts";
import { plainRequest } from "../../domain/testing/plain-request.ts";

/** Instant of every view that does not name one, Unix epoch ms. */
export const NOW = 1_790_000_000_000;

const KEY: ModelKey = modelKey("registry.ollama.ai/library/gemma3:4b");

/** Where a candidate differs from an idle, online machine with the model on disk. */
export interface CandidateWishes {
  readonly node?: Partial<NodeSnapshot>;
  readonly backend?: Partial<BackendSnapshot>;
  readonly model?: Partial<ModelSnapshot>;
  /** Further models of the backend. */
  readonly others?: readonly ModelSnapshot[];
  readonly load?: Partial<CandidateLoad>;
  readonly learned?: Partial<LearnedSpeeds>;
  readonly candidate?: Partial<
    Pick<Candidate, "breaker" | "hasFailed" | "isLoadBlocked" | "lastChosenAt" | "expectedBytes">
  >;
}

/** A candidate on a node named `id`. */
export function makeCandidate(id: string, wishes: CandidateWishes = {}): Candidate {
  const model = makeModel("gemma3:4b", { key: KEY, ...wishes.model });
  const models = new Map([model, ...(wishes.others ?? [])].map((entry) => [entry.key, entry]));
  const backend: BackendSnapshot = {
    id: "ollama",
    kind: "ollama",
    route: { kind: "direct", origin: "http://192.168.1.20:11434", prefix: "" },
    reachability: "reachable",
    version: "0.24.0",
    reportedParallelism: undefined,
    models,
    ...wishes.backend,
  };
  return {
    node: makeNode(id, { backends: [backend], ...wishes.node }),
    backend,
    model,
    laneKey: `${id}:${model.name}`,
    load: { inFlight: 0, waiting: 0, nodeInFlight: 0, nodeWaiting: 0, limit: 1, isNodeLoading: false, ...wishes.load },
    learned: { ...NOTHING_LEARNED, ...wishes.learned },
    breaker: "closed",
    hasFailed: false,
    isLoadBlocked: false,
    lastChosenAt: 0,
    ...wishes.candidate,
  };
}

/** A model of 4 GiB on disk, not loaded. */
export function makeModel(name: string, wishes: Partial<ModelSnapshot> = {}): ModelSnapshot {
  return plainModel(name, { sizeBytes: 4 * BYTES_PER_GIB, ...wishes });
}

/** A model in memory, 5 GiB with a context of 8,192. */
export function makeLoaded(wishes: Partial<LoadedState> = {}): LoadedState {
  return { sizeBytes: 5 * BYTES_PER_GIB, vramBytes: undefined, contextLength: 8192, ...wishes };
}

/** A chat of 500 tokens. */
export function makeRequest(wishes: Partial<RequestFacts> = {}): RequestFacts {
  return plainRequest("gemma3:4b", {
    modelRange: { start: 10, end: 21 },
    needed: ["completion"],
    promptCharacters: 2000,
    modelKey: KEY,
    promptTokens: tokens(500),
    client: { address: "192.168.1.30", isLoopback: false },
    arrivedAt: 1000,
    ...wishes,
  });
}

/** A view of these candidates by a fleet without medians. */
export function makeView(candidates: readonly Candidate[], wishes: Partial<SchedulingView> = {}): SchedulingView {
  return {
    request: makeRequest(),
    candidates,
    fleet: { medianBandwidth: undefined, medianDecodeSpeed: undefined },
    now: NOW,
    ...wishes,
  };
}

/** A Linux machine of 32 GiB without a GPU, 24 of them free. */
function makeNode(id: string, wishes: Partial<NodeSnapshot>): NodeSnapshot {
  return plainNode(id, {
    address: "192.168.1.20",
    lastHeartbeatAt: NOW - 2000,
    cpu: { cores_physical: 8, utilization_pct: 5 },
    memory: { total_gb: 32, used_gb: 8, available_gb: 24, pressure: "normal", wired_gb: 0, compressed_gb: 0 },
    arch: "x64",
    agentVersion: "0.1.0",
    ...wishes,
  });
}
