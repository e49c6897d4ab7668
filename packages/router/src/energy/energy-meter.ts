import type { NodeSnapshot } from "../domain/fleet-snapshot.ts";
import type { TraceEnergy } from "../traces/trace-input.ts";
import { type NodePower, nodePower } from "./node-power.ts";

/** What a node took since the router started, or since it was last asked. */
export interface NodeEnergy {
  readonly nodeId: string;
  readonly isSimulated: boolean;
  /** All of it, J, idle time included. */
  readonly joules: number;
  /** Part of it that comes from the hardware's class, J. */
  readonly joulesEstimated: number;
  /** Time in which it was known to be on. */
  readonly seconds: number;
}

/** A node's power now, and what it took so far. */
export interface NodeMeter extends NodeEnergy {
  /** Part of its energy that was measured, J. */
  readonly joulesMeasured: number;
  readonly watts: number;
  readonly isEstimated: boolean;
}

interface State {
  node: NodeSnapshot;
  /** It was not among the nodes any more when they were last seen; it stays until the ledger has its energy. */
  isGone: boolean;
  /** What it takes while it computes for the fleet, and otherwise, by its newest readings. */
  computing: NodePower;
  otherwise: NodePower;
  /** Attempts that run on it. */
  running: number;
  /** Up to when it is counted, ms. */
  at: number;
  /** What one request would have taken that ran all the time: the integral of power over running requests, J. */
  share: number;
  shareEstimated: number;
  /** Both only grow, each by itself: a difference of two sums wobbles in its last digits. */
  joulesMeasured: number;
  joulesEstimated: number;
  seconds: number;
  reported: Pick<NodeEnergy, "joules" | "joulesEstimated" | "seconds">;
}

interface Running {
  /** undefined while no attempt runs. */
  state: State | undefined;
  shareBefore: number;
  estimatedBefore: number;
  joules: number;
  joulesEstimated: number;
}

/** A longer gap is no running time but a machine that slept, s. */
const LONGEST_GAP_S = 60;
/** Requests of which nobody told the end: beyond these the oldest is forgotten. */
const MOST_RUNNING = 100_000;

/**
 * Divides each node's power among the requests that run on it: at any moment every one of n requests takes an nth part of
 * the whole machine's power. Nothing is taken off for idling, so that a lone request shows what it costs to keep the machine
 * at work for it. What the nodes take while nothing runs is counted for the node alone. Instants are ms on one clock.
 */
export class EnergyMeter {
  readonly #nodes = new Map<string, State>();
  readonly #running = new Map<string, Running>();

