import type { NodeCallResult } from "../../dispatch/node-call.run.ts";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { PullPlan } from "../../fleet/pulls/plan-pull.ts";
import type { RouteVoice } from "../incoming.ts";
import { type DiskParts, ollamaOf } from "./disk-parts.ts";
import { clientOf, type Upload } from "./upload.ts";
import { nodeHeaders, sendHeld, tellProblem } from "./whole-answer.ts";

/** An upload, or the question whether a file is there, and everything that serves it. */
export interface Uploading {
  readonly parts: DiskParts;
  readonly incoming: Upload;
  readonly voice: Pick<RouteVoice, "encodeError">;
}

/**
 * Passes a file on to one node, piece by piece as fast as that takes it, or asks it whether it has the file. The first call
 * of a client chooses the node, the later ones of the same client go there, too.
 */
export async function serveBlob(uploading: Uploading): Promise<void> {
  const { parts, incoming } = uploading;
  try {
    if (!parts.isDigest(incoming.digest)) {
      tellProblem(uploading, { code: "HERD_BAD_REQUEST", subject: "invalid digest format" });
      return;
    }
    const plan = placesFor(uploading);
    if (plan.kind === "nodes") await uploadToFirst(uploading, plan.nodes);
    else tellProblem(uploading, { code: plan.code, subject: namedNode(uploading) ?? incoming.digest });
  } finally {
    incoming.discardRest();
  }
}

const namedNode = ({ parts, incoming }: Uploading): string | undefined =>
  parts.headerOf(incoming.headers, "x-herd-node");

function placesFor(uploading: Uploading): PullPlan {
  const { parts, incoming } = uploading;
  const named = namedNode(uploading);
  const wish = { modelKey: undefined, nodeId: named };
  if (named !== undefined) return parts.plan(wish);
  const usual = parts.places.nodeOf(clientOf(parts, incoming), parts.epochNow());
  const again = usual === undefined ? undefined : parts.plan({ ...wish, nodeId: usual });
  if (again?.kind === "nodes") return again;
  const length = Number(parts.headerOf(incoming.headers, "content-length") ?? Number.NaN);
  return parts.plan({ ...wish, sizeBytes: incoming.method === "POST" && length > 0 ? length : undefined });
}

async function uploadToFirst(uploading: Uploading, nodes: readonly NodeSnapshot[]): Promise<void> {
  const { parts, incoming } = uploading;
  const client = clientOf(parts, incoming);
  for (const [index, node] of nodes.entries()) {
    // Noted before it begins: a client may send several files at once.
    parts.places.keep(client, node.nodeId, parts.epochNow());
    const result = await callOn(uploading, node);
    const mayGoOn = result.kind === "failed" && result.isUntouched && index + 1 < nodes.length;
    if (result.kind === "failed") parts.places.forget(client);
    if (mayGoOn) continue;
    conclude(uploading, node, result);
    return;
  }
}

function callOn({ parts, incoming }: Uploading, node: NodeSnapshot): Promise<NodeCallResult> {
  const backend = ollamaOf(node);
  if (backend === undefined) throw new RangeError(`node ${node.nodeId} has no Ollama`);
  const length = parts.headerOf(incoming.headers, "content-length");
  const own = parts.forwardedHeaders(incoming.headers, incoming.requestId);
  const call = parts.callNode({
    node: node.nodeId,
    route: backend.route,
    method: incoming.method,
    path: `/api/blobs/${incoming.digest}`,
    headers: incoming.stream === undefined || length === undefined ? own : [...own, "content-length", length],
    body: incoming.stream,
  });
  incoming.onClientGone(call.cancel);
  return call.result;
}

function conclude(uploading: Uploading, node: NodeSnapshot, result: NodeCallResult): void {
  const { parts, incoming } = uploading;
  const { digest, method } = incoming;
  const isHere = result.kind === "answered" && result.status < 300;
  if (isHere) {
    const now = parts.epochNow();
    parts.places.keep(clientOf(parts, incoming), node.nodeId, now);
    parts.places.noteFile(digest, node.nodeId, now);
  }
  const isGood = isHere || method === "HEAD" || result.kind === "cancelled";
  const about = { requestId: incoming.requestId, subject: digest, nodes: [node.nodeId], isGood };
  parts.note({ ...about, sentence: sentenceOf(method, result) });
  if (result.kind === "answered") sendHeld(incoming, result, nodeHeaders(node));
  else if (result.kind === "failed") {
    const what = method === "POST" ? "the upload to" : "the question to";
    const subject = `${what} node '${node.nodeId}' failed: ${result.detail}`;
    const hint = "Look at Ollama on that node, then upload the file again";
    tellProblem(uploading, { code: "HERD_NODE_FAILED", subject, hint, headers: nodeHeaders(node) });
  }
}

function sentenceOf(method: Upload["method"], result: NodeCallResult): string {
  switch (result.kind) {
    case "answered":
      if (method === "HEAD") return "a file was looked for";
      return result.status < 300 ? "a file was uploaded" : `an upload was refused with HTTP ${result.status}`;
    case "failed":
      return `an upload failed: ${result.detail}`;
    case "cancelled":
    case "relayed":
      return "an upload was left by its client";
  }
}
