import type { NodeId } from "@herd/shared";

/** Ends one attempt from outside. */
export type EndAttempt = (detail: string) => void;

interface Running {
  readonly end: EndAttempt;
  /** Its place in the list of its node. */
  at: number;
}

/**
 * The attempts that run now, by node, so that those on a vanished machine can be ended together. Plain lists: a Set that
 * is filled and emptied all the time leaves dead tables behind which, once they are old, keep everything alive that the
 * tables after them hold, until the next full garbage collection.
 */
export class RunningAttempts {
  readonly #byNode = new Map<NodeId, Running[]>();

  /** Returns what takes it out again; only its first call counts. */
  add(node: NodeId, end: EndAttempt): () => void {
    let list = this.#byNode.get(node);
    if (list === undefined) {
      list = [];
      this.#byNode.set(node, list);
    }
    const running = { end, at: list.length };
    list.push(running);
    const all = list;
    return () => takeOut(all, running);
  }

  /** Whether an attempt runs on a node. */
  isBusy(node: NodeId): boolean {
    return (this.#byNode.get(node)?.length ?? 0) > 0;
  }

  /** Ends every attempt on a node. Returns how many there were. */
  endAll(node: NodeId, detail: string): number {
    const running = [...(this.#byNode.get(node) ?? [])];
    for (const { end } of running) end(detail);
    return running.length;
  }

  /** Ends every attempt everywhere. */
  endEverything(detail: string): void {
    for (const node of this.#byNode.keys()) this.endAll(node, detail);
  }
}

/** The last one takes the free place. */
function takeOut(list: Running[], running: Running): void {
  if (list[running.at] !== running) return;
  const last = list.pop();
  if (last === undefined || last === running) return;
  list[running.at] = last;
  last.at = running.at;
}
