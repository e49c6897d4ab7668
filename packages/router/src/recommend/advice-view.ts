import type { BenchmarkName, Category } from "./catalogue/catalogue.ts";

/** One model that a node should have. Sizes are GiB. */
export interface RecommendationView {
  readonly model: string;
  readonly display_name: string;
  readonly category: Category;
  /** In memory, with the context it would be loaded with. */
  readonly ram_gb: number;
  readonly quality_score: number;
  readonly reason: string;
  readonly priority: "high" | "medium" | "low";
  readonly already_available: boolean;
  /** The whole download. */
  readonly size_gb: number;
  /** What it would still take of the disk; 0 when it is there. */
  readonly disk_needed_gb: number;
  readonly licence: string | null;
  /** Longest context, tokens. */
  readonly context_length: number | null;
  readonly capabilities: readonly string[];
  readonly benchmarks: Readonly<Partial<Record<BenchmarkName, number>>>;
  /** Where each number comes from, as keys of `catalogue.sources`. */
  readonly sources: Readonly<Partial<Record<string, string>>>;
  readonly expected_tokens_per_s: number | null;
  readonly speed_basis: "measured" | "scaled" | "estimated" | "unknown";
  readonly confidence: "high" | "medium" | "low";
  /** Line that brings it about; null when nothing is to be done. */
  readonly command: string | null;
  /** Line that takes it back; null when nothing would have been done. */
  readonly undo: string | null;
}

/** A model that may leave a node. */
export interface RemovalView {
  readonly model: string;
  readonly size_gb: number;
  readonly other_copies: number;
  readonly reason: string;
  /** `low`: nobody knows whether it can be pulled again. */
  readonly confidence: "high" | "medium" | "low";
  readonly command: string;
  readonly undo: string;
}

/** A model that should be on one more node. */
export interface SecondCopyView {
  readonly model: string;
  readonly node_id: string;
  readonly requests_7d: number;
  readonly mean_wait_ms: number;
  readonly waiting_now: number;
  readonly ram_gb: number;
  readonly size_gb: number;
  readonly reason: string;
  readonly command: string;
  readonly undo: string;
}

/** The plan of one node. */
export interface NodeAdvice {
  readonly node_id: string;
  readonly simulated?: true;
  readonly total_ram_gb: number;
  /** What models may fill together: of the graphics cards' memory where there is any. */
  readonly usable_ram_gb: number;
  readonly memory_kind: "vram" | "shared" | "cpu";
  readonly memory_bandwidth_gbps: number | null;
  /** Context that sizes in memory are reckoned with, tokens. */
  readonly context_tokens: number;
  readonly current_models: readonly string[];
  readonly recommendations: readonly RecommendationView[];
  readonly removals: readonly RemovalView[];
  readonly disk_total_gb: number | null;
  /** After what is planned to be downloaded; null when the disk is not known. */
  readonly disk_available_gb: number | null;
  readonly total_recommended_ram_gb: number;
  readonly ram_headroom_gb: number;
  /** What stands in the way, in sentences. */
  readonly notes: readonly string[];
}

/** The whole answer. */
export interface Advice {
  readonly nodes: readonly NodeAdvice[];
  readonly second_copies: readonly SecondCopyView[];
  readonly usage: {
    readonly total_requests_24h: number;
    readonly category_breakdown: Readonly<Record<string, number>>;
    readonly top_models: readonly { readonly model: string; readonly requests: number; readonly category: Category }[];
    readonly category_coverage: Readonly<Record<string, boolean>>;
  };
  readonly fleet_summary: string;
  readonly uncovered_categories: readonly Category[];
  /** Unix epoch seconds. */
  readonly generated_at: number;
}
