import type { ModelKey, NodeId } from "@herd/shared";
import type { AttemptResult, ReplyUsage } from "../dispatch/attempt-result.ts";
import type { Breakers } from "../dispatch/breaker.ts";
import type { LoadBlocks } from "../dispatch/load-blocks.ts";
import type { LoadTerms, NodeFinding } from "../domain/fleet-snapshot.ts";
import type { BackendPlace } from "../fleet/backends/backend-id.ts";
import type { EndedAttempt } from "./parts.ts";

/** Who learns from an attempt's end. */
export interface Learners {
  readonly breakers: Breakers;
  readonly loadBlocks: LoadBlocks;
  /** ms on the monotonic clock. */
  readonly now: () => number;
  readonly fleet: {
    noteUnreachable(place: BackendPlace, sign: { readonly detail: string; readonly isNodeRefusing: boolean }): void;
    noteAnswered(place: BackendPlace): void;
    noteLoaded(place: BackendPlace, key: ModelKey, terms: LoadTerms): void;
    noteMissing(place: BackendPlace, key: ModelKey): void;
    noteFinding(node: NodeId, finding: NodeFinding): void;
  };
  /** A refused loopback backend says nothing about the agent: its port is asked. */
  readonly checkNode: (node: NodeId) => void;
  readonly learnSpeeds: (ended: EndedAttempt, usage: ReplyUsage) => void;
}

/** Lets breaker, load blocks, registry and speeds learn from how an attempt ended. */
export function learnFrom(learners: Learners, ended: EndedAttempt): void {
  const { result, candidate } = ended;
  const key = breakerKeyOf(candidate);
  switch (result.kind) {
    case "completed":
      learners.breakers.succeeded(key);
      learners.loadBlocks.succeeded(candidate.laneKey);
      learners.fleet.noteAnswered(placeOf(candidate));
      noteLoaded(learners, ended);
      learners.learnSpeeds(ended, result.usage);
      return;
    case "cancelled":
      letGo(learners, candidate);
      if (result.firstByteAt !== undefined) noteLoaded(learners, ended);
      return;
    case "broken":
      if (result.failureClass === "incomplete" || result.failureClass === "stall") letGo(learners, candidate);
      else learners.breakers.failed(key, learners.now());
      return;
    case "failed":
      learnFromFailure(learners, ended, result);
  }
}

/** It told nothing about the backend. Only the canary of a half-open breaker makes room for another. */
function letGo({ breakers }: Learners, candidate: EndedAttempt["candidate"]): void {
  if (candidate.breaker === "half-open") breakers.abandoned(breakerKeyOf(candidate));
}

/** The breaker guards a backend, whatever the model. */
export const breakerKeyOf = ({
  node,
  backend,
}: EndedAttempt["candidate"] | Pick<EndedAttempt["candidate"], "node" | "backend">): string =>
  `${node.nodeId}/${backend.id}`;

/** Signs of life are a backend's, not its node's. */
const placeOf = ({ node, backend }: Pick<EndedAttempt["candidate"], "node" | "backend">): BackendPlace =>
  backend.kind === "ollama" ? node.nodeId : { node: node.nodeId, backendId: backend.id };

function learnFromFailure(
  learners: Learners,
  { candidate, node, modelKey }: EndedAttempt,
  failed: Extract<AttemptResult, { kind: "failed" }>,
): void {
  const key = breakerKeyOf(candidate);
  const { breakers, now } = learners;
  switch (failed.failureClass) {
    case "unreachable":
      breakers.failed(key, now());
      noteUnreachable(learners, candidate, failed);
      return;
    case "node-fault":
      breakers.failed(key, now());
      return;
    case "load-failure":
      breakers.succeeded(key);
      learners.loadBlocks.failed(candidate.laneKey, now());
      return;
    case "stale-inventory":
      breakers.succeeded(key);
      if (failed.status === 403) learners.fleet.noteFinding(node, HOST_CHECK_FINDING);
      else learners.fleet.noteMissing(placeOf(candidate), modelKey);
      return;
    case "busy":
    case "stall":
    case "incomplete":
    case "unsuited":
      letGo(learners, candidate);
      return;
    case "callers-fault":
      breakers.succeeded(key);
  }
}

const HOST_CHECK_FINDING: NodeFinding = {
  id: "host_refused",
  text: "its Ollama refuses the router's calls (403 without a body: its Host or Origin check)",
  fix: "Run this product's herd-node there, or set OLLAMA_HOST to an address of that machine and restart Ollama",
};

const GATEWAY_FINDINGS: Readonly<Record<string, NodeFinding>> = {
  "gateway: refused": {
    id: "gateway_refused",
    text: "its gateway refuses calls from this router's address",
    fix: "Restart herd-node there with --router-url naming the address this router calls from",
  },
  "gateway: unauthorised": {
    id: "gateway_unauthorised",
    text: "its gateway does not accept this router's signature",
    fix: "Restart herd-node there; check that no other router uses the same address",
  },
};

function noteUnreachable(
  learners: Learners,
  { node, backend }: EndedAttempt["candidate"],
  failed: Extract<AttemptResult, { kind: "failed" }>,
): void {
  const finding = GATEWAY_FINDINGS[failed.detail];
  if (finding !== undefined) learners.fleet.noteFinding(node.nodeId, finding);
  const isGatewayWord = failed.detail.startsWith("gateway:");
  if (!failed.isRefused && !isGatewayWord) return;
  const isLoopback = backend.route.kind === "loopback";
  learners.fleet.noteUnreachable(placeOf({ node, backend }), {
    detail: failed.detail,
    isNodeRefusing: failed.isRefused && !isLoopback,
  });
  if (isLoopback) learners.checkNode(node.nodeId);
}

/** A model that was cold is loaded now; one that was loaded on other terms was loaded anew for this request. */
function noteLoaded({ fleet }: Learners, { candidate, modelKey, terms, staysLoaded }: EndedAttempt): void {
  // Other engines report what they have in memory, and no request changes how.
  const isReported = candidate.backend.kind !== "ollama" && candidate.model.loaded !== undefined;
  if (!staysLoaded || isReported) return;
  const known = candidate.model.loaded?.loadedWith;
  if (known !== undefined && known.numCtx === terms.numCtx && known.options === terms.options) return;
  fleet.noteLoaded(placeOf(candidate), modelKey, terms);
}
