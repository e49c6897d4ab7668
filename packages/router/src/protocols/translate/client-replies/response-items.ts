/** The items in the output of `/v1/responses`. */
import { goJsonString } from "../../go-types/go-json.ts";
import { goList } from "../go-value.ts";
import type { NeutralLogprob } from "../neutral.ts";
import type { GatheredCall } from "./gathered-reply.ts";
import { argumentsString, logprobList } from "./reply-values.ts";
import type { WriteObject } from "./response-object.ts";

/** What was thought; Ollama gives the thought itself where OpenAI gives a sealed one. */
export const reasoningItem = (write: WriteObject, id: string, thinking: string): string => {
  const text = goJsonString(thinking);
  return write({
    id: goJsonString(id),
    type: '"reasoning"',
    summary: goList([write({ type: '"summary_text"', text })]),
    encrypted_content: text,
  });
};

/** A message of the assistant; its parts are JSON texts. */
export const messageItem = (
  write: WriteObject,
  id: string,
  { status, parts }: { readonly status: "in_progress" | "completed"; readonly parts: readonly string[] },
): string =>
  write({
    id: goJsonString(id),
    type: '"message"',
    status: goJsonString(status),
    role: '"assistant"',
    content: goList(parts),
  });

export const textPart = (write: WriteObject, text: string, logprobs: readonly NeutralLogprob[]): string =>
  write({
    type: '"output_text"',
    text: goJsonString(text),
    annotations: "[]",
    logprobs: logprobList(logprobs) ?? "[]",
  });

/** A call that is whole. */
export const callItem = (write: WriteObject, itemId: string, { id, name, argumentsText }: GatheredCall): string =>
  write({
    id: goJsonString(itemId),
    type: '"function_call"',
    status: '"completed"',
    call_id: goJsonString(id),
    name: goJsonString(name),
    arguments: argumentsString(argumentsText),
  });
