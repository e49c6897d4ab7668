import { toGib } from "@herd/shared";
import { modelKeyOf } from "../../domain/model-name.ts";
import { downloadableBytes } from "../../recommend/hardware.ts";
import { pullingBackendOf } from "../../recommend/own-models.ts";
import type { FleetParts } from "../fleet-parts.ts";
import { diskOf } from "./advice-facts-of.ts";
import type { PullItem, PullRoom } from "./plan-pulls.run.ts";

/** Tells whether a node can take a model now. @param sizeOf bytes of a download; undefined when nobody knows */
export function createPullRoom(
  fleet: FleetParts,
  sizeOf: (model: string) => number | undefined,
): (item: PullItem) => PullRoom {
  const roomOn = diskOf(fleet);
  return ({ node_id, model }) => {
    const node = fleet.registry.snapshot().nodes.find(({ nodeId }) => nodeId === node_id);
    const models = node && pullingBackendOf(node)?.models;
    const key = modelKeyOf(model);
    if (node === undefined || models === undefined) return refused(`node '${node_id}' is not there`);
    if (key === undefined) return refused(`'${model}' is no model name`);
    if (models.has(key)) return { kind: "present" };
    const why = fullDisk(downloadableBytes(roomOn(node)), sizeOf(model));
    return why === undefined ? { kind: "free" } : refused(`the disk of '${node_id}' ${why}`);
  };
}

/** What is not known of a disk or a download speaks against neither. */
function fullDisk(free: number | undefined, size: number | undefined): string | undefined {
  if (free === undefined || free >= (size ?? 1)) return undefined;
  const needed = size === undefined ? "" : `; ${toGib(size)} GiB are needed`;
  return `has ${toGib(free)} GiB left for models${needed}`;
}

const refused = (why: string): PullRoom => ({ kind: "refused", why });
