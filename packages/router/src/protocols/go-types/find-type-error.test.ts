import { describe, expect, it } from "vitest";
import { chatType, generateType, showType } from "../ollama/request-types.ts";
import { chatCompletionType } from "../openai/chat/request-types.ts";
import { findTypeError } from "./find-type-error.ts";
import type { GoType } from "./go-type.ts";

const errorOf = (type: GoType, json: string): string | undefined => findTypeError(Buffer.from(json), 0, type);

/** Every expectation is what Go 1.26 printed when it decoded the body into Ollama 0.24's own struct. */
describe("the types of bodies", () => {
  it.each([
    ['{"model":5,"stream":"x"}', "json: cannot unmarshal number into Go struct field ChatRequest.model of type string"],
    ['{"stream":"x","model":5}', "json: cannot unmarshal string into Go struct field ChatRequest.stream of type bool"],
    ["[1]", "json: cannot unmarshal array into Go value of type api.ChatRequest"],
    ["5", "json: cannot unmarshal number into Go value of type api.ChatRequest"],
    ['"a"', "json: cannot unmarshal string into Go value of type api.ChatRequest"],
    [
      '{"messages":"hi"}',
      "json: cannot unmarshal string into Go struct field ChatRequest.messages of type []api.Message",
    ],
    ['{"messages":["x"]}', "json: cannot unmarshal string into Go struct field ChatRequest.messages of type api.Alias"],
    [
      '{"messages":[{"role":5}]}',
      "json: cannot unmarshal number into Go struct field ChatRequest.messages.role of type string",
    ],
    [
      '{"messages":[{"content":[{}]}]}',
      "json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string",
    ],
    [
      '{"messages":[{"images":[5]}]}',
      "json: cannot unmarshal number into Go struct field ChatRequest.messages.images of type api.ImageData",
    ],
    [
      '{"messages":[{"images":5}]}',
      "json: cannot unmarshal number into Go struct field ChatRequest.messages.images of type []api.ImageData",
    ],
    [
      '{"messages":[{"tool_calls":[{"function":{"index":"x"}}]}]}',
      "json: cannot unmarshal string into Go struct field ChatRequest.messages.tool_calls.function.index of type int",
    ],
    ['{"tools":[5]}', "json: cannot unmarshal number into Go struct field ChatRequest.tools of type api.Tool"],
    ['{"Tools":{}}', "json: cannot unmarshal object into Go struct field ChatRequest.tools of type api.Tools"],
    [
      '{"tools":[{"function":{"name":5}}]}',
      "json: cannot unmarshal number into Go struct field ToolFunction.tools.function.name of type string",
    ],
    [
      '{"options":5}',
      "json: cannot unmarshal number into Go struct field ChatRequest.options of type map[string]interface {}",
    ],
    [
      '{"options":{"a":[{"b":1e999}]}}',
      "json: cannot unmarshal number 1e999 into Go struct field ChatRequest.options of type float64",
    ],
    [
      '{"top_logprobs":1.5}',
      "json: cannot unmarshal number 1.5 into Go struct field ChatRequest.top_logprobs of type int",
    ],
    [
      '{"top_logprobs":1e2}',
      "json: cannot unmarshal number 1e2 into Go struct field ChatRequest.top_logprobs of type int",
    ],
    [
      '{"top_logprobs":99999999999999999999}',
      "json: cannot unmarshal number 99999999999999999999 into Go struct field ChatRequest.top_logprobs of type int",
    ],
    ['{"think":5}', 'think must be a boolean or string ("high", "medium", "low", "max", true, or false)'],
    [
      '{"think":"enormous"}',
      'invalid think value: "enormous" (must be "high", "medium", "low", "max", true, or false)',
    ],
    ['{"keep_alive":{}}', "Unsupported type: 'map[string]interface {}'"],
    ['{"keep_alive":[]}', "Unsupported type: '[]interface {}'"],
    ['{"keep_alive":true}', "Unsupported type: 'bool'"],
    [
      '{"keep_alive":1e999}',
      "json: cannot unmarshal number 1e999 into Go struct field ChatRequest.keep_alive of type float64",
    ],
    ['{"keep_alive":"300"}', 'time: missing unit in duration "300"'],
  ])("a chat %s is refused as by Go", (json, error) => {
    expect(errorOf(chatType, json)).toBe(error);
  });

  it.each([
    ['{"options":5,"think":7}', 'think must be a boolean or string ("high", "medium", "low", "max", true, or false)'],
    [
      '{"model":5,"messages":[{"role":5}]}',
      "json: cannot unmarshal number into Go struct field ChatRequest.messages.role of type string",
    ],
    [
      '{"model":5,"messages":"x"}',
      "json: cannot unmarshal number into Go struct field ChatRequest.model of type string",
    ],
  ])("of two errors in %s the one is told that ends Go's decoding", (json, error) => {
    expect(errorOf(chatType, json)).toBe(error);
  });

  it.each([
    [
      generateType,
      '{"context":5}',
      "json: cannot unmarshal number into Go struct field GenerateRequest.context of type []int",
    ],
    [
      generateType,
      '{"context":["x"]}',
      "json: cannot unmarshal string into Go struct field GenerateRequest.context of type int",
    ],
    [
      generateType,
      '{"width":9999999999}',
      "json: cannot unmarshal number 9999999999 into Go struct field GenerateRequest.width of type int32",
    ],
    [
      showType,
      '{"verbose":"x"}',
      "json: cannot unmarshal string into Go struct field ShowRequest.verbose of type bool",
    ],
    [
      chatCompletionType,
      '{"messages":[{"role":5}]}',
      "json: cannot unmarshal number into Go struct field Message.messages.role of type string",
    ],
    [
      chatCompletionType,
      '{"messages":["x"]}',
      "json: cannot unmarshal string into Go struct field ChatCompletionRequest.messages of type openai.Message",
    ],
    [
      chatCompletionType,
      '{"messages":[{"tool_calls":[{"function":{"arguments":{}}}]}]}',
      "json: cannot unmarshal object into Go struct field .messages.tool_calls.function.arguments of type string",
    ],
    [
      chatCompletionType,
      '{"stream_options":5}',
      "json: cannot unmarshal number into Go struct field ChatCompletionRequest.stream_options of type openai.StreamOptions",
    ],
    [
      chatCompletionType,
      '{"stream_options":{"include_usage":5}}',
      "json: cannot unmarshal number into Go struct field StreamOptions.stream_options.include_usage of type bool",
    ],
    [
      chatCompletionType,
      '{"tools":[{"type":5}]}',
      "json: cannot unmarshal number into Go struct field Tool.tools.type of type string",
    ],
    [
      chatCompletionType,
      '{"temperature":"hot"}',
      "json: cannot unmarshal string into Go struct field ChatCompletionRequest.temperature of type float64",
    ],
  ])("another body is refused as by Go", (type, json, error) => {
    expect(errorOf(type, json)).toBe(error);
  });

  it.each([
    "null",
    "{}",
    '{"model":null,"messages":[null,{"content":null}],"stream":null,"options":null,"think":null,"keep_alive":null}',
    '{"top_logprobs":-0,"keep_alive":-1.5,"think":"max","format":5,"unknown":{"model":5}}',
    '{"messages":[{"images":["aGk="],"tool_calls":[{"function":{"arguments":{"a":1}}}]}]}',
  ])("%s is taken", (json) => {
    expect(errorOf(chatType, json)).toBeUndefined();
  });
});
