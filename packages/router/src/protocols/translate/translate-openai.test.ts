import { type SimulatedOllama, startSimulatedOllama } from "@herd/simulated-ollama";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WireRoute } from "../../domain/wire-route.ts";
import { exampleModels, messages, nativeChats, nativeGenerations, responses } from "./testing/example-requests.ts";
import { masked } from "./testing/masked.ts";
import { callDirectly, callTranslated } from "./testing/translated-call.ts";

/** An Ollama that is taken for a server that has OpenAI's API and nothing else. */
let ollama: SimulatedOllama;

beforeAll(async () => {
  ollama = await startSimulatedOllama({ models: exampleModels });
});
afterAll(() => ollama.close());

const expectEqual = async (from: WireRoute, to: WireRoute, body: object) => {
  const direct = await callDirectly({ url: ollama.url, from, body });
  const translated = await callTranslated({ url: ollama.url, from, to, body });
  if (direct.status === 200) {
    expect(masked(translated.text)).toBe(masked(direct.text));
    expect(translated.contentType).toBe(direct.contentType);
  }
  expect(translated.status).toBe(direct.status);
};

describe.each([
  ["whole", { stream: false }],
  ["streamed", { stream: true }],
] as const)("on a server with OpenAI's API, %s,", (_form, extra) => {
  it.each(nativeChats)("a native chat is answered as by Ollama: %s", (_title, body) =>
    expectEqual("/api/chat", "/v1/chat/completions", { ...body, ...extra }),
  );

  it.each(nativeGenerations)("a native generation is answered as by Ollama: %s", (_title, body) =>
    expectEqual("/api/generate", "/v1/chat/completions", { ...body, ...extra }),
  );

  it.each(responses)("a request for a response is answered as by Ollama: %s", (_title, body) =>
    expectEqual("/v1/responses", "/v1/chat/completions", { ...body, ...extra }),
  );

  // Ollama's own route for chats takes a text and a picture of one message for two messages.
  it.each(messages.filter(([title]) => title !== "a picture"))(
    "Anthropic's messages are answered as by Ollama: %s",
    (_title, body) => expectEqual("/v1/messages", "/v1/chat/completions", { ...body, ...extra }),
  );
});
