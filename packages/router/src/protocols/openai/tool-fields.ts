import { memberPlace } from "../edits/member-place.ts";
import { skipValue } from "../json/skip.ts";
import { stringAt } from "../json/text.ts";
import { valueKind } from "../json/value-kind.ts";
import type { Draft } from "../reading/draft.ts";
import { readTools } from "../reading/fields.ts";
import type { ReadField } from "../reading/object-reader.ts";
import { isTextBut, readIgnored } from "./ignored-fields.ts";

const noteIgnored = readIgnored("tool_choice", isTextBut("none", "auto"));

/** Ollama takes no `tool_choice`; where it is `none`, leaving the tools out says the same. */
const readToolChoice: ReadField<Draft> = (draft, at, head) => {
  draft.refusesTools = valueKind(draft.body, at) === "string" && stringAt(draft.body, at) === "none";
  return noteIgnored(draft, at, head);
};

const readPlacedTools: ReadField<Draft> = (draft, at, head) => {
  const end = readTools(draft, at, head);
  draft.toolMembers.push(memberPlace(draft.body, head, { start: at, end }));
  return end;
};

/** `tools` and `tool_choice` of a conversation. */
export const toolFields = { tools: readPlacedTools, tool_choice: readToolChoice };

/** Any effort but `none` asks for thinking. Which efforts there are differs by version, and is left to the node. */
export const readEffort: ReadField<Draft> = (draft, at) => {
  if (valueKind(draft.body, at) === "string") {
    const effort = stringAt(draft.body, at);
    draft.asksToThink = effort !== "" && effort !== "none";
  }
  return skipValue(draft.body, at);
};
