import type { Json, NeutralRequest, ReplyDecoder } from "./neutral.ts";

/** Whether it says nothing to the model: Ollama loads the model then, or unloads it. */
export const isLoad = ({ messages, prompt = "" }: NeutralRequest): boolean => messages.length === 0 && prompt === "";

/** Whether a load is the opposite of one. Texts are durations of Go such as `0s`. */
export const isUnload = ({ native }: NeutralRequest): boolean => isZero(native?.keepAlive);

/** OpenAI's API has no load; a server that loads on demand does so for the smallest of answers. */
export const smallestRequest = ({ native }: NeutralRequest): NeutralRequest => ({
  isStream: false,
  wantsUsage: false,
  messages: [{ role: "user", parts: [{ kind: "text", text: "." }], toolCalls: [] }],
  tools: [],
  sampling: { maxTokens: 1 },
  ...(native && { native }),
});

/** Reads the smallest answer as what it is: the model is loaded. */
export const asLoadReply = (decoder: ReplyDecoder): ReplyDecoder => ({
  decode: (chunk) => {
    decoder.decode(chunk);
    return [];
  },
  end: () =>
    decoder.end() === undefined ? undefined : [{ kind: "finish", choice: 0, reason: "load" }, { kind: "end" }],
});

const isZero = (keepAlive: Json | undefined): boolean =>
  typeof keepAlive === "string" ? /^[+-]?[0.]*0[0.hmsnuµμ]*$/.test(keepAlive) : keepAlive === 0;
