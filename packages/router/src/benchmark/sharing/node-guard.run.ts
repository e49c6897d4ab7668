/** How a node stands while it is measured: others want it, or it is gone. */
export type NodeState = "calm" | "wanted" | "lost";

/** What looking after a node needs. */
export interface GuardParts {
  readonly stateOf: (node: string) => NodeState;
  readonly signal: AbortSignal;
  /** ms, never going back. */
  readonly now: () => number;
}

/** Looks after one node. */
export interface NodeGuard {
  /** Aborts as soon as the node is wanted by others, or lost, or the run ends. */
  readonly signal: AbortSignal;
  readonly state: () => NodeState;
  readonly stop: () => void;
}

const LOOK_EVERY_MS = 50;
/** So many looks in a row have to say the same: a request that just ended may be counted at one place only. */
const SURE_AFTER = 2;
/** So long nobody else may have worked there, ms. */
const CALM_MS = 1_000;

/** Begins to look. */
export function guardNode(node: string, { stateOf, signal }: GuardParts): NodeGuard {
  const abort = new AbortController();
  let state: NodeState = "calm";
  let seen = { state: "calm" as NodeState, times: 0 };
  const timer = setInterval(() => {
    const now = stateOf(node);
    seen = { state: now, times: now === seen.state ? seen.times + 1 : 1 };
    if (now === "calm" || seen.times < SURE_AFTER) return;
    state = now;
    clearInterval(timer);
    abort.abort();
  }, LOOK_EVERY_MS);
  return { signal: AbortSignal.any([signal, abort.signal]), state: () => state, stop: () => clearInterval(timer) };
}

/** Waits until nobody else has worked on a node for a second. False when that does not come in time, or the node is lost. */
export async function untilCalm(node: string, parts: GuardParts & { readonly until: number }): Promise<boolean> {
  const { stateOf, signal, now, until } = parts;
  let calmSince = now();
  let isWaiting = stateOf(node) === "wanted";
  while (isWaiting) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    if (stateOf(node) !== "calm") calmSince = now();
    if (signal.aborted || now() >= until || stateOf(node) === "lost") return false;
    isWaiting = now() - calmSince < CALM_MS;
  }
  return stateOf(node) !== "lost";
}
