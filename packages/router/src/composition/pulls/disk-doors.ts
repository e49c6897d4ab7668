import type { DiskParts } from "../../pipeline/models-on-disk/disk-parts.ts";
import { serveBlob } from "../../pipeline/models-on-disk/serve-blob.ts";
import { serveChange } from "../../pipeline/models-on-disk/serve-change.ts";
import { serveCreate } from "../../pipeline/models-on-disk/serve-create.ts";
import { serveEveryNode } from "../../pipeline/models-on-disk/serve-every-node.ts";
import { type Passing, servePassed } from "../../pipeline/models-on-disk/serve-one-node.ts";
import { servePush } from "../../pipeline/models-on-disk/serve-push.ts";
import type { DiskDoors, PassedRoute } from "../../protocols/ollama/plugin-disk.ts";

/** What the routes about models on disks call. */
export function createDiskDoors(parts: DiskParts): Omit<DiskDoors, "sinkOf" | "bodyOf"> {
  return {
    servePush: (incoming, voice) => servePush({ parts, incoming, voice }),
    serveCreate: (incoming, voice) => serveCreate({ parts, incoming, voice }),
    serveChange: (incoming, voice, what) => serveChange({ parts, incoming, voice, what }),
    serveBlob: (incoming, voice) => serveBlob({ parts, incoming, voice }),
    servePassed: (incoming, voice, route) => servePassed({ parts, incoming, voice, ...passingOf(route) }),
    serveEveryNode: (incoming, voice, method) => serveEveryNode({ parts, incoming, voice, method }),
  };
}

function passingOf({ fallback, ...route }: PassedRoute): Pick<Passing, "method" | "silenceMs" | "fallback"> {
  if (fallback === undefined) return route;
  return { ...route, fallback: { status: 200, content: { type: "application/json; charset=utf-8", body: fallback } } };
}