  /** An attempt of a request begins on a node. */
  began(requestId: string, node: NodeSnapshot, now: number): void {
    const known = this.#running.get(requestId);
    if (known?.state !== undefined) this.ended(requestId, now);
    const state = this.#stateOf(node, now);
    this.#advance(state, now);
    state.running += 1;
    measure(state, node);
    const begun = { state, shareBefore: state.share, estimatedBefore: state.shareEstimated };
    this.#running.set(requestId, {
      joules: known?.joules ?? 0,
      joulesEstimated: known?.joulesEstimated ?? 0,
      ...begun,
    });
    if (this.#running.size > MOST_RUNNING) this.#forgetOldest(now);
  }

  /** The attempt of a request has ended. */
  ended(requestId: string, now: number): void {
    const running = this.#running.get(requestId);
    const state = running?.state;
    if (running === undefined || state === undefined) return;
    this.#advance(state, now);
    state.running -= 1;
    running.joules += state.share - running.shareBefore;
    running.joulesEstimated += state.shareEstimated - running.estimatedBefore;
    running.state = undefined;
  }

  /** What all attempts of a request took; it is forgotten then. undefined when none was made. */
  take(requestId: string, now: number): TraceEnergy | undefined {
    const running = this.#running.get(requestId);
    if (running === undefined) return undefined;
    this.ended(requestId, now);
    this.#running.delete(requestId);
    return { joules: Math.round(running.joules * 1000) / 1000, isEstimated: running.joulesEstimated > 0 };
  }

  /** Counts up to now, and takes the newest readings. Call it every few seconds. */
  sweep(nodes: readonly NodeSnapshot[], now: number): void {
    for (const node of nodes) {
      const state = this.#stateOf(node, now);
      this.#advance(state, now);
      measure(state, node);
    }
    const known = new Set<string>(nodes.map(({ nodeId }) => nodeId));
    for (const [id, state] of this.#nodes) {
      state.isGone = !known.has(id);
      if (state.isGone && state.running === 0 && state.seconds === state.reported.seconds) this.#nodes.delete(id);
    }
  }

  /** Every node's power and energy since the start. */
  nodes(): readonly NodeMeter[] {
    const present = [...this.#nodes.values()].filter(({ isGone }) => !isGone);
    return present.map((state) => ({
      ...energyOf(state),
      ...powerOf(state),
      joulesMeasured: state.joulesMeasured,
      ...(isOn(state) ? {} : { watts: 0 }),
    }));
  }

  /** What each node took since this was last asked; those that took nothing are left out. */
  takeLedger(): readonly NodeEnergy[] {
    return [...this.#nodes.values()].flatMap((state) => {
      const { reported } = state;
      const { joules, joulesEstimated, seconds } = energyOf(state);
      state.reported = { joules, joulesEstimated, seconds };
      const grown = {
        joules: joules - reported.joules,
        joulesEstimated: joulesEstimated - reported.joulesEstimated,
        seconds: seconds - reported.seconds,
      };
      return grown.seconds > 0 ? [{ ...energyOf(state), ...grown }] : [];
    });
  }

  #stateOf(node: NodeSnapshot, now: number): State {
    const known = this.#nodes.get(node.nodeId);
    if (known !== undefined) return known.isGone ? returned(known, now) : known;
    const reported = { joules: 0, joulesEstimated: 0, seconds: 0 };
    const sums = { share: 0, shareEstimated: 0, joulesMeasured: 0, joulesEstimated: 0, seconds: 0 };
    const begun = { node, isGone: false, running: 0, at: now, ...sums, reported };
    const state: State = { ...begun, computing: nodePower(node, true), otherwise: nodePower(node, false) };
    this.#nodes.set(node.nodeId, state);
    return state;
  }

  #advance(state: State, now: number): void {
    const seconds = Math.min(LONGEST_GAP_S, (now - state.at) / 1000);
    state.at = Math.max(state.at, now);
    if (seconds <= 0 || !isOn(state)) return;
    const { watts, isEstimated } = powerOf(state);
    const joules = watts * seconds;
    if (isEstimated) state.joulesEstimated += joules;
    else state.joulesMeasured += joules;
    state.seconds += seconds;
    if (state.running === 0) return;
    state.share += joules / state.running;
    if (isEstimated) state.shareEstimated += joules / state.running;
  }

  #forgetOldest(now: number): void {
    for (const oldest of this.#running.keys()) {
      this.take(oldest, now);
      return;
    }
  }
}

/** A node that was gone is there again: what it took in between is nobody's knowledge. */
function returned(state: State, now: number): State {
  state.isGone = false;
  if (state.running === 0) state.at = Math.max(state.at, now);
  return state;
}

/** Takes a node's newest readings; the same ones are worth nothing new. */
function measure(state: State, node: NodeSnapshot): void {
  if (state.node === node) return;
  state.node = node;
  state.computing = nodePower(node, true);
  state.otherwise = nodePower(node, false);
}

const powerOf = ({ running, computing, otherwise }: State): NodePower => (running > 0 ? computing : otherwise);

/** A machine that computes is on, whatever its heartbeats say. */
const isOn = ({ node, running }: State): boolean => running > 0 || node.status !== "offline";

const energyOf = ({ node, joulesMeasured, joulesEstimated, seconds }: State): NodeEnergy => ({
  nodeId: node.nodeId,
  isSimulated: node.isSimulated,
  joules: joulesMeasured + joulesEstimated,
  joulesEstimated,
  seconds,
});
