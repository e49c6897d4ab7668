/** What kind of work is measured: chats, embeddings or images. */
export type WorkType = "llm" | "embed" | "image";

/** `quick`: what is in memory. `full`: what lies on the disks and fits, too. `custom`: the named models and nodes. */
export type BenchmarkMode = "quick" | "full" | "custom";

/** A benchmark as it was asked for. */
export interface BenchmarkOrder {
  readonly mode: BenchmarkMode;
  /** Time for measuring, loading not counted, seconds. */
  readonly durationS: number;
  readonly types: readonly WorkType[];
  /** Only these models; empty: the mode's choice. */
  readonly models: readonly string[];
  /** Only these nodes; empty: all. */
  readonly nodes: readonly string[];
  /** Most requests at once on one node and model. */
  readonly maxConcurrency: number;
  /** Tokens that one chat may write. */
  readonly outputTokens: number;
  /** Models that a chosen node lacks are pulled first. */
  readonly pulls: boolean;
}

/** One node and model to measure. */
export interface BenchmarkTarget {
  readonly nodeId: string;
  /** Name by which clients ask for it. */
  readonly model: string;
  readonly type: WorkType;
  /** Was in memory before the run: it stays there, and others leave soon after. */
  readonly wasLoaded: boolean;
  /** The node does not have it yet. */
  readonly mustPull: boolean;
  readonly sizeGb: number;
}
