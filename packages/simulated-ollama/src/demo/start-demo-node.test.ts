import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parseHeartbeat } from "@herd/shared";
import { createIdentity, deriveLinkSecret, linkHeaders, signaturesMatch, signHeartbeat } from "@herd/shared/link";
import { expect, onTestFinished, test } from "vitest";
import { post } from "../testing/post.ts";
import { demoMachines } from "./demo-machines.ts";
import { startDemoNode } from "./start-demo-node.ts";

/** A router that notes the heartbeats it gets, whether they are genuine, and refuses as many as it is told to. */
async function startRouter() {
  const identity = createIdentity();
  const reports: { readonly content: Record<string, unknown>; readonly isGenuine: boolean }[] = [];
  const state = { refusals: 0 };
  const watchers = new Set<() => void>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      if (request.url === "/fleet/identity") {
        response.end(JSON.stringify({ public_key: identity.publicKey, router_time_ms: 5_000_000 }));
        return;
      }
      const body = Buffer.concat(parts);
      const headerOf = (name: string) => String(request.headers[name]);
      const secret = deriveLinkSecret(identity, headerOf(linkHeaders.key));
      const expected = signHeartbeat(secret, { time: Number(headerOf(linkHeaders.time)), body });
      const isGenuine = signaturesMatch(expected, headerOf(linkHeaders.signature));
      response.statusCode = state.refusals-- > 0 ? 403 : 200;
      response.end("{}");
      reports.push({ content: JSON.parse(body.toString()), isGenuine });
      for (const look of watchers) look();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const until = (isIt: (content: Record<string, unknown>) => boolean) =>
    new Promise<Record<string, unknown>>((resolve) => {
      const look = (): void => {
        const found = reports.find(({ content }) => isIt(content));
        if (found !== undefined) resolve(found.content);
      };
      watchers.add(look);
      look();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, reports, state, until };
}

async function start(routerUrl: string, at = 0) {
  const machine = demoMachines[at];
  if (machine === undefined) throw new Error("no such machine");
  const node = await startDemoNode(machine, { routerUrl, timeScale: 0 });
  onTestFinished(() => node.close());
  return node;
}

const loadedIn = ({ ollama }: Record<string, unknown>): readonly { readonly name: string }[] =>
  (ollama as { models_loaded: { name: string }[] }).models_loaded;

test.each(demoMachines.map(({ id }, at) => [id, at] as const))(
  "%s reports itself as simulated, signed, in a form that loses nothing",
  async (id, at) => {
    const router = await startRouter();
    const node = await start(router.url, at);
    const [first] = router.reports;
    expect(first).toMatchObject({ isGenuine: true, content: { node_id: id, simulated: true, ollama_host: node.url } });
    const parsed = parseHeartbeat(first?.content);
    expect(parsed).toMatchObject({ kind: "report", dropped: [] });
    const ollama = first?.content["ollama"] as Record<string, object> | undefined;
    expect(Object.keys(ollama?.["models_available_sizes"] ?? {})).toEqual(ollama?.["models_available"]);
  },
);

test("a model that is loaded, and one that is pulled, is reported at once", async () => {
  const router = await startRouter();
  const node = await start(router.url);
  await post(Number(new URL(node.url).port), "/api/chat", {
    body: {
      model: "demo-vision",
      messages: [{ role: "user", content: "Hi" }],
      stream: false,
    },
  });
  await router.until((content) => loadedIn(content).some(({ name }) => name === "demo-vision:latest"));
  await post(Number(new URL(node.url).port), "/api/pull", { body: { model: "tiny:1b", stream: false } });
  await router.until((content) => {
    const { models_available } = content["ollama"] as { models_available: string[] };
    return models_available.includes("demo-tiny:1b");
  });
});

test("a report that is refused is followed by another", async () => {
  const router = await startRouter();
  router.state.refusals = 1;
  await start(router.url);
  await router.until(() => router.reports.length > 1);
  expect(router.reports.every(({ isGenuine }) => isGenuine)).toBe(true);
});
