import Anthropic from "@anthropic-ai/sdk";
import { Ollama } from "ollama";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCleanup } from "../support/cleanup.ts";
import { MODEL, setFault, throughOllamas, type Way } from "../support/clients/both-ways.ts";
import { type OpenCall, openCall } from "../support/clients/http-call.ts";
import { laneLimit } from "../support/fleets/local-fleet.ts";

const cleanup = createCleanup();
let way: Way;
beforeAll(async () => {
  way = await throughOllamas(cleanup, "0.24.0", { ...laneLimit(1), FLEET_QUEUE_LIMIT: "0" });
});
afterAll(() => cleanup.run());

const messages = [{ role: "user" as const, content: "Why is the sky blue?" }];

/** Keeps both nodes busy; resolves to how to end that. */
async function occupy(): Promise<() => void> {
  const target = { host: "127.0.0.1", port: Number(new URL(way.url).port) };
  const begin = (): OpenCall => openCall(target, { path: "/api/chat", body: { model: MODEL, messages } });
  setFault(way, { kind: "hang", afterRecords: 1 });
  const calls = [begin(), begin()];
  await Promise.all(calls.map(({ firstByte }) => firstByte));
  setFault(way, undefined);
  return () => {
    for (const call of calls) call.leave();
  };
}

/** A `fetch` that takes down each answer's status and advice, and calls `whenBusy` when the fleet is. */
function watchedFetch(whenBusy: () => void) {
  const answers: { readonly status: number; readonly retryAfter: string | null }[] = [];
  const watched: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    answers.push({ status: response.status, retryAfter: response.headers.get("retry-after") });
    if (response.status === 503) whenBusy();
    return response;
  };
  return { answers, fetch: watched };
}

const busyThenServed = [
  { status: 503, retryAfter: "1" },
  { status: 200, retryAfter: null },
];

test("the openai client comes back to a busy fleet when it was told to, and is served", async () => {
  const { answers, fetch } = watchedFetch(await occupy());
  const client = new OpenAI({ baseURL: `${way.url}/v1`, apiKey: "not-used", maxRetries: 2, fetch });
  const since = performance.now();
  const { choices } = await client.chat.completions.create({ model: MODEL, messages, max_tokens: 4 });
  expect(choices[0]?.message.content).toMatch(/./);
  expect(answers).toEqual(busyThenServed);
  // It waits as long as it was told, not the half second of its own.
  expect(performance.now() - since).toBeGreaterThan(950);
});

test("the anthropic client does, too", async () => {
  const { answers, fetch } = watchedFetch(await occupy());
  const client = new Anthropic({ baseURL: way.url, apiKey: "not-used", maxRetries: 2, fetch });
  const { content } = await client.messages.create({ model: MODEL, messages, max_tokens: 4 });
  expect(content[0]).toMatchObject({ type: "text" });
  expect(answers).toEqual(busyThenServed);
});

test("the ollama client and those that may not come back are told that the fleet is busy", async () => {
  const release = await occupy();
  await expect(new Ollama({ host: way.url }).chat({ model: MODEL, messages })).rejects.toMatchObject({
    name: "ResponseError",
    status_code: 503,
    message: expect.stringContaining("server busy, please try again"),
  });
  const openai = new OpenAI({ baseURL: `${way.url}/v1`, apiKey: "not-used", maxRetries: 0 });
  await expect(openai.chat.completions.create({ model: MODEL, messages })).rejects.toMatchObject({ status: 503 });
  const anthropic = new Anthropic({ baseURL: way.url, apiKey: "not-used", maxRetries: 0 });
  await expect(anthropic.messages.create({ model: MODEL, messages, max_tokens: 4 })).rejects.toMatchObject({
    status: 503,
    error: { type: "error", error: { message: expect.stringContaining("server busy") } },
  });
  release();
});
