import type { Fault } from "../../faults/fault.ts";
import type { SimulatedOllamaOptions } from "../../options.ts";
import { listedModels, type Recording, recordedNode } from "./recording.ts";

/** What a simulated node must be like to answer as the recorded one did. */
export interface ReplaySetup {
  readonly options: SimulatedOllamaOptions;
  readonly fault: Fault | undefined;
}

/** The set-up of one recording. */
export function setupOf(recording: Recording): ReplaySetup {
  const { name, request } = recording;
  const options: SimulatedOllamaOptions = { models: recordedNode(), defaultContext: 2048, machine: { vramBytes: 0 } };
  const fault = faults[name] ?? (name.startsWith("queue-overflow") ? ({ kind: "busy-503" } as const) : undefined);
  if (request.method === "GET" && /^\/(api\/tags|v1\/models)(\?|$)/.test(request.path)) {
    return { fault, options: { ...options, models: listedModels(recording) } };
  }
  if (request.method === "HEAD" && request.path === "/api/tags") {
    return { fault, options: { ...options, models: recordedNode().slice(0, 3) } };
  }
  if (request.method === "GET" && request.path === "/api/ps") {
    const models = listedModels(recording);
    // The last one loaded expires last and is listed first.
    return { fault, options: { ...options, models, loaded: models.map((model) => model.name).toReversed() } };
  }
  return { fault, options };
}

/** What went wrong when these were recorded. */
const faults: Record<string, Fault> = {
  "fail-runner-hung-mid-stream": { kind: "hang", afterRecords: 5 },
  "fail-runner-killed-before-first-record": { kind: "http-500" },
  "fail-runner-killed-chat-nonstream": { kind: "error-record-mid-stream", afterRecords: 5 },
  "fail-runner-killed-chat-stream": { kind: "error-record-mid-stream", afterRecords: 5 },
  "fail-runner-killed-chat-stream-gemma3": { kind: "error-record-mid-stream", afterRecords: 5 },
  "fail-runner-killed-during-load": { kind: "load-failure" },
  "fail-runner-killed-generate-stream": { kind: "error-record-mid-stream", afterRecords: 9 },
  "fail-runner-killed-v1-chat-nonstream": { kind: "error-record-mid-stream", afterRecords: 5 },
  "fail-runner-killed-v1-chat-stream": { kind: "error-record-mid-stream", afterRecords: 9 },
  "fail-serve-sigkill-chat-stream": { kind: "cut-mid-stream", afterRecords: 5 },
  "fail-serve-sigterm-chat-nonstream": { kind: "cut-mid-stream", afterRecords: 5 },
  "fail-serve-sigterm-chat-stream": { kind: "cut-mid-stream", afterRecords: 5 },
  "fail-serve-sigterm-v1-chat-stream": { kind: "cut-mid-stream", afterRecords: 5 },
};

/** What the simulation does not reproduce, and why. */
export const notReproduced: Record<string, string> = {
  "show-created": "a described model has no system prompt of its own",
  "client-disconnect-mid-load": "the recording has no answer; how a load is aborted has tests of its own",
  "fail-runner-hung-chat": "the recording has no answer; hanging has tests of its own",
};

/**
 * Recordings whose end depends on what a real model wrote: it stopped before its limit, or at it. Their chunks are
 * compared by kind and order, not by number, and the reason of the end is not compared.
 */
export const endsByItself: readonly string[] = [
  "chat-format-schema",
  "chat-think-default",
  "chat-think-nonstream",
  "chat-think-stream",
  "generate-format-schema",
  "v1-chat-json-schema",
  "v1-chat-reasoning-nonstream",
  "v1-chat-reasoning-stream",
  "v1-chat-stream-stop",
];
