import { memberPlace } from "../edits/member-place.ts";
import { skipValue } from "../json/skip.ts";
import { numberAt, stringAt } from "../json/text.ts";
import { isTrue, valueKind } from "../json/value-kind.ts";
import { walkElements } from "../json/walk.ts";
import type { Draft } from "../reading/draft.ts";
import {
  outputLimit,
  readFallbackModels,
  readMetadata,
  readName,
  readPlainStream,
  readUser,
} from "../reading/fields.ts";
import { createObjectReader, type ReadField } from "../reading/object-reader.ts";
import { noteIgnored, partsAt, readMessages } from "./message-blocks.ts";

/** Parameters of Anthropic's API, and words of Ollama's own, that have no effect on this route of a node. */
const WITHOUT_EFFECT = [
  "cache_control",
  "container",
  "context_management",
  "format",
  "inference_geo",
  "keep_alive",
  "mcp_servers",
  "options",
  "output_format",
  "service_tier",
  "speed",
  "think",
] as const;

/** `system`: a text, or parts of which only texts count; null takes an earlier one back. */
const readSystem: ReadField<Draft> = (draft, at) => {
  const { characters, length } = partsAt(draft.body, at, draft.ignored);
  draft.characters.set("system", characters);
  return at + length;
};

/** `max_tokens`: null changes nothing. */
const readLimit: ReadField<Draft> = (draft, at) => {
  const isNumber = valueKind(draft.body, at) === "number";
  const limit = isNumber ? numberAt(draft.body, at) : 0;
  if (isNumber) draft.outputLimit = Number.isFinite(limit) ? outputLimit(limit) : undefined;
  return skipValue(draft.body, at);
};

/** `tools`: their text is part of the prompt that the model sees. */
const readTools: ReadField<Draft> = (draft, at, head) => {
  const { body } = draft;
  const end = skipValue(body, at);
  draft.toolCount = 0;
  const readOne = (start: number): number => {
    draft.toolCount += 1;
    return readTool(draft, start);
  };
  if (valueKind(body, at) === "array") walkElements(body, at, readOne);
  draft.characters.set("tools", draft.toolCount === 0 ? 0 : end - at);
  draft.toolMembers.push(memberPlace(body, head, { start: at, end }));
  return end;
};

const readTool = createObjectReader<Draft>({ cache_control: noteIgnored("cache_control") });

/** Ollama takes no `tool_choice`; where it is `none`, leaving the tools out says the same. */
const readToolChoice: ReadField<Draft> = (draft, at) => {
  if (valueKind(draft.body, at) === "null") takeChoice(draft, "");
  return readChoice(draft, at);
};

const takeChoice = (draft: Draft, type: string): void => {
  draft.refusesTools = type === "none";
  if (type === "any" || type === "tool") draft.ignored.add("tool_choice");
  else draft.ignored.delete("tool_choice");
};

const readChoice = createObjectReader<Draft>({
  type: (draft, at) => {
    if (valueKind(draft.body, at) === "string") takeChoice(draft, stringAt(draft.body, at));
    return skipValue(draft.body, at);
  },
  disable_parallel_tool_use: (draft, at) => {
    if (valueKind(draft.body, at) === "bool" && isTrue(draft.body, at)) draft.ignored.add("disable_parallel_tool_use");
    return skipValue(draft.body, at);
  },
});

/** A model that cannot think just answers, so thinking is no need; a budget for it and `adaptive` have no effect. */
const readThinking = createObjectReader<Draft>({
  type: (draft, at) => {
    if (valueKind(draft.body, at) === "string" && stringAt(draft.body, at) === "adaptive")
      draft.ignored.add("thinking.adaptive");
    return skipValue(draft.body, at);
  },
  budget_tokens: noteIgnored("thinking.budget_tokens"),
});

/** Of `output_config` Ollama reads the effort. */
const readOutputConfig = createObjectReader<Draft>({
  format: noteIgnored("output_config.format"),
  task_budget: noteIgnored("output_config.task_budget"),
});

const readUserId = createObjectReader<Draft>({ user_id: readUser });

/** Who asks, and the router's own tags. */
const readBoth: ReadField<Draft> = (draft, at) => {
  readUserId(draft, at);
  return readMetadata(draft, at);
};

/** Reads the members of a `/v1/messages` body into a draft. */
export const readBodyFields = createObjectReader<Draft>({
  ...Object.fromEntries(WITHOUT_EFFECT.map((name) => [name, noteIgnored(name)])),
  model: readName("model"),
  max_tokens: readLimit,
  messages: readMessages,
  system: readSystem,
  stream: readPlainStream,
  tools: readTools,
  tool_choice: readToolChoice,
  thinking: readThinking,
  metadata: readBoth,
  output_config: readOutputConfig,
  fallback_models: readFallbackModels,
});
