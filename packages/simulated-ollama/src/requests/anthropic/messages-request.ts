import { aliasStruct, bool, float, type GoType, int, list, raw, struct, text } from "../../json/go-type.ts";
import { callArguments } from "../api-types.ts";

const contentBlock = aliasStruct("anthropic.ContentBlock", {
  type: text,
  text,
  source: struct("anthropic.ImageSource", { type: text, media_type: text, data: text, url: text }),
  id: text,
  name: text,
  input: callArguments,
  tool_use_id: text,
  content: raw,
  is_error: bool,
  thinking: text,
  signature: text,
});

/** One block of a message's content. */
export type ContentBlock = NonNullable<ReturnType<(typeof contentBlock)["decode"]>>;

/** One message. */
export interface MessageParam {
  readonly role: string;
  readonly content: readonly ContentBlock[];
}

const shell = aliasStruct('struct { Role string "json:\\"role\\""; Content json.RawMessage "json:\\"content\\"" }', {
  role: text,
  content: raw,
});
const blocks = list("[]anthropic.ContentBlock", contentBlock);

/** Go reads a message in two steps, so errors of its content name the list of messages. */
const messageParam: GoType<MessageParam> = {
  decode(node, place) {
    const read = node.kind === "null" ? {} : shell.decode(node, place);
    if (read === undefined) return undefined;
    const { role = "", content } = read;
    if (content === undefined) {
      place.errors.push("unexpected end of JSON input");
      return undefined;
    }
    switch (content.kind) {
      case "string":
        return { role, content: [{ type: "text", text: content.value }] };
      case "null":
        return { role, content: [{ type: "text", text: "" }] };
      default:
        return { role, content: blocks.decode(content, place) ?? [] };
    }
  },
};

/** The body of `/v1/messages`, as far as 0.24 reads it. */
export const messagesRequest = struct("anthropic.MessagesRequest", {
  model: text,
  max_tokens: int,
  messages: list("[]anthropic.MessageParam", messageParam),
  system: raw,
  stream: bool,
  temperature: float,
  top_p: float,
  top_k: int,
  stop_sequences: list("[]string", text),
  tools: list(
    "[]anthropic.Tool",
    struct("anthropic.Tool", { type: text, name: text, description: text, input_schema: raw, max_uses: int }),
  ),
  tool_choice: struct("anthropic.ToolChoice", { type: text, name: text, disable_parallel_tool_use: bool }),
  thinking: struct("anthropic.ThinkingConfig", { type: text, budget_tokens: int }),
  metadata: struct("anthropic.Metadata", { user_id: text }),
  output_config: struct("anthropic.OutputConfig", { effort: text }),
});

/** The decoded body. */
export type MessagesBody = NonNullable<ReturnType<(typeof messagesRequest)["decode"]>>;
