import type { NeutralEvent, NeutralRequest, ReplyDecoder } from "../neutral.ts";

/** A request of one word, and what is laid over it. */
export const plainNeutral = (rest: Partial<NeutralRequest> = {}): NeutralRequest => ({
  isStream: true,
  wantsUsage: false,
  messages: [{ role: "user", parts: [{ kind: "text", text: "Hi" }], toolCalls: [] }],
  tools: [],
  sampling: {},
  ...rest,
});

/** What a decoder makes of these chunks: the events, and whether the reply was whole. */
export const eventsOf = (
  decoder: ReplyDecoder,
  chunks: readonly Uint8Array[],
): { readonly events: readonly NeutralEvent[]; readonly isWhole: boolean } => {
  const events = chunks.flatMap((chunk) => decoder.decode(chunk));
  const last = decoder.end();
  return { events: [...events, ...(last ?? [])], isWhole: last !== undefined };
};
