import { findTypeError } from "../go-types/find-type-error.ts";
import {
  any,
  bool,
  custom,
  float64,
  type GoType,
  int,
  type JudgeValue,
  opaque,
  slice,
  string,
  struct,
} from "../go-types/go-type.ts";
import { skipValue } from "../json/skip.ts";
import { valueKind } from "../json/value-kind.ts";
import { walkElements } from "../json/walk.ts";
import { createObjectReader } from "../reading/object-reader.ts";

/** Ollama's words for a message or a call without what it is about. */
const NOTHING_THERE = "unexpected end of JSON input";
const NO_OBJECT = "Value looks like object, but can't find closing '}' symbol";

/** The arguments of a call decode themselves; their members are the model's business. */
const judgeArguments: JudgeValue = (body, at) => (valueKind(body, at) === "object" ? undefined : NO_OBJECT);

const citation = struct("anthropic.Citation", {
  type: string,
  url: string,
  title: string,
  encrypted_index: string,
  cited_text: string,
});

const contentBlocks = slice(
  "[]anthropic.ContentBlock",
  struct("anthropic.ContentBlock", {
    type: string,
    text: string,
    citations: slice("[]anthropic.Citation", citation),
    source: struct("anthropic.ImageSource", { type: string, media_type: string, data: string, url: string }),
    id: string,
    name: string,
    input: custom(judgeArguments, false),
    tool_use_id: string,
    content: any,
    is_error: bool,
    thinking: string,
    signature: string,
  }),
);

/** A message is decoded in two steps: first its role, with the content left as it is … */
const messageShell = struct(
  "anthropic.MessageParam",
  { role: string, content: opaque },
  'struct { Role string "json:\\"role\\""; Content json.RawMessage "json:\\"content\\"" }',
);

/** … then the content, a text or blocks. */
const findContent = createObjectReader<{ readonly body: Uint8Array; at: number | undefined }>({
  content: (found, at) => {
    found.at = at;
    return skipValue(found.body, at);
  },
});

const judgeMessage: JudgeValue = (body, at) => {
  const problem = findTypeError(body, at, messageShell);
  if (problem !== undefined) return placed(problem);
  const content = { body, at: undefined as number | undefined };
  findContent(content, at);
  if (content.at === undefined) return NOTHING_THERE;
  return valueKind(body, content.at) === "string" ? undefined : placed(findTypeError(body, content.at, contentBlocks));
};

const judgeMessages: JudgeValue = (body, at) => {
  if (valueKind(body, at) !== "array") return placed(findTypeError(body, at, messageList));
  let problem: string | undefined;
  walkElements(body, at, (start) => {
    problem ??= judgeMessage(body, start);
    return skipValue(body, start);
  });
  return problem;
};

const messageList: GoType = slice("[]anthropic.MessageParam", opaque);

/** A decoder inside another one puts the outer place before its own. */
const placed = (problem: string | undefined): string | undefined =>
  problem?.replace(
    /^(json: cannot unmarshal .+? into Go )(?:value|struct field [^ ]*?\.([\w.]+)) of type /,
    (_whole, start: string, path: string | undefined) =>
      `${start}struct field MessagesRequest.messages${path === undefined ? "" : `.${path}`} of type `,
  );

/** Body of `/v1/messages` as the decoder of Ollama 0.24 sees it. */
export const messagesType = struct("anthropic.MessagesRequest", {
  model: string,
  max_tokens: int,
  messages: custom(judgeMessages, false),
  system: any,
  stream: bool,
  temperature: float64,
  top_p: float64,
  top_k: int,
  stop_sequences: slice("[]string", string),
  tools: slice(
    "[]anthropic.Tool",
    struct("anthropic.Tool", { type: string, name: string, description: string, input_schema: opaque, max_uses: int }),
  ),
  tool_choice: struct("anthropic.ToolChoice", { type: string, name: string, disable_parallel_tool_use: bool }),
  thinking: struct("anthropic.ThinkingConfig", { type: string, budget_tokens: int }),
  metadata: struct("anthropic.Metadata", { user_id: string }),
  output_config: struct("anthropic.OutputConfig", { effort: string }),
});
