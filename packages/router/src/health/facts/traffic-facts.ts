import type { EndedRow, UseCell } from "./request-facts.ts";
import type { ContextUse, LaneFacts, MissingName, ModelEvent, PaceFacts, PinFacts, WaitFacts } from "./use-facts.ts";

/**
 * What requests told, real ones only: neither the demo's nor a benchmark's. What nobody has answered yet is absent, and the
 * checks that need it stay silent. `day` is the last 24 hours, `recent` the last hour, both to the full UTC hour.
 */
export interface TrafficFacts {
  /** Requests of the last 24 hours. */
  readonly requests24h: number;
  /** Counts per node, model and kind of request. */
  readonly uses?: readonly UseCell[];
  /** Requests of the last 24 hours that did not end well: the newest of each status. */
  readonly ends?: readonly EndedRow[];
  /** The newest requests of the last 24 hours, whatever their end; a sample when there were more. */
  readonly newest?: readonly EndedRow[];
  /** How fast each node answers with each model in the last hour, and what is usual there. */
  readonly paces?: readonly PaceFacts[];
  /** Tokens per request and model over the last seven days. */
  readonly contexts?: readonly ContextUse[];
  /** What happened to models on nodes in the last 24 hours, newest first. */
  readonly events?: readonly ModelEvent[];
  /** Where requests run and wait now. */
  readonly lanes?: readonly LaneFacts[];
  /** Requests that wait now, for a turn or for a node. */
  readonly waits?: readonly WaitFacts[];
  /** Names in `fallback_models` that no node had. */
  readonly missingFallbacks?: readonly MissingName[];
  /** Models that operators pinned; absent while pins are not kept. */
  readonly pins?: readonly PinFacts[];
  /** Models that a node's own server for text embeddings offers, by node id. */
  readonly embedders?: ReadonlyMap<string, readonly string[]>;
  readonly settings?: RoutingSettings;
}

/** Settings that tell what names mean and what is changed in requests, as they are in force. */
export interface RoutingSettings {
  /** URL of the router for programs on its own machine, for commands to copy. */
  readonly routerUrl: string;
  /** Requests that may wait in one lane. */
  readonly queueLimit: number;
  readonly modelAliases: Readonly<Record<string, string>>;
  readonly anthropicModelMap: Readonly<Record<string, string>>;
  readonly anthropicAutoRoute: boolean;
  readonly contextProtection: "strip" | "warn" | "passthrough";
  readonly dynamicNumCtx: boolean;
  /** Tokens by model. */
  readonly numCtxOverrides: Readonly<Record<string, number>>;
}
