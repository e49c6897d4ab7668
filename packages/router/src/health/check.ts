import type { HealthFacts } from "./facts.ts";

/** `critical`: requests fail or soon will; `warning`: something is worse than it should be; `info`: worth knowing. */
export type Severity = "info" | "warning" | "critical";

/** One thing that a check found. */
export interface Finding {
  readonly severity: Severity;
  /** Node it is about; undefined when it is the fleet or the router. */
  readonly nodeId: string | undefined;
  /**
   * What, beyond the node, it is about: a model, a server. With the check's id and the node it tells one finding from all
   * others, over all runs: no number that changes may stand in it. Empty when the check has one finding per node at most.
   */
  readonly subject: string;
  /** A few words. */
  readonly title: string;
  /** What was seen, with the numbers. */
  readonly description: string;
  /** What it does to requests or people. */
  readonly why: string;
  /** What to do, as a sentence; never empty. */
  readonly fix: string;
  /** The fix as a line to copy into a terminal, where there is one. */
  readonly command?: string | undefined;
  /** Ids of requests that show it, newest first; at most ten. */
  readonly traces?: readonly string[] | undefined;
  /** The numbers, under the predecessor's names where it has them. */
  readonly details: Readonly<Record<string, unknown>>;
  /** It was so within the last day and is not any more; counts as information. */
  readonly isResolved?: boolean | undefined;
}

/** Looks at one aspect of the fleet. Pure: all it knows stands in the facts. */
export interface Check {
  /** As in the answers, for example `node_offline`. Permanent. */
  readonly id: string;
  /** What it looks at, for the reference page. */
  readonly title: string;
  /** When it finds something and how severe that is, in one sentence, for the reference page. */
  readonly meaning: string;
  /** Whether there is anything to look at: a fact that nobody reports yet keeps its checks silent. */
  appliesTo(facts: HealthFacts): boolean;
  inspect(facts: HealthFacts): readonly Finding[];
}
