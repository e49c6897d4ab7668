import type { FleetSnapshot } from "../../domain/fleet-snapshot.ts";
import type { ModelEvents } from "../../storage/model-events.ts";

/** What watching needs. */
export interface WatchSources {
  readonly fleet: () => FleetSnapshot;
  readonly events: ModelEvents;
  /** Calls back after every change of the fleet. */
  readonly onNews: (listener: () => void) => void;
  /** Unix epoch ms. */
  readonly now: () => number;
}

/** Notes which models come into memory and leave it. What was there when the router first heard of a node is no event. */
export function watchModels({ fleet, events, onNews, now }: WatchSources): void {
  let known: ReadonlyMap<string, ReadonlySet<string>> = new Map();
  const noteAll = (event: "loaded" | "unloaded", nodeId: string, models: readonly string[]): void => {
    for (const model of models) events.note({ event, nodeId, model, at: now() });
  };
  let timer: NodeJS.Timeout | undefined;
  onNews(() => {
    // News come with every request; what is in memory is looked at once for all of a second.
    if (timer === undefined) timer = setTimeout(look, LOOK_AFTER_MS).unref();
  });
  const look = (): void => {
    timer = undefined;
    const next = loadedByNode(fleet());
    for (const [nodeId, loaded] of next) {
      const before = known.get(nodeId);
      if (before === undefined) continue;
      noteAll("loaded", nodeId, missingIn(before, loaded));
      noteAll("unloaded", nodeId, missingIn(loaded, before));
    }
    known = next;
  };
}

const LOOK_AFTER_MS = 1_000;

const missingIn = (some: ReadonlySet<string>, others: ReadonlySet<string>): readonly string[] =>
  [...others].filter((model) => !some.has(model));

/** Of real machines that report: what a silent one has in memory nobody knows. */
function loadedByNode({ nodes }: FleetSnapshot): ReadonlyMap<string, ReadonlySet<string>> {
  const online = nodes.filter(({ status, isSimulated }) => status === "online" && !isSimulated);
  return new Map(
    online.map(({ nodeId, backends }) => {
      const models = backends.flatMap((backend) => [...backend.models.values()]);
      return [nodeId, new Set(models.flatMap(({ loaded, name }) => (loaded === undefined ? [] : [name])))];
    }),
  );
}
