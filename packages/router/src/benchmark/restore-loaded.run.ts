import type { FleetSnapshot, NodeSnapshot } from "../domain/fleet-snapshot.ts";

/** The fleet before and after a run, and whom it concerned. */
export interface Restoring {
  readonly before: FleetSnapshot;
  readonly after: FleetSnapshot;
  readonly nodes: ReadonlySet<string>;
  readonly url: string;
  /** Ends it: it was cancelled, or the router stops. */
  readonly signal: AbortSignal;
}

/** Time for one load, ms. */
const LOAD_TIMEOUT_MS = 300_000;

/** Loads again what had to leave memory for the run. What cannot be loaded is left to the next request for it. */
export async function restoreLoaded({ before, after, nodes, url, signal: ending }: Restoring): Promise<void> {
  for (const node of before.nodes.filter(({ nodeId }) => nodes.has(nodeId))) {
    const there = after.nodes.find(({ nodeId, status }) => nodeId === node.nodeId && status !== "offline");
    if (there === undefined || there.isDraining) continue;
    const now = loadedOn(there);
    for (const model of [...loadedOn(node)].filter((name) => !now.has(name))) {
      const headers = { "x-herd-node": node.nodeId, "x-herd-tags": "benchmark" };
      const signal = AbortSignal.any([ending, AbortSignal.timeout(LOAD_TIMEOUT_MS)]);
      await fetch(`${url}/api/generate`, { method: "POST", body: JSON.stringify({ model }), headers, signal })
        .then((response) => response.arrayBuffer())
        .catch(() => undefined);
    }
  }
}

/** Models of an Ollama only: other servers keep what they have. */
const loadedOn = (node: NodeSnapshot | undefined): ReadonlySet<string> =>
  new Set(
    (node?.backends ?? [])
      .filter(({ kind }) => kind === "ollama")
      .flatMap(({ models }) =>
        [...models.values()].flatMap(({ loaded, name }) => (loaded === undefined ? [] : [name])),
      ),
  );
