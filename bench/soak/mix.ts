import { weighted } from "./random.ts";

/** When a client leaves: never, before its body is whole, before the answer begins, in the middle of it. */
export type Leaving = "never" | "before-body" | "before-answer" | "mid-answer";

/** One request of the mix. */
export interface SoakRequest {
  /** For tables: what it is. */
  readonly name: string;
  /** Leaves a row in the records; a list does not. */
  readonly isRecorded: boolean;
  readonly path: string;
  /** Absent: a GET. */
  readonly body?: string;
  readonly isStream: boolean;
  /** How a whole stream ends. */
  readonly endMark: string;
  /** The statuses that are right when nothing fails. */
  readonly status: number;
  readonly leaving: Leaving;
}

/** The models of the fleet. */
export const SOAK_MODELS = ["llama3.1:8b", "qwen3:4b", "mistral:7b"] as const;

interface Kind {
  readonly weight: number;
  readonly make: (random: () => number) => Omit<SoakRequest, "leaving">;
}

const WORDS = "A chain lasts three to five thousand kilometres when it is cleaned and oiled in time. ";

const modelOf = (random: () => number): string =>
  SOAK_MODELS[Math.floor(random() * SOAK_MODELS.length)] ?? SOAK_MODELS[0];

/** A prompt of a few words to about ten kilobytes; short ones are the most frequent. */
const promptOf = (random: () => number): string => WORDS.repeat(1 + Math.floor(120 * random() ** 4));

const limitOf = (random: () => number): number => 4 + Math.floor(random() * 60);

const chat = (isStream: boolean): Kind["make"] => {
  return (random) => ({
    name: isStream ? "chat, streamed" : "chat",
    isRecorded: true,
    path: "/api/chat",
    body: JSON.stringify({
      model: modelOf(random),
      messages: [{ role: "user", content: promptOf(random) }],
      stream: isStream,
      options: { num_predict: limitOf(random) },
    }),
    isStream,
    endMark: '"done":true',
    status: 200,
  });
};

const generate = (isStream: boolean): Kind["make"] => {
  return (random) => ({
    name: isStream ? "generate, streamed" : "generate",
    isRecorded: true,
    path: "/api/generate",
    body: JSON.stringify({
      model: modelOf(random),
      prompt: promptOf(random),
      stream: isStream,
      options: { num_predict: limitOf(random) },
    }),
    isStream,
    endMark: '"done":true',
    status: 200,
  });
};

const openai = (isStream: boolean): Kind["make"] => {
  return (random) => ({
    name: isStream ? "OpenAI chat, streamed" : "OpenAI chat",
    isRecorded: true,
    path: "/v1/chat/completions",
    body: JSON.stringify({
      model: modelOf(random),
      messages: [{ role: "user", content: promptOf(random) }],
      stream: isStream,
      max_tokens: limitOf(random),
    }),
    isStream,
    endMark: "[DONE]",
    status: 200,
  });
};

const list = (path: string): Kind["make"] => {
  return () => ({ name: "list", isRecorded: false, path, isStream: false, endMark: "", status: 200 });
};

const bad = (status: number, body: string): Kind["make"] => {
  return () => ({
    name: "bad body",
    isRecorded: true,
    path: "/api/chat",
    body,
    isStream: false,
    endMark: "",
    status,
  });
};

const kinds: readonly Kind[] = [
  { weight: 20, make: chat(false) },
  { weight: 28, make: chat(true) },
  { weight: 8, make: generate(false) },
  { weight: 10, make: generate(true) },
  { weight: 8, make: openai(false) },
  { weight: 12, make: openai(true) },
  { weight: 3, make: list("/api/tags") },
  { weight: 1, make: list("/api/ps") },
  { weight: 2, make: list("/v1/models") },
  { weight: 1, make: list("/fleet/status") },
  { weight: 2, make: bad(400, '{"model": "llama3.1:8b", "messages": [') },
  { weight: 2, make: bad(400, '{"messages": []}') },
  { weight: 2, make: bad(404, '{"model": "nobody-has-this:1b", "messages": []}') },
  { weight: 1, make: bad(400, '{"model": 7}') },
];

const leavings: readonly { readonly weight: number; readonly leaving: Leaving }[] = [
  { weight: 88, leaving: "never" },
  { weight: 2, leaving: "before-body" },
  { weight: 4, leaving: "before-answer" },
  { weight: 6, leaving: "mid-answer" },
];

/** The next request. @param random numbers from 0 up to 1 */
export function nextRequest(random: () => number): SoakRequest {
  const request = weighted(kinds, random()).make(random);
  const mayLeave = request.status === 200 && request.isRecorded;
  const leaving = mayLeave ? weighted(leavings, random()).leaving : "never";
  // Whoever leaves in the middle of an answer needs one that has a middle.
  return { ...request, leaving: leaving === "mid-answer" && !request.isStream ? "before-answer" : leaving };
}
