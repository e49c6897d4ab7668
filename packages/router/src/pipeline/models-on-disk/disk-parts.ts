import type { ModelKey, NodeId } from "@herd/shared";
import type { NodeCallOrder, RunningNodeCall } from "../../dispatch/node-call.run.ts";
import type { ErrorCode } from "../../domain/errors.ts";
import type { FleetSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { PullPlan, PullWish } from "../../fleet/pulls/plan-pull.ts";
import type { UploadPlaces } from "../../fleet/pulls/upload-places.ts";
import type { CreateSources } from "../../protocols/ollama/disk/read-disk.ts";
import type { Refusal } from "../incoming.ts";
import type { ServeParts } from "../parts.ts";
import type { ProgressParts } from "./run-progress.ts";

/** The parts that everything about models on disks is put together from, beside pulls. */
export interface DiskParts extends ProgressParts, Pick<ServeParts, "keyOf" | "forwardedHeaders"> {
  /** The fleet with or without the machines of the demo. */
  readonly fleet: (withDemo: boolean) => FleetSnapshot;
  /** Unix epoch ms. */
  readonly epochNow: () => number;
  /** Asks the nodes that can be reached for their models; resolves within a short bound. */
  readonly askNodes: () => Promise<void>;
  readonly callNode: (order: NodeCallOrder) => RunningNodeCall;
  /** Nodes that could take what is uploaded or created, the best first. */
  readonly plan: (wish: Omit<PullWish, "diskFreeGb">) => PullPlan;
  readonly places: UploadPlaces;
  /** A node has told that it does not have a model any more. */
  readonly forgetModel: (node: NodeId, key: ModelKey) => void;
  /** Takes out of a body the member that names a node of the fleet. */
  readonly takeNodeId: (body: Uint8Array) => { readonly nodeId: string | undefined; readonly body: Uint8Array };
  readonly createSources: (body: Uint8Array) => CreateSources;
  /** Ollama's answer to a push of what it does not have. */
  readonly failedPush: (message: string, about: { readonly isStream: boolean; readonly code: ErrorCode }) => Refusal;
  readonly isDigest: (text: string) => boolean;
  /** One header's value. @param name in lower case */
  readonly headerOf: (raw: readonly string[], name: string) => string | undefined;
  readonly note: (note: DiskNote) => void;
}

/** One line of the log about what was done to models, or asked of a node's account. */
export interface DiskNote {
  readonly requestId: string;
  /** The model, file or route that it is about. */
  readonly subject: string;
  /** Where it happened, or would have. */
  readonly nodes: readonly string[];
  readonly isGood: boolean;
  readonly sentence: string;
}

/** The Ollama of a node; undefined where there is none. */
export const ollamaOf = (node: NodeSnapshot): NodeSnapshot["backends"][number] | undefined =>
  node.backends.find(({ kind }) => kind === "ollama");

/** Whether a call to a node's Ollama has a chance. */
export function isAnswering(node: NodeSnapshot): boolean {
  const backend = ollamaOf(node);
  return node.status !== "offline" && backend !== undefined && backend.reachability !== "unreachable";
}
