import type { AvailableModelFacts, Heartbeat, ModelKey, NodeId } from "@herd/shared";
import type { LoadTerms, NodeFinding, Reachability } from "../domain/fleet-snapshot.ts";
import type { Capability } from "../domain/request.ts";

/** How the router came to know the machine that reports under a node id. */
export interface NodeOrigin {
  /** Remote address of its heartbeats. */
  readonly address: string;
  /** The address is one of the router's own machine. */
  readonly isLocal: boolean;
  /** Public key pinned at the first heartbeat; undefined for agents of the predecessor. */
  readonly publicKey: string | undefined;
}

/** What the router learned of a backend by using it, newer than the last heartbeat. */
export interface BackendSignsOfLife {
  readonly reachability: Reachability;
  readonly detail: string;
}

/** Facts about models on disk that heartbeats send only when they change. */
export interface Inventory {
  readonly facts: Readonly<Record<string, AvailableModelFacts>>;
  readonly sizesGb: Readonly<Record<string, number>>;
}

/** Everything the registry keeps about a node. Replaced, never changed. */
export interface NodeRecord {
  readonly nodeId: NodeId;
  readonly origin: NodeOrigin;
  readonly heartbeat: Heartbeat;
  readonly inventory: Inventory;
  /** Unix epoch ms; undefined while only the stored record is known. */
  readonly lastHeartbeatAt: number | undefined;
  readonly isDraining: boolean;
  /** An operator wants it to take no new work, whatever it reports. */
  readonly isCordoned: boolean;
  readonly isRefusing: boolean;
  /** By backend id. */
  readonly signs: ReadonlyMap<string, BackendSignsOfLife>;
  /** Unix epoch ms at which a model left memory, as `memoryKeyOf` names models. */
  readonly unloadedAt: ReadonlyMap<string, number>;
  /**
   * What the router itself saw answering: when, and what the load was asked for. Kept while the model stays in memory. Models as
   * `memoryKeyOf` names them.
   */
  readonly seenLoaded: ReadonlyMap<string, SeenLoaded>;
  /** Names that a node listed when it was asked, and no heartbeat has shown yet: since when, Unix epoch ms. */
  readonly freshNames: ReadonlyMap<string, number>;
  /** Models that the node itself said it has no more, or no more in memory, and that its agent may still show: since when, Unix epoch ms. */
  readonly goneFromDisk: ReadonlyMap<ModelKey, number>;
  readonly goneFromMemory: ReadonlyMap<ModelKey, number>;
  /** Version that the router read itself, for agents that do not tell; undefined when it has not. */
  readonly foundVersion: string | undefined;
  /** What its last heartbeat showed. */
  readonly findings: readonly NodeFinding[];
  /** What using it showed; until a call is answered. */
  readonly useFindings: readonly NodeFinding[];
}

/** A model the router saw answering: since then (Unix epoch ms) it is in memory, loaded on these terms. */
export interface SeenLoaded {
  readonly at: number;
  /** Undefined where nobody can tell what the node made of the asked context. */
  readonly terms: LoadTerms | undefined;
  /** The context of a load on these terms, tokens; undefined where the model is not known well enough, and for a silent load. */
  readonly exact?: number | undefined;
  /** What the node reported before it; undefined where the load need not have changed that. */
  readonly before?: number | undefined;
  /** The context that the node first reported after it, tokens; undefined until it did. Another one shows another load. */
  readonly reported?: number | undefined;
}

/** Capabilities and trained context of a model, by digest, read once. */
export interface ModelTraits {
  readonly capabilities: readonly Capability[];
  readonly contextMax: number | undefined;
}
