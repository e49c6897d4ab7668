import type { ModelKey } from "@herd/shared";
import type { ReplyUsage } from "../../dispatch/attempt-result.ts";
import type { NodeCallOrder, RunningNodeCall } from "../../dispatch/node-call.run.ts";
import type { Candidate } from "../../domain/candidate.ts";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { attemptHeaders } from "../answers/attempt-headers.ts";
import { type Ending, endingOf } from "../answers/ending.ts";
import type { Journey } from "../journey.ts";
import { type ChangeOutcome, type NodeVerdict, outcomeOf } from "../models-on-disk/change-outcome.ts";
import { outcomeSentence, tellOutcome } from "../models-on-disk/tell-outcome.ts";
import { sendHeld } from "../models-on-disk/whole-answer.ts";
import type { Serving } from "../parts.ts";
import { answerWithoutNode, type EncodeEmptyLoad } from "./answer-without-node.ts";

/** What unloading needs beside what serving has. */
export interface UnloadParts {
  /** Who has the model and can be called now, with it in memory first. */
  readonly candidatesFor: (journey: Journey) => readonly Candidate[];
  readonly callNode: (order: NodeCallOrder) => RunningNodeCall;
  /** A node does not have the model. */
  readonly forgetModel: (node: NodeSnapshot["nodeId"], key: ModelKey) => void;
  /** Asks a node what it has in memory and puts it into the lists. */
  readonly readLoaded: (node: NodeSnapshot) => Promise<void>;
  readonly encodeEmptyLoad: EncodeEmptyLoad;
}

/**
 * Unloads a model wherever it is in memory, with one answer. Every Ollama that has it is told, since a model may be in memory
 * under another name; where it is not, there is nothing to do. What is not Ollama unloads nothing. Takes no slot: Ollama
 * answers at once, whatever runs.
 */
export async function unloadEverywhere(serving: Serving, journey: Journey, parts: UnloadParts): Promise<Ending> {
  const candidates = parts.candidatesFor(journey).filter(({ backend }) => backend.kind === "ollama");
  if (candidates.length === 0) return answerWithoutNode(serving, journey, { ...parts, reason: "unload" });
  const startedAt = serving.parts.now();
  const told = await tellAll(serving, journey, { parts, candidates });
  const inMemory = candidates.filter(({ model }) => model.loaded !== undefined);
  const listed = Promise.all(inMemory.map(({ node }) => parts.readLoaded(node)));
  if (journey.isGone) return endingOf.noTurn(serving, journey, { kind: "left" });
  await listed;
  if (journey.isGone) return endingOf.noTurn(serving, journey, { kind: "left" });
  return conclude(serving, journey, { told, startedAt });
}

interface Told extends NodeVerdict {
  readonly candidate: Candidate;
}

/** Longest silence of a node that has the model in memory, ms. Ollama answers an unload at once, so it hangs after that. */
const HAS_IT_MS = 10_000;

/** The same for one that does not, as far as is known: there is hardly anything to do there, and others are waited for. */
const HAS_IT_NOT_MS = 2_000;

interface Telling {
  readonly parts: UnloadParts;
  readonly candidates: readonly Candidate[];
}

/** Tells all of them at once, until the last has answered or the client has left. */
function tellAll(serving: Serving, journey: Journey, { parts, candidates }: Telling): Promise<readonly Told[]> {
  const { facts } = journey;
  const calls = candidates.map((candidate) => ({
    candidate,
    call: startUnload(serving, journey, { parts, candidate }),
  }));
  const leave = (): void => {
    for (const { call } of calls) call.cancel();
  };
  journey.leave = leave;
  if (journey.isGone) leave();
  return Promise.all(
    calls.map(async ({ candidate, call }) => {
      const { nodeId } = candidate.node;
      const result = await call.result;
      if (result.kind === "answered" && result.status === 404) parts.forgetModel(nodeId, facts.modelKey);
      return { nodeId, candidate, result };
    }),
  );
}

