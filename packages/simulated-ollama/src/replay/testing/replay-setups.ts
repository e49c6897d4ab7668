import type { Fault } from "../../faults/fault.ts";
import type { SimulatedOllamaOptions } from "../../options.ts";
import { listedModels, type Recording, recordedNode } from "./recording.ts";

/** What a simulated node must be like to answer as the recorded one did. */
export interface ReplaySetup {
  readonly options: SimulatedOllamaOptions;
  readonly fault: Fault | undefined;
  /** Names of recordings whose requests came before on the same node. */
  readonly before: readonly string[];
}

/** The set-up of one recording. */
export function setupOf(recording: Recording): ReplaySetup {
  const { name } = recording;
  const shared: SimulatedOllamaOptions = { models: recordedNode(), defaultContext: 2048, machine: { vramBytes: 0 } };
  const options = { ...shared, ...listsOf(recording), ...extras[name] };
  const fault = faults[name] ?? (name.startsWith("queue-overflow") ? ({ kind: "busy-503" } as const) : undefined);
  return { options, fault, before: earlier[name] ?? [] };
}

/** The models that a recorded list asks for. */
function listsOf(recording: Recording): SimulatedOllamaOptions {
  const { method, path } = recording.request;
  if (method === "GET" && /^\/(api\/tags|v1\/models)(\?|$)/.test(path)) return { models: listedModels(recording) };
  if (method === "HEAD" && path === "/api/tags") return { models: recordedNode().slice(0, 3) };
  if (method !== "GET" || path !== "/api/ps") return {};
  const models = listedModels(recording);
  // The last one loaded expires last and is listed first.
  return { models, loaded: models.map((model) => model.name).toReversed() };
}

/** What the recorded model said, where it ended by itself or at a stop string. */
const easySum = { speak: () => ({ thought: "Easy sum .", answer: "1 0" }) };
const welcome = { speak: () => ({ thought: "", answer: "Hello there , welcome to my little corner" }) };
const registry = {
  models: recordedNode().slice(0, 3),
  catalogue: recordedNode().filter((model) => model.name.startsWith("127.0.0.1:11522/")),
};
const slowDisk = { timeScale: 1, machine: { vramBytes: 0, diskBytesPerSecond: 1 } };

const extras: Readonly<Record<string, SimulatedOllamaOptions>> = {
  "chat-think-default": easySum,
  "chat-think-nonstream": easySum,
  "chat-think-stream": easySum,
  "client-disconnect-mid-load": slowDisk,
  "pull-resume-after-disconnect": registry,
  "pull-success": registry,
  "pull-unknown-offline": { isOffline: true },
  "pull-unknown-offline-nonstream": { isOffline: true },
  "v1-chat-reasoning-nonstream": easySum,
  "v1-chat-reasoning-stream": easySum,
  "v1-chat-stream-stop": welcome,
  "v1-messages-stream-end-turn": welcome,
  "v1-messages-thinking-nonstream": easySum,
  "v1-messages-thinking-stream": easySum,
  "v1-responses-reasoning-stream": { speak: () => ({ thought: "1 . 2 0 1 and more", answer: "" }) },
};

/** What went wrong when these were recorded. */
const faults: Readonly<Record<string, Fault>> = {
  "fail-runner-hung-chat": { kind: "hang" },
  "fail-runner-hung-mid-stream": { kind: "hang", afterRecords: 5 },
  "fail-runner-killed-before-first-record": { kind: "http-500" },
  "fail-runner-killed-chat-nonstream": { kind: "error-record-mid-stream", afterRecords: 5 },
  "fail-runner-killed-chat-stream": { kind: "error-record-mid-stream", afterRecords: 5 },
  "fail-runner-killed-chat-stream-gemma3": { kind: "error-record-mid-stream", afterRecords: 5 },
  "fail-runner-killed-during-load": { kind: "load-failure" },
  "fail-runner-killed-generate-stream": { kind: "error-record-mid-stream", afterRecords: 9 },
  "fail-runner-killed-v1-chat-nonstream": { kind: "error-record-mid-stream", afterRecords: 5 },
  "fail-runner-killed-v1-chat-stream": { kind: "error-record-mid-stream", afterRecords: 9 },
  "fail-runner-killed-v1-completions-stream": { kind: "error-record-mid-stream", afterRecords: 9 },
  "fail-runner-killed-v1-messages-nonstream": { kind: "error-record-mid-stream", afterRecords: 5 },
  "fail-runner-killed-v1-messages-stream": { kind: "error-record-mid-stream", afterRecords: 7 },
  "fail-runner-killed-v1-responses-stream": { kind: "error-record-mid-stream", afterRecords: 5 },
  "fail-serve-sigkill-chat-stream": { kind: "cut-mid-stream", afterRecords: 5 },
  "fail-serve-sigterm-chat-nonstream": { kind: "cut-mid-stream", afterRecords: 5 },
  "fail-serve-sigterm-chat-stream": { kind: "cut-mid-stream", afterRecords: 5 },
  "fail-serve-sigterm-v1-chat-stream": { kind: "cut-mid-stream", afterRecords: 5 },
};

const earlier: Readonly<Record<string, readonly string[]>> = {
  "blob-post-again": ["blob-post-created"],
  "create-bad-gguf": ["blob-post-created"],
  delete: ["copy"],
  "delete-with-host": ["copy-for-push"],
  "push-existing-refused": ["copy-for-push"],
  "push-existing-refused-nonstream": ["copy-for-push"],
  "show-created": ["create-from-system"],
};
