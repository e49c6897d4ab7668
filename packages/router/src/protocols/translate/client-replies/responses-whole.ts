import { goList } from "../go-value.ts";
import type { ReplyEncoder, ReplyHeading } from "../neutral.ts";
import { createWholeEncoder, type GatheredChoice } from "./gathered-reply.ts";
import { callItem, messageItem, reasoningItem, textPart } from "./response-items.ts";
import { createResponseObject, structOrder } from "./response-object.ts";

/** A reply of `/v1/responses` that is no stream. */
export const createResponseWhole = (heading: ReplyHeading): ReplyEncoder => {
  const { newId, request } = heading;
  const ids = { response: `resp_${newId()}`, message: `msg_${newId()}` };
  const write = createResponseObject(heading, ids.response, structOrder);
  return createWholeEncoder({
    contentType: "application/json",
    newId,
    render: ({ choices: [choice], usage }) => {
      const shown = request.logprobs === undefined ? { ...choice, logprobs: [] } : choice;
      return `${write({ status: "completed", output: goList(itemsOf(shown, ids)), usage })}\n`;
    },
  });
};

/** As with Ollama the text of a model that called tools is not shown, and otherwise a text is there even when empty. */
const itemsOf = (
  { text, thinking, calls, logprobs }: GatheredChoice,
  ids: { readonly response: string; readonly message: string },
): readonly string[] => {
  const thought = thinking === "" ? [] : [reasoningItem(structOrder, `rs_${ids.response}`, thinking)];
  if (calls.length > 0) {
    return [...thought, ...calls.map((call, index) => callItem(structOrder, `fc_${ids.response}_${index}`, call))];
  }
  const parts = [textPart(structOrder, text, logprobs)];
  return [...thought, messageItem(structOrder, ids.message, { status: "completed", parts })];
};
