import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { startSimulatedOllama } from "@herd/simulated-ollama";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createCleanup } from "../../support/cleanup.ts";
import type { Difference } from "./compare/differences.ts";
import { chooseModels, readModels } from "./live/models.ts";
import { everyWish } from "./live/own-stage.ts";
import { runScenarios } from "./live/run-scenarios.ts";
import { hello, short } from "./steps/samples.ts";
import { ask, type Scenario, single, tell, wishes } from "./steps/step.ts";

/** What a bad router does to one answer on its way. */
interface Spoiling {
  readonly headers?: (headers: Record<string, string>) => Record<string, string>;
  readonly status?: (status: number) => number;
  readonly body?: (body: string) => string;
  /** The pieces in which the body is written. */
  readonly pieces?: (body: string) => readonly string[];
  /** Ends the connection after them. */
  readonly cuts?: boolean;
  /** What the backend is sent in place of the client's bytes. */
  readonly request?: (body: string) => string;
}

const stream = tell("POST /v1/chat/completions", "stream", {
  body: ({ model }) => ({ model, messages: hello, seed: 7, temperature: 0, max_tokens: 8, stream: true }),
});
const lines = tell("POST /api/chat", "stream", { body: ({ model }) => ({ model, messages: hello, options: short }) });
const scenarios: readonly Scenario[] = [
  ...single([stream, lines], wishes.completion),
  ...single([ask("GET /api/tags", "models")]),
];

const cleanup = createCleanup();
const perTest = createCleanup();
let direct: URL;
beforeAll(async () => {
  const ollama = await startSimulatedOllama(everyWish);
  cleanup.add(() => ollama.close());
  direct = new URL(ollama.url);
});
afterEach(() => perTest.run());
afterAll(() => cleanup.run());

