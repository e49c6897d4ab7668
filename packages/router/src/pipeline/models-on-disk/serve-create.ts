import type { NodeId } from "@herd/shared";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { PullPlan } from "../../fleet/pulls/plan-pull.ts";
import type { CreateSources } from "../../protocols/ollama/disk/read-disk.ts";
import { headerText } from "../answers/attempt-headers.ts";
import type { Incoming, RouteVoice } from "../incoming.ts";
import { type DiskParts, ollamaOf } from "./disk-parts.ts";
import { factsOfDiskRequest, readOrRefuse } from "./facts-of.ts";
import { runProgress } from "./run-progress.ts";
import { clientOf } from "./upload.ts";
import { tellProblem } from "./whole-answer.ts";

/** A creation and everything that serves it. */
export interface Creating {
  readonly parts: DiskParts;
  readonly incoming: Incoming;
  readonly voice: RouteVoice;
}

/** A node that does not tell at once whether it has a file does not get the creation, ms. */
const HAS_FILE_MS = 5_000;

/**
 * Creates a model on one node: where its files were uploaded, else where the model is that it is made from, else on the best
 * node for it. The router's lists show the model before the client reads that it is there.
 */
export async function serveCreate(creating: Creating): Promise<void> {
  const { parts, incoming } = creating;
  const read = readOrRefuse(creating);
  if (read === undefined) return;
  const facts = factsOfDiskRequest(creating, read);
  const { nodeId: named, body } = parts.takeNodeId(incoming.body);
  const nodeId = named ?? parts.headerOf(incoming.headers, "x-herd-node");
  const sources = parts.createSources(body);
  const plan = parts.plan({ modelKey: keyOfBase(parts, sources) ?? facts.modelKey, nodeId });
  if (plan.kind === "nowhere") {
    const subject = plan.code === "HERD_UNKNOWN_NODE" ? (nodeId ?? "") : facts.model;
    tellProblem(creating, { code: plan.code, subject });
    return;
  }
  const place = nodeId === undefined ? await placeOfFiles(creating, sources, plan) : undefined;
  const work = {
    what: "creation",
    cutCode: "HERD_STREAM_CUT",
    changesDisk: true,
    headers: hintHeaders(place),
  } as const;
  await runProgress({ ...creating, facts, body, ...work }, place === undefined ? plan.nodes : [place.node]);
}

const keyOfBase = ({ keyOf }: DiskParts, { from }: CreateSources) => (from === undefined ? undefined : keyOf(from));

const hintHeaders = (place: FilesPlace | undefined): readonly string[] =>
  place?.hint === undefined ? [] : ["X-Herd-Hint", headerText(place.hint)];

interface FilesPlace {
  readonly node: NodeSnapshot;
  /** Says that files are missing, and why. */
  readonly hint: string | undefined;
}

/**
 * The node to which the files were uploaded; undefined where none are needed. Where nothing is remembered, or that node is
 * gone, the others are asked; where none has them all, the best node will say in Ollama's own words what is missing.
 */
async function placeOfFiles(
  creating: Creating,
  { digests }: CreateSources,
  { nodes }: Extract<PullPlan, { kind: "nodes" }>,
): Promise<FilesPlace | undefined> {
  if (digests.length === 0) return undefined;
  const { parts } = creating;
  const usual = usualPlace(creating, digests);
  const here = usual === undefined ? undefined : parts.plan({ modelKey: undefined, nodeId: usual });
  const [uploadedTo] = here?.kind === "nodes" ? here.nodes : [];
  if (uploadedTo !== undefined) return { node: uploadedTo, hint: undefined };
  const found = await Promise.all(nodes.map((node) => hasAll(creating, digests, node)));
  const at = found.indexOf(true);
  const node = nodes[Math.max(0, at)];
  if (node === undefined) return undefined;
  const why = usual === undefined ? "no node has all of these files" : `${usual}, which has the files, is away`;
  return { node, hint: at === -1 ? `${why}: upload them again` : undefined };
}

/** The node that is remembered to have all of the files; the client's own one where several have. */
function usualPlace({ parts, incoming }: Creating, digests: readonly string[]): NodeId | undefined {
  const now = parts.epochNow();
  const uploader = parts.places.nodeOf(clientOf(parts, incoming), now);
  const known = digests.map((digest) => parts.places.nodesWith(digest, now));
  const [first = new Set<NodeId>()] = known;
  const all = [...first].filter((node) => known.every((nodes) => nodes.has(node)));
  return all.find((node) => node === uploader) ?? all[0];
}

async function hasAll(
  { parts, incoming }: Pick<Creating, "parts" | "incoming">,
  digests: readonly string[],
  node: NodeSnapshot,
): Promise<boolean> {
  const route = ollamaOf(node)?.route;
  if (route === undefined) return false;
  const headers = parts.forwardedHeaders([], incoming.requestId);
  for (const digest of digests) {
    const path = `/api/blobs/${digest}`;
    const order = { node: node.nodeId, route, method: "HEAD", path, headers, body: undefined } as const;
    const result = await parts.callNode({ ...order, silenceMs: HAS_FILE_MS }).result;
    if (result.kind !== "answered" || result.status !== 200) return false;
  }
  return true;
}
