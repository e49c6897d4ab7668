/** What a briefing is made of; it is stored with it, so that the next one can tell what has changed. */
export interface BriefingFacts {
  readonly nodes: readonly { readonly id: string; readonly status: "online" | "degraded" | "offline" }[];
  /** Names of the models in memory, each once. */
  readonly loaded_models: readonly string[];
  readonly in_flight: number;
  readonly waiting: number;
  /** Real work of the last 24 hours. */
  readonly traffic: {
    readonly requests: number;
    readonly failed: number;
    readonly tokens: number;
    readonly fallbacks: number;
    /** Requests of the day before. */
    readonly requestsBefore: number;
    /** 0 when nothing is known. */
    readonly joules: number;
    readonly topModels: readonly { readonly model: string; readonly requests: number }[];
  };
  /** What is wrong now, the worst first; undefined when nothing has looked. */
  readonly findings: readonly FindingInBrief[] | undefined;
}

/** One thing that is wrong. */
export interface FindingInBrief {
  readonly severity: "info" | "warning" | "critical";
  readonly title: string;
}
