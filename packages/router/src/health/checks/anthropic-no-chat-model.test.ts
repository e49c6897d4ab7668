import { describe, expect, it } from "vitest";
import { foundIn, rowsOf } from "../testing/traffic-fixtures.ts";
import { anthropicNoChatModel } from "./anthropic-no-chat-model.ts";

describe("the check anthropic_no_chat_model", () => {
  it("finds a fleet that only embeds", () => {
    expect(
      foundIn(anthropicNoChatModel, {
        machines: [{ models: { "nomic-embed-text:latest": { capabilities: ["embedding"] } } }],
        traffic: { ends: rowsOf(2, { dialect: "anthropic", status: "failed" }) },
      }),
    ).toMatchObject([{ severity: "critical", command: "herd pull qwen3:8b", details: { failed_24h: 2 } }]);
  });

  it("stays silent when a model chats or nobody tells, and when nobody asked", () => {
    expect(
      foundIn(anthropicNoChatModel, {
        machines: [{ models: { "m:latest": {} } }],
        traffic: { ends: rowsOf(2, { dialect: "anthropic", status: "failed" }) },
      }),
    ).toEqual([]);
    expect(
      foundIn(anthropicNoChatModel, {
        machines: [{ models: { "m:latest": { capabilities: undefined } } }],
        traffic: { ends: rowsOf(2, { dialect: "anthropic", status: "failed" }) },
      }),
    ).toEqual([]);
    expect(
      foundIn(anthropicNoChatModel, { machines: [{}], traffic: { ends: rowsOf(2, { status: "failed" }) } }),
    ).toEqual([]);
  });
});
