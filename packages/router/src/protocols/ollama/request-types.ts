import { any, anyMap, bool, bytes, custom, int, int32, opaque, slice, string, struct } from "../go-types/go-type.ts";
import { judgeKeepAlive } from "../go-types/keep-alive.ts";
import { judgeThink } from "../go-types/think.ts";

/*
 * The request structs of Ollama 0.24 as its decoder sees them. What decodes itself by foreign rules (tool arguments,
 * schema properties, base64) is left to the node.
 */

const images = slice("[]api.ImageData", bytes("api.ImageData"));

const toolCall = struct("api.ToolCall", {
  id: string,
  function: struct("api.ToolCallFunction", { index: int, name: string, arguments: opaque }),
});

const message = struct(
  "api.Message",
  {
    role: string,
    content: string,
    thinking: string,
    images,
    tool_calls: slice("[]api.ToolCall", toolCall),
    tool_name: string,
    tool_call_id: string,
  },
  "api.Alias",
);

/** The schema of a tool's arguments, the same in every dialect. */
export const toolParametersType = struct("api.ToolFunctionParameters", {
  type: string,
  $defs: any,
  items: any,
  required: slice("[]string", string),
  properties: opaque,
});

/** One tool, the same in the native and the OpenAI dialect. */
export const toolType = struct("api.Tool", {
  type: string,
  items: any,
  function: struct("api.ToolFunction", {
    name: string,
    description: string,
    parameters: toolParametersType,
  }),
});

const shared = {
  model: string,
  stream: bool,
  format: opaque,
  keep_alive: custom(judgeKeepAlive, true),
  options: anyMap,
  think: custom(judgeThink, false),
  truncate: bool,
  shift: bool,
  _debug_render_only: bool,
  logprobs: bool,
  top_logprobs: int,
};

/** Body of `/api/chat`. */
export const chatType = struct("api.ChatRequest", {
  ...shared,
  messages: slice("[]api.Message", message),
  tools: slice("api.Tools", toolType),
});

/** Body of `/api/generate`. */
export const generateType = struct("api.GenerateRequest", {
  ...shared,
  prompt: string,
  suffix: string,
  system: string,
  template: string,
  context: slice("[]int", int),
  raw: bool,
  images,
  width: int32,
  height: int32,
  steps: int32,
});

/** Body of `/api/pull`. */
export const pullType = struct("api.PullRequest", {
  model: string,
  insecure: bool,
  username: string,
  password: string,
  stream: bool,
  name: string,
});

/** Body of `/api/show`. */
export const showType = struct("api.ShowRequest", {
  model: string,
  system: string,
  template: string,
  verbose: bool,
  options: anyMap,
  name: string,
});
