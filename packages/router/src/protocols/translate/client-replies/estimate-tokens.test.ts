import { describe, expect, it } from "vitest";
import { estimateTokens } from "./estimate-tokens.ts";

const result = (content: string, is_error: boolean) => ({ type: "tool_result", tool_use_id: "", content, is_error });

/** The numbers are what the code of Ollama 0.24 makes of the same bodies. */
describe("the first guess of a prompt's tokens", () => {
  it.each([
    [1, { messages: [{ role: "user", content: "hi" }] }],
    [0, {}],
    [1, { system: "" }],
    [
      27,
      {
        messages: [
          { role: "User", content: "hi" },
          {
            role: "assistant",
            content: [
              result("Y9lMm", false),
              result("", true),
              { type: "thinking", thinking: ">t", signature: "s" },
              { type: "thinking", thinking: "}", signature: "s" },
            ],
          },
        ],
      },
    ],
    [
      19,
      {
        messages: [
          {
            role: "User",
            content: [{ type: "tool_result", tool_use_id: "c1", content: "", is_error: true }],
          },
          { role: "user", content: [] },
        ],
        system: [],
        tools: [],
      },
    ],
  ])("is %i for %j", (tokens, body) => {
    expect(estimateTokens(body)).toBe(tokens);
  });
});
