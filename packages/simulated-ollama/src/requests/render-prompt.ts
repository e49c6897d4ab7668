import { countTokens } from "../generation/count-tokens.ts";
import { fingerprint } from "../generation/random.ts";

/** A message, as far as it ends up in the prompt. */
export interface PromptMessage {
  readonly role: string;
  readonly content: string;
  readonly images?: readonly string[];
  /** Names of the tools that the model called in this message. */
  readonly calls?: readonly string[];
}

/** What a chat becomes before it is cut to the context. */
export interface ChatPrompt {
  /** Text before the messages, such as the descriptions of tools. */
  readonly preamble: string;
  readonly messages: readonly PromptMessage[];
}

/** The prompt text in the template of the recorded llama. A picture counts by its fingerprint. */
export function renderChat(prompt: ChatPrompt): string {
  const turns = prompt.messages.map((message) => {
    const pictures = (message.images ?? []).map((image) => `[img-${fingerprint(image)}]`).join("");
    return `<|im_start|>${message.role}\n${pictures}${message.content}<|im_end|>\n`;
  });
  return `${prompt.preamble}${turns.join("")}<|im_start|>assistant\n`;
}

/** Drops the oldest messages, but never system messages or the last one, until the prompt has at most `limit` tokens. */
export function fitChat(prompt: ChatPrompt, limit: number): ChatPrompt {
  let { messages } = prompt;
  while (countTokens(renderChat({ ...prompt, messages })) > limit) {
    const oldest = messages.findIndex((message, index) => message.role !== "system" && index < messages.length - 1);
    if (oldest < 0) break;
    messages = messages.toSpliced(oldest, 1);
  }
  return { ...prompt, messages };
}

/** The 400 of a prompt that is longer than its context although nothing may be cut off. */
export const tooLongText = "the input length exceeds the context length";
