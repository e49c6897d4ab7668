import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { consoleLine } from "../log/console-line.ts";
import type { NodeCall } from "./testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "./testing/test-router.ts";

const PROMPT = "the launch code of my garden gate is tulip-four-seven";
const ARGUMENT = "42 Nightingale Lane, third floor";
const IMAGE = Buffer.from("a picture that nobody else shall see").toString("base64");
const KEY = "sk-live-0123456789abcdefghij";
const OWN_KEY = "my-very-own-api-key-77";
const SECRETS = [PROMPT, "launch code", "tulip-four", ARGUMENT, "Nightingale", IMAGE, KEY, OWN_KEY];

const body = (model = "m", more: object = {}) => ({
  model,
  messages: [
    { role: "system", content: `${PROMPT} (system)` },
    { role: "user", content: PROMPT, images: [IMAGE] },
    { role: "assistant", content: "", tool_calls: [{ function: { name: "post", arguments: { address: ARGUMENT } } }] },
  ],
  ...more,
});

/** Ends each call in another way; whatever goes wrong, the node repeats what it was sent. */
const endings: Readonly<Record<string, (call: NodeCall) => void>> = {
  good: ({ response }) => {
    response.setHeader("content-type", "application/x-ndjson");
    response.end('{"message":{"role":"assistant","content":"yes"},"done":true,"done_reason":"stop","eval_count":1}\n');
  },
  "server error": (call) => call.response.writeHead(500).end(JSON.stringify({ error: `cannot render ${call.body}` })),
  "bad request": (call) => call.response.writeHead(400).end(JSON.stringify({ error: `bad input: ${PROMPT}` })),
  "load failure": (call) =>
    call.response.writeHead(500).end(JSON.stringify({ error: `llama runner failed: ${PROMPT}; key ${KEY}` })),
  busy: (call) => call.response.writeHead(503).end(JSON.stringify({ error: `busy with ${PROMPT}` })),
  "no JSON": (call) => call.response.writeHead(500).end(`<html>${call.body}${KEY}</html>`),
  cut: ({ response }) => {
    response.write('{"message":{"role":"assistant","content":"y"},"done":false}\n');
    setTimeout(() => response.destroy(), 20);
  },
  "error in the stream": ({ response }) => {
    response.write('{"message":{"role":"assistant","content":"y"},"done":false}\n');
    response.end(`${JSON.stringify({ error: `broke at ${PROMPT}` })}\n`);
  },
  reset: ({ response }) => response.destroy(),
};

let router: TestRouter;
beforeEach(async () => {
  router = await startTestRouter({ maxRetries: 0, holdingS: 0.2, waitDeadlineS: 2 }, "DEBUG");
});
afterEach(() => router.close());

const headers = {
  authorization: `Bearer ${OWN_KEY}`,
  "x-api-key": OWN_KEY,
  "x-herd-tags": "t",
  cookie: `s=${OWN_KEY}`,
};

/** What comes back does not matter here, nor whether anything does. */
async function call(path: string, content: string | object): Promise<void> {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  const url = `${router.url}${path}?key=${KEY}&api_key=${OWN_KEY}`;
  await fetch(url, { method: "POST", headers, body: text })
    .then((response) => response.text())
    .catch(() => undefined);
}

/** Everything that is kept or shown of requests. */
async function records(): Promise<string> {
  await expect.poll(() => router.traces().length, { timeout: 5000 }).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const console = router.logLines.map(consoleLine);
  const { dataDir } = router.assembly.live.values;
  const stored = ["latency.db", "latency.db-wal"].map((file) => readFileSync(join(dataDir, file)).toString("latin1"));
  return [...router.logLines, ...console, JSON.stringify(router.traces()), ...stored].join("\n");
}

function expectNoSecret(text: string): void {
  for (const secret of SECRETS) expect(text.includes(secret), `${secret} is in the records`).toBe(false);
}

describe("no prompt, image, tool argument or key is kept or shown, at level DEBUG", () => {
  test.each(Object.keys(endings))("when a node's answer is: %s", async (ending) => {
    await router.addNode(endings[ending]);
    await call("/api/chat", body());
    await call("/api/generate", { model: "m", prompt: PROMPT, images: [IMAGE], stream: false });
    await call("/v1/chat/completions", body("m", { stream: true }));
    await call("/v1/messages", { model: "m", max_tokens: 5, messages: [{ role: "user", content: PROMPT }] });
    const text = await records();
    expect(text).toContain('"endpoint": "/api/chat"');
    expectNoSecret(text);
  });

  test("when the request itself is refused, or its model is nowhere", async () => {
    await router.addNode(endings["good"]);
    await call("/api/chat", `{"model": "m", "messages": [{"content": "${PROMPT}"`);
    await call("/api/chat", { model: "m", messages: PROMPT });
    await call("/api/generate", { model: "m", prompt: "p", keep_alive: PROMPT });
    await call("/api/chat", body("missing"));
    await call("/v1/chat/completions", {
      model: "missing",
      messages: [{ role: "user", content: PROMPT }],
      tool_choice: ARGUMENT,
    });
    await call("/api/embed", { model: "missing", input: PROMPT });
    expectNoSecret(await records());
  });

  test("when the client leaves", async () => {
    const node = await router.addNode();
    const leaving = new AbortController();
    const asked = fetch(`${router.url}/api/chat?key=${KEY}`, {
      method: "POST",
      headers,
      body: JSON.stringify(body()),
      signal: leaving.signal,
    }).catch(() => undefined);
    await node.call("/api/chat?key=".concat(KEY)).catch(() => undefined);
    leaving.abort();
    await asked;
    expectNoSecret(await records());
  });
});
