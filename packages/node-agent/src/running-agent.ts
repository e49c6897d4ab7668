import type { Environment } from "./backends/ollama/ollama-environment.ts";

/** What the agent takes from outside; each has the default of a real process. */
export interface AgentDependencies {
  /** Takes a sentence for the person at the terminal. Default: nobody is there. */
  readonly print?: (sentence: string) => void;
  /** Variables of this process; OLLAMA_* count where Ollama's own cannot be read. Default: none. */
  readonly environment?: Environment;
  /** This machine's clock, Unix epoch ms. */
  readonly wallClock?: () => number;
  /** ms on a clock that never runs backwards. */
  readonly monotonic?: () => number;
  /** 0 inclusive to 1 exclusive. */
  readonly random?: () => number;
}

/** A running agent. */
export interface RunningAgent {
  readonly nodeId: string;
  /** Port of the gateway; undefined while it cannot be opened. */
  readonly gatewayPort: number | undefined;
  /** Resolves when the router has accepted a heartbeat for the first time. */
  readonly firstHeartbeat: Promise<void>;
  /**
   * Ends the agent. With `drain` the router is told first, and calls under way may finish within 25 s; otherwise they are
   * cut. Calling it again without `drain` ends a draining agent at once.
   */
  close(how: { readonly drain: boolean }): Promise<void>;
}
