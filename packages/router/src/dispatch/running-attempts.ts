import type { NodeId } from "@herd/shared";

/** Ends one attempt from outside. */
export type EndAttempt = (detail: string) => void;

/** The attempts that run now, by node, so that those on a vanished machine can be ended together. */
export class RunningAttempts {
  readonly #byNode = new Map<NodeId, Set<EndAttempt>>();

  /** Returns what takes it out again. */
  add(node: NodeId, end: EndAttempt): () => void {
    let running = this.#byNode.get(node);
    if (running === undefined) {
      running = new Set();
      this.#byNode.set(node, running);
    }
    running.add(end);
    return () => running.delete(end);
  }

  /** Ends every attempt on a node. Returns how many there were. */
  endAll(node: NodeId, detail: string): number {
    const running = [...(this.#byNode.get(node) ?? [])];
    for (const end of running) end(detail);
    return running.length;
  }

  /** Ends every attempt everywhere. */
  endEverything(detail: string): void {
    for (const node of this.#byNode.keys()) this.endAll(node, detail);
  }
}
