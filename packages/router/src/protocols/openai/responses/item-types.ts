import { anonymousStruct, type GoStruct, opaque, slice, string, struct } from "../../go-types/go-type.ts";

/** What Ollama looks at first in an item, and in a part of its content: which one it is. */
export const itemHead = anonymousStruct('struct { Type string "json:\\"type\\""; Role string "json:\\"role\\"" }', {
  type: string,
  role: string,
});
export const partHead = anonymousStruct('struct { Type string "json:\\"type\\"" }', { type: string });

const summary = struct("openai.ResponsesReasoningSummary", { type: string, text: string });

/** The items of `input` by type. Content and output decode themselves. */
export const itemTypes: ReadonlyMap<string, GoStruct> = new Map([
  ["message", anonymousStruct("", { type: string, role: string, content: opaque })],
  [
    "function_call",
    struct("openai.ResponsesFunctionCall", {
      id: string,
      type: string,
      call_id: string,
      name: string,
      arguments: string,
    }),
  ],
  ["function_call_output", anonymousStruct("", { type: string, call_id: string, output: opaque })],
  [
    "reasoning",
    struct("openai.ResponsesReasoningInput", {
      id: string,
      type: string,
      summary: slice("[]openai.ResponsesReasoningSummary", summary),
      encrypted_content: string,
    }),
  ],
]);

/** The parts of a content by type. */
export const partTypes: ReadonlyMap<string, GoStruct> = new Map([
  ["input_text", struct("openai.ResponsesTextContent", { type: string, text: string })],
  [
    "input_image",
    struct("openai.ResponsesImageContent", { type: string, detail: string, file_id: string, image_url: string }),
  ],
  ["output_text", struct("openai.ResponsesOutputTextContent", { type: string, text: string })],
  [
    "input_file",
    struct("openai.ResponsesFileContent", {
      type: string,
      file_data: string,
      file_id: string,
      file_url: string,
      filename: string,
    }),
  ],
]);
