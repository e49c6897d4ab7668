import type { ModelKey, NodeId } from "@herd/shared";
import type { Logger } from "pino";
import { callNode } from "../../dispatch/node-call.run.ts";
import { createPassedBytes } from "../../dispatch/passed-bytes.ts";
import { headerOf } from "../../dispatch/upstream-headers.ts";
import { askForModels } from "../../fleet/ask-nodes.run.ts";
import { visibleFleet } from "../../fleet/demo/visible-fleet.ts";
import { askLoaded } from "../../fleet/pulls/ask-loaded.run.ts";
import { planPull } from "../../fleet/pulls/plan-pull.ts";
import { UploadPlaces } from "../../fleet/pulls/upload-places.ts";
import type { DiskNote, DiskParts } from "../../pipeline/models-on-disk/disk-parts.ts";
import type { UnloadParts } from "../../pipeline/unloading/unload-everywhere.ts";
import { encodeEmptyLoad } from "../../protocols/ollama/disk/empty-load.ts";
import { failedPush } from "../../protocols/ollama/disk/failed-push.ts";
import { takeNodeId } from "../../protocols/ollama/disk/members.ts";
import { isDigest, readCreateSources } from "../../protocols/ollama/disk/read-disk.ts";
import { diskFreeGbOf } from "./disk-free.ts";
import { createProgressParts, type DiskSources } from "./progress-parts.ts";

/** Builds what serves everything about models on disks but pulls. */
export function createDiskParts(sources: DiskSources): DiskParts {
  const { fleet, serving, ask, log } = sources;
  const { registry } = fleet;
  const diskFreeGb = diskFreeGbOf(registry);
  const { gc } = globalThis;
  const notePassed = createPassedBytes(() => gc?.({ type: "minor", execution: "sync" }));
  return {
    ...createProgressParts(sources),
    keyOf: serving.parts.keyOf,
    fleet: (withDemo) => visibleFleet(registry.snapshot(), withDemo),
    epochNow: fleet.clock.now,
    askNodes: () => askForModels(registry, ask),
    callNode: (order) => callNode({ ...serving.attempts, notePassed }, order),
    plan: (wish) => planPull(registry.snapshot(), { ...wish, diskFreeGb }),
    places: new UploadPlaces(),
    forgetModel: (node, key) => {
      noteDeleted(sources, node, key);
      registry.noteMissing(node, key);
    },
    takeNodeId,
    createSources: readCreateSources,
    failedPush,
    isDigest,
    headerOf,
    note: (note) => tell(log, note),
  };
}

/** The node has said that it does not have it any more. */
function noteDeleted({ fleet, events }: DiskSources, id: NodeId, key: ModelKey): void {
  const node = fleet.registry.node(id);
  const name = node?.backends.find(({ kind }) => kind === "ollama")?.models.get(key)?.name;
  if (name === undefined || node?.isSimulated === true) return;
  events.note({ event: "deleted", nodeId: id, model: name, at: fleet.clock.now() });
}

/** Builds what unloading needs, but for who could be asked. */
export function createUnloadParts({
  fleet,
  serving,
  ask,
}: Omit<DiskSources, "events">): Omit<UnloadParts, "candidatesFor"> {
  const { registry } = fleet;
  return {
    callNode: (order) => callNode(serving.attempts, order),
    forgetModel: (node, key) => registry.noteMissing(node, key),
    readLoaded: (node) => askLoaded(registry, ask, node),
    encodeEmptyLoad,
  };
}

function tell(log: Logger, { requestId, subject, nodes, isGood, sentence }: DiskNote): void {
  const about = { request_id: requestId, subject, node_ids: nodes };
  if (isGood) log.info(about, sentence);
  else log.warn(about, sentence);
}