/** A router stand-in: it spoils every answer and passes it on, line by line. */
async function startSpoiler(spoiling: Spoiling): Promise<URL> {
  const server = createServer((request, response) => {
    void pass(request, response, spoiling).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  perTest.add(() => {
    server.close();
    server.closeAllConnections();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

async function pass(request: IncomingMessage, response: ServerResponse, spoiling: Spoiling): Promise<void> {
  // The suite looks at the models before it begins.
  const spoilt = { ...nothingSpoilt, ...(request.url === "/api/show" ? {} : spoiling) };
  const sent = await textOf(request);
  const body = sent === "" ? {} : { body: spoilt.request(sent) };
  const answer = await fetch(new URL(request.url ?? "/", direct), { method: request.method ?? "GET", ...body });
  const text = spoilt.body(await answer.text());
  const framing = new Set(["date", "transfer-encoding"]);
  const kept = [...answer.headers].filter(([name]) => !framing.has(name));
  const length = answer.headers.has("content-length") ? { "content-length": String(Buffer.byteLength(text)) } : {};
  response.writeHead(spoilt.status(answer.status), spoilt.headers({ ...Object.fromEntries(kept), ...length }));
  for (const piece of spoilt.pieces(text)) {
    await new Promise((resolve) => response.write(piece, resolve));
  }
  if (spoilt.cuts) response.destroy();
  else response.end();
}

const same = <Value>(value: Value): Value => value;
const nothingSpoilt: Required<Spoiling> = {
  headers: same,
  status: same,
  body: same,
  request: same,
  pieces: (body) => body.split(/(?<=\n)/),
  cuts: false,
};

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

/** What the suite finds when a router does that: what differs, by step. */
async function findings(spoiling: Spoiling): Promise<Readonly<Record<string, readonly string[]>>> {
  const router = await startSpoiler(spoiling);
  const models = chooseModels(await readModels(direct), undefined);
  const rows = await runScenarios(scenarios, {
    direct,
    router,
    models,
    allowsChanges: false,
    timeoutMs: 5_000,
    reportMs: 100,
  });
  const different = rows.flatMap(({ route, verdict }) =>
    verdict.kind === "different" ? [[route, verdict.differences.map(nameOf)] as const] : [],
  );
  return Object.fromEntries(different);
}

const nameOf = ({ at }: Difference): string => at.replace(/ at byte \d+$/, "");
const [sse, ndjson, list] = ["POST /v1/chat/completions", "POST /api/chat", "GET /api/tags"];

describe("a router that", () => {
  test("spoils nothing is found equal", async () => {
    expect(await findings({})).toEqual({});
  });

  test("changes one byte of a text is found", async () => {
    expect(await findings({ body: (body) => body.replace(/"content":"./, '"content":"~') })).toEqual({
      [sse ?? ""]: ["body"],
      [ndjson ?? ""]: ["body"],
    });
  });

  test.each([
    ["writes events with other blanks", (body: string) => body.replaceAll("data: ", "data:")],
    ["ends events with CRLF", (body: string) => body.replaceAll("\n\n", "\r\n\r\n")],
    ["leaves the last event out", (body: string) => body.replace("data: [DONE]\n\n", "")],
    ["adds a comment between events", (body: string) => body.replace("\n\ndata: [DONE]", "\n\n: ping\n\ndata: [DONE]")],
    [
      "changes the id inside a stream",
      (body: string) => body.replace(/chatcmpl-\d+(?=.*\n\ndata: \[DONE\])/, "chatcmpl-1000"),
    ],
    ["sends one event twice", (body: string) => body.replace(/^(data: .*\n\n)/, "$1$1")],
  ])("%s is found", async (_, body) => {
    const found = await findings({ body });
    expect(found[sse ?? ""]).toEqual(["body"]);
  });

  test("writes JSON anew is found, although it means the same", async () => {
    const body = (text: string): string =>
      text.replace(/^\{.*\}$/gm, (line) => JSON.stringify(JSON.parse(line), undefined, 1).replaceAll("\n", ""));
    expect((await findings({ body }))[ndjson ?? ""]).toEqual(["body"]);
  });

  test("adds a member is found", async () => {
    const found = await findings({ body: (body) => body.replace('"done":false', '"done":false,"extra":null') });
    expect(found[ndjson ?? ""]).toEqual(["body"]);
  });

  test("drops a header is found, and one that adds a header, too", async () => {
    const dropped = await findings({ headers: ({ "content-type": _, ...rest }) => rest });
    expect(Object.values(dropped)).toEqual([["header content-type"], ["header content-type"], ["header content-type"]]);
    const added = await findings({ headers: (headers) => ({ ...headers, server: "nginx" }) });
    expect(Object.values(added)).toEqual([["header server"], ["header server"], ["header server"]]);
  });

  test("adds its own headers is equal", async () => {
    expect(
      await findings({ headers: (headers) => ({ ...headers, "x-fleet-node": "a", "x-request-id": "1" }) }),
    ).toEqual({});
  });

  test("has another status is found", async () => {
    const found = await findings({ status: () => 202 });
    expect(Object.values(found).every((names) => names.includes("status"))).toBe(true);
    expect(Object.keys(found)).toHaveLength(3);
  });

  test("cuts a stream off is found", async () => {
    const found = await findings({ pieces: (body) => body.split(/(?<=\n)/).slice(0, -2), cuts: true });
    expect(found[sse ?? ""]).toEqual(["end", "body"]);
  });

  test("changes what the model is asked is found", async () => {
    const found = await findings({ request: (body) => body.replace("Say hello.", "Say hello!") });
    expect(Object.keys(found)).toEqual([sse, ndjson]);
  });

  test("holds a stream back until it is whole is found", async () => {
    const found = await findings({ pieces: (body) => [body] });
    expect(found).toEqual({ [sse ?? ""]: ["pieces"], [ndjson ?? ""]: ["pieces"] });
  });

  test("lists another size of a model is found, one that has more models is not", async () => {
    const found = await findings({ body: (body) => body.replace(/"size":\d+/, '"size":1') });
    expect(Object.keys(found)).toEqual([list]);
    const more = '{"models":[{"name":"other:1b"},';
    expect(await findings({ body: (body) => body.replace('{"models":[', more) })).toEqual({});
  });
});
