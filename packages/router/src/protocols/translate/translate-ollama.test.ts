import { type SimulatedOllama, startSimulatedOllama } from "@herd/simulated-ollama";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WireRoute } from "../../domain/wire-route.ts";
import { chatCompletions, completions, exampleModels, messages, responses } from "./testing/example-requests.ts";
import { masked } from "./testing/masked.ts";
import { callDirectly, callTranslated } from "./testing/translated-call.ts";

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

const whole = ["whole", {}] as const;
const streamed = ["streamed", { stream: true }] as const;
const counted = ["streamed with usage", { stream: true, stream_options: { include_usage: true } }] as const;

describe.each([whole, streamed, counted])("OpenAI's routes on an Ollama that lacks them, %s", (_form, extra) => {
  it.each(chatCompletions)("answers a chat as Ollama itself does: %s", (_title, body) =>
    expectEqual("/v1/chat/completions", "/api/chat", { ...body, ...extra }),
  );

  it.each(completions)("answers a completion as Ollama itself does: %s", (_title, body) =>
    expectEqual("/v1/completions", "/api/generate", { ...body, ...extra }),
  );
});

describe.each([whole, streamed])("newer routes on an Ollama that lacks them, %s", (_form, extra) => {
  it.each(responses)("answers a request for a response as Ollama itself does: %s", (_title, body) =>
    expectEqual("/v1/responses", "/api/chat", { ...body, ...extra }),
  );

  it.each(messages)("answers Anthropic's messages as Ollama itself does: %s", (_title, body) =>
    expectEqual("/v1/messages", "/api/chat", { ...body, ...extra }),
  );
});
