import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { plain } from "@herd/shared/terminal";
import { describe, expect, onTestFinished, test } from "vitest";
import type { FleetSnapshot } from "../../domain/fleet-snapshot.ts";
import { makeCandidate } from "../../scheduling/testing/make-view.ts";
import { createNews } from "../news.ts";
import { speakOnceUp } from "./speak-once-up.ts";

/** A server on loopback that gives these answers, by path. */
async function serve(answers: Readonly<Record<string, unknown>>): Promise<{ url: string; port: number }> {
  const server = createServer(({ url = "" }, response) => {
    response.writeHead(url in answers ? 200 : 404).end(JSON.stringify(answers[url] ?? {}));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port };
}

const ollamaWith = (models: readonly object[], inMemory: readonly object[] = []) =>
  serve({ "/api/version": { version: "0.24.0" }, "/api/tags": { models }, "/api/ps": { models: inMemory } });

/** Speaks about this machine; resolves once that was said. */
async function spoken(ollamaUrl: string, more: { agentCommand?: string; toolPorts?: readonly number[] } = {}) {
  const said: string[] = [];
  const news = createNews();
  const fleet = { nodes: [] as FleetSnapshot["nodes"] };
  void speakOnceUp({
    fleet: { snapshot: () => fleet as unknown as FleetSnapshot, onNews: news.onNews },
    port: 11_435,
    localUrl: "http://localhost:11435",
    ollamaUrl,
    agentCommand: more.agentCommand,
    page: { paint: plain, width: 80 },
    print: (text) => said.push(text),
    search: { ports: more.toolPorts ?? [], withinMs: 2_000 },
  });
  await expect.poll(() => said).toHaveLength(1);
  return { said, news, fleet, here: said[0] };
}

describe("once the router is up it is said", () => {
  test("which Ollama is here, with its models and what is in memory", async () => {
    const { url } = await ollamaWith([{ name: "a" }, { name: "b" }], [{ name: "b" }]);
    expect((await spoken(url)).here).toBe("  Found       Ollama 0.24.0 with 2 models, in memory: b\n");
  });

  test("how to get a model where Ollama has none", async () => {
    const { url, port } = await ollamaWith([]);
    expect((await spoken(url)).here).toBe(
      `  Found       Ollama 0.24.0 without a model. Get one:\n              OLLAMA_HOST=127.0.0.1:${port} ollama pull gemma3:1b\n`,
    );
  });

  test("how to get Ollama where there is none", async () => {
    expect((await spoken("http://127.0.0.1:1")).here).toMatch(/no Ollama at http:\/\/127\.0\.0\.1:1\n.*ollama serve/);
  });

  test("that another program is where Ollama should be", async () => {
    const { url } = await serve({});
    expect((await spoken(url)).here).toContain(`a program at ${url} that is no Ollama`);
  });

  test("how the Ollama here would be used when no agent runs, and nothing when there is none", async () => {
    const { url } = await ollamaWith([{ name: "a" }]);
    expect((await spoken(url, { agentCommand: "herd up" })).here).toMatch(
      /not used: no agent runs here\. With one:\n +herd up\n/,
    );
    expect((await spoken("http://127.0.0.1:1", { agentCommand: "herd up" })).here).toBe("");
  });

  test("which other tools are here, and that they are not used yet", async () => {
    const tool = await serve({ "/lmstudio-greeting": { lmstudio: true } });
    const { here } = await spoken("http://127.0.0.1:1", { agentCommand: "herd up", toolPorts: [tool.port] });
    expect(here).toBe(`  Also here   LM Studio (port ${tool.port}): seen, not used yet\n`);
  });
});

test("as soon as the fleet has a model, one command to try it is said, once", { timeout: 15_000 }, async () => {
  const { said, news, fleet } = await spoken("http://127.0.0.1:1");
  news.tell();
  fleet.nodes = [makeCandidate("mac-mini").node];
  news.tell();
  await expect.poll(() => said, { timeout: 10_000 }).toHaveLength(2);
  expect(said[1]).toMatch(/^ {2}Try\ncurl -s localhost:11435\/api\/generate -d .*"gemma3:4b".*\n$/);
  news.tell();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(said).toHaveLength(2);
});
