import type { NeutralMessage } from "./neutral.ts";

/**
 * Ollama's own `/v1/chat/completions` makes one message of every part of a message's content. A model that is asked by
 * translation reads the same prompt.
 */
export const splitParts = (messages: readonly NeutralMessage[]): readonly NeutralMessage[] =>
  messages.flatMap((message) => (message.parts.length > 1 ? splitMessage(message) : message));

/** What belongs to the message as a whole goes with its last part. */
const splitMessage = (message: NeutralMessage): readonly NeutralMessage[] => {
  const { role, parts } = message;
  return parts.map((part, index) =>
    index === parts.length - 1 ? { ...message, parts: [part] } : { role, parts: [part], toolCalls: [] },
  );
};
