import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { webhookRequestOf } from "./webhook-request.ts";

const hostile = "<!channel> & @everyone";
const notice = {
  at: 2_000,
  router: "den",
  isTest: false,
  items: [
    {
      change: "began" as const,
      checkId: "node_offline",
      severity: "critical" as const,
      nodeId: hostile,
      title: `${hostile} is offline`,
      description: "x".repeat(3_000),
      fix: "Start it",
      command: undefined,
      since: 1_000,
    },
  ],
};
const sentTo = (url: string, secret = "") => {
  const { headers, body } = webhookRequestOf(notice, url, secret);
  return { headers, body, content: JSON.parse(body) as Record<string, unknown> };
};

describe("what is sent to a webhook", () => {
  it("holds the words under every name that receivers look for, and the facts beside them", () => {
    const { content, headers } = sentTo("http://127.0.0.1:9/hook");
    expect(content).toMatchObject({
      title: expect.stringContaining("is offline"),
      message: expect.stringContaining("CRITICAL"),
      text: expect.any(String),
      content: expect.any(String),
      source: "herd",
      severity: "critical",
      sent_at: 2,
      findings: [{ change: "began", check_id: "node_offline", node_id: hostile, since: 1, command: null }],
    });
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "x-title": "{{.title}}",
      "x-message": "{{.message}}",
    });
  });

  it("is no more than Slack and Discord know at their own addresses, within Discord's length", () => {
    expect(Object.keys(sentTo("https://hooks.slack.com/services/T/B/x").content)).toEqual(["text"]);
    const discord = sentTo("https://discord.com/api/webhooks/1/x").content;
    expect(Object.keys(discord)).toEqual(["content", "allowed_mentions"]);
    expect(String(discord["content"]).length).toBeLessThanOrEqual(2_000);
  });

  it("calls nobody, whatever a machine is called", () => {
    const { content } = sentTo("http://127.0.0.1:9/");
    expect(content["text"]).not.toContain("<!channel>");
    expect(content["text"]).toContain("&lt;!channel&gt; &amp;");
    expect(content["allowed_mentions"]).toEqual({ parse: [] });
  });

  it("is signed over its bytes when there is a secret", () => {
    const { headers, body } = sentTo("http://127.0.0.1:9/", "top-secret");
    const expected = createHmac("sha256", "top-secret").update(body).digest("hex");
    expect(headers["x-herd-signature"]).toBe(`sha256=${expected}`);
    expect(sentTo("http://127.0.0.1:9/").headers).not.toHaveProperty("x-herd-signature");
  });
});