interface Unloading {
  readonly parts: UnloadParts;
  readonly candidate: Candidate;
}

function startUnload(serving: Serving, journey: Journey, { parts, candidate }: Unloading): RunningNodeCall {
  const { node, backend, model } = candidate;
  const { facts } = journey;
  return parts.callNode({
    node: node.nodeId,
    route: backend.route,
    method: "POST",
    path: facts.path,
    headers: serving.parts.forwardedHeaders(serving.incoming.headers, facts.requestId),
    body: bodyFor(serving, journey),
    silenceMs: model.loaded === undefined ? HAS_IT_NOT_MS : HAS_IT_MS,
  });
}

/** The client's own bytes, but for the name where it is an alias. */
function bodyFor({ parts, incoming }: Serving, { facts, edits }: Journey): Uint8Array {
  const isAlias = facts.model !== facts.requestedModel;
  const label = `model=${facts.model}`;
  const named = isAlias ? [{ range: facts.modelRange, replacement: JSON.stringify(facts.model), label }] : [];
  return parts.tools.applyEdits(incoming.body, [...edits, ...named]);
}

interface Verdicts {
  readonly told: readonly Told[];
  /** ms on the monotonic clock. */
  readonly startedAt: number;
}

function conclude(serving: Serving, journey: Journey, { told, startedAt }: Verdicts): Ending {
  const { facts } = journey;
  const outcome = outcomeOf(thatMatter(told));
  const answering = told.find(({ result }) => result.kind === "answered" && result.status < 300) ?? told[0];
  if (outcome.kind === "done" && answering !== undefined) {
    const { candidate } = answering;
    const pick = { candidate, total: 0, parts: [] };
    const names = ["X-Fleet-Nodes", outcome.done.join(", ")];
    sendHeld(serving.incoming, outcome.answer, [...withoutId(attemptHeaders(journey, pick, startedAt)), ...names]);
    const endedAt = serving.parts.now();
    const result = { kind: "completed", status: 200, firstByteAt: endedAt, usage: NOTHING_USED } as const;
    journey.attempts.push({
      pick,
      model: facts.model,
      isFallback: false,
      startedAt,
      endedAt,
      result,
      decision: undefined,
    });
    return endingOf.result(journey, result);
  }
  if (outcome.kind === "refused" && outcome.answer.status === 404)
    return endingOf.unknownModel(serving, facts.model, journey);
  const title = `unload of '${facts.model}'`;
  tellOutcome(serving, outcome, { title, hint: undefined });
  return failedEnding(journey, outcome, outcomeSentence(outcome, title));
}

/** Where the model was not in memory, a node that did not answer has left nothing undone. */
function thatMatter(told: readonly Told[]): readonly Told[] {
  const mattering = told.filter(({ candidate, result }) => {
    const isAnswered = result.kind === "answered" && result.status < 500;
    return isAnswered || candidate.model.loaded !== undefined;
  });
  return mattering.length === 0 ? told : mattering;
}

function failedEnding(journey: Journey, outcome: ChangeOutcome, detail: string): Ending {
  const status = outcome.kind === "partial" ? outcome.status : outcome.answer.status;
  const isClients = outcome.kind === "refused" && status < 500;
  return {
    outcome: {
      kind: "failed",
      source: isClients ? "client" : "node",
      code: isClients ? "HERD_BAD_REQUEST" : "HERD_PARTLY_DONE",
      isPartial: false,
      failureClass: isClients ? "callers-fault" : "node-fault",
      detail,
    },
    status,
    journey,
  };
}

/** `sendHeld` tells the request's id itself. */
const withoutId = (headers: readonly string[]): readonly string[] => headers.slice(2);

const NOTHING_USED: ReplyUsage = {
  promptTokens: undefined,
  outputTokens: undefined,
  loadMs: undefined,
  prefillMs: undefined,
  decodeMs: undefined,
  finishReason: "unload",
  contentRecords: 0,
};
