import { goJsonString } from "../../go-types/go-json.ts";
import { goList, goObject } from "../go-value.ts";
import type { FinishReason, NeutralEvent, NeutralUsage, ReplyEncoder, ReplyHeading } from "../neutral.ts";
import { finishWord } from "./chat-completions-reply.ts";
import { createWholeEncoder } from "./gathered-reply.ts";
import { dataRecord, openaiUsage, secondsText } from "./reply-values.ts";

/**
 * A stream of `/v1/completions`. Ollama shows neither thoughts nor log probabilities on this route: a thought is a chunk
 * without text. Where usage is wanted, every chunk but the last one carries one of zeros.
 */
export const createCompletionStream = (heading: ReplyHeading): ReplyEncoder => {
  const { wantsUsage } = heading.request;
  const id = goJsonString(`cmpl-${heading.newId()}`);
  const chunk = (choices: readonly string[], told: NeutralUsage | undefined): string =>
    dataRecord(
      goObject({
        id,
        object: '"text_completion"',
        created: secondsText(heading.now()),
        choices: goList(choices),
        model: goJsonString(heading.model),
        system_fingerprint: '"fp_ollama"',
        usage: wantsUsage ? openaiUsage(told) : undefined,
      }),
    );
  let isEnded = false;
  let usage: NeutralUsage | undefined;
  const write = (event: NeutralEvent): string => {
    switch (event.kind) {
      case "text":
        return chunk([choiceText(event.choice, event.text)], undefined);
      case "thinking":
        return chunk([choiceText(event.choice, "")], undefined);
      case "finish":
        return chunk([choiceText(event.choice, "", event.reason)], undefined);
      case "usage":
        usage = event.usage;
        return "";
      case "end":
        isEnded = true;
        return `${wantsUsage ? chunk([], usage) : ""}data: [DONE]\n\n`;
      case "tool-call":
      case "tool-arguments":
        return "";
    }
  };
  const encode = (events: readonly NeutralEvent[]): string =>
    events.map((event) => (isEnded ? "" : write(event))).join("");
  return { contentType: "text/event-stream", encode, end: () => "" };
};

/** A reply of `/v1/completions` that is no stream. */
export const createCompletionWhole = ({ model, newId, now }: ReplyHeading): ReplyEncoder =>
  createWholeEncoder({
    contentType: "application/json",
    newId,
    render: ({ choices, usage }) =>
      `${goObject({
        id: goJsonString(`cmpl-${newId()}`),
        object: '"text_completion"',
        created: secondsText(now()),
        model: goJsonString(model),
        system_fingerprint: '"fp_ollama"',
        choices: goList(choices.map(({ choice, text, reason }) => choiceText(choice, text, reason))),
        usage: openaiUsage(usage),
      })}\n`,
  });

const choiceText = (choice: number, text: string, reason?: FinishReason): string =>
  goObject({
    text: goJsonString(text),
    index: String(choice),
    finish_reason: reason === undefined ? "null" : goJsonString(finishWord(reason, false)),
  });
