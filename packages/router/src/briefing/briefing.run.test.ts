import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { nodeId } from "@herd/shared";
import { afterEach, expect, test } from "vitest";
import { Briefing, type BriefingDependencies, type MadeBriefing } from "./briefing.run.ts";
import type { BriefingFacts } from "./briefing-facts.ts";
import { makeBriefingFacts } from "./testing/make-briefing-facts.ts";

const PROSE = "Both nodes are online and idle today, and nobody had to wait for an answer.";
const MINUTE = 60_000;

type Answer = (call: { readonly request: IncomingMessage; readonly response: ServerResponse }) => void;

const chat =
  (content: unknown, status = 200): Answer =>
  ({ response }) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ message: { role: "assistant", content }, done: true }));
  };

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

interface Stage {
  readonly briefing: Briefing;
  readonly saved: MadeBriefing[];
  readonly calls: IncomingMessage[];
  readonly problems: unknown[];
  now: number;
  answer: Answer;
  mustYield: boolean;
  facts: BriefingFacts;
  reached: Promise<unknown>;
}

async function stageWith(answer: Answer, wish: Partial<BriefingDependencies> = {}): Promise<Stage> {
  const arrival = Promise.withResolvers<unknown>();
  const server = createServer((request, response) => {
    stage.calls.push(request);
    response.on("error", () => undefined);
    request.resume().once("end", () => {
      stage.answer({ request, response });
      arrival.resolve(undefined);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const saved: MadeBriefing[] = [];
  const problems: unknown[] = [];
  const briefing = new Briefing({
    mayImprove: () => true,
    facts: async () => stage.facts,
    latest: async () => undefined,
    save: (made) => saved.push(made),
    writer: () => ({ node: nodeId("n"), model: "qwen3:8b" }),
    mustYield: () => stage.mustYield,
    url: () => url,
    now: () => stage.now,
    onProblem: (error) => problems.push(error),
    ...wish,
  });
  const stage: Stage = {
    briefing,
    saved,
    problems,
    calls: [],
    now: 1e12,
    answer,
    mustYield: false,
    facts: makeBriefingFacts(),
    reached: arrival.promise,
  };
  closers.push(async () => {
    await briefing.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return stage;
}

test("the first reading has the text made of facts, the next one what an idle model wrote", async () => {
  const stage = await stageWith(chat(`<think>…</think>**${PROSE}**`));
  const first = await stage.briefing.read(false);
  expect(first).toMatchObject({ isCached: false, isGenerating: true, briefing: { model: undefined } });
  expect(first.briefing.text).toContain("All of 2 nodes are online");
  await stage.briefing.settled();
  const second = await stage.briefing.read(false);
  expect(second).toMatchObject({ isCached: true, isGenerating: false, briefing: { model: "qwen3:8b", text: PROSE } });
  expect(second.briefing.plain).toBe(first.briefing.text);
  expect(stage.calls).toHaveLength(1);
  expect(stage.calls[0]?.headers).toMatchObject({
    "x-herd-tags": "fleet-intelligence",
    "x-herd-node": "n",
    "x-herd-fallback": "never",
  });
  expect(stage.saved.map(({ text }) => text)).toEqual([PROSE]);
});

test("a slow model holds up no reading", async () => {
  const stage = await stageWith(() => undefined);
  expect((await stage.briefing.read(false)).isGenerating).toBe(true);
  await stage.reached;
  const again = await stage.briefing.read(false);
  expect(again.briefing.text).toContain("All of 2 nodes are online");
  expect(stage.calls).toHaveLength(1);
});

test("a model that takes too long is given up", async () => {
  const stage = await stageWith(() => undefined, { writingMs: 30 });
  await stage.briefing.read(false);
  await stage.briefing.settled();
  const reading = await stage.briefing.read(false);
  expect(reading).toMatchObject({ isGenerating: false, error: "nothing came within 0.03 s" });
  expect(stage.saved.map(({ model }) => model)).toEqual([undefined]);
});

test.each<readonly [string, Answer]>([
  ["garbage", ({ response }) => response.end("%%%%")],
  ["a page in HTML", ({ response }) => response.end("<!DOCTYPE html><html><body>502 Bad Gateway</body></html>")],
  ["an empty answer", chat("")],
  ["no text", chat(42)],
  ["one word again and again", chat("the ".repeat(200))],
  ["a failure", chat(PROSE, 500)],
  [
    "half an answer",
    ({ response }) => response.writeHead(200, { "content-length": 500 }).write("{", () => response.destroy()),
  ],
  ["far too much", ({ response }) => response.end(JSON.stringify({ message: { content: "a b ".repeat(200_000) } }))],
  ["another place", ({ response }) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end()],
])("where a model gives %s the text made of facts stays, and it is left alone for a while", async (_what, answer) => {
  const stage = await stageWith(answer);
  const { briefing } = await stage.briefing.read(false);
  await stage.briefing.settled();
  const next = await stage.briefing.read(false);
  expect(next.briefing).toBe(briefing);
  expect(next.isGenerating).toBe(false);
  expect(next.error).toBeTruthy();
  expect(stage.problems).toHaveLength(1);
  expect(stage.saved).toHaveLength(1);
  stage.now += 4 * MINUTE;
  expect((await stage.briefing.read(false)).isGenerating).toBe(false);
  stage.now += 2 * MINUTE;
  stage.answer = chat(PROSE);
  expect((await stage.briefing.read(false)).isGenerating).toBe(true);
  await stage.briefing.settled();
  expect(await stage.briefing.read(false)).toMatchObject({ briefing: { text: PROSE }, error: undefined });
});

test("it makes room as soon as anybody waits, which is no failure", async () => {
  const left = Promise.withResolvers<unknown>();
  const stage = await stageWith(({ response }) => response.once("close", () => left.resolve(undefined)));
  await stage.briefing.read(false);
  await stage.reached;
  stage.mustYield = true;
  await left.promise;
  await stage.briefing.settled();
  expect(stage.problems).toEqual([]);
  expect((await stage.briefing.read(false)).error).toContain("made room");
  stage.mustYield = false;
  stage.now += 2 * MINUTE;
  expect((await stage.briefing.read(false)).isGenerating).toBe(true);
});

test("it stops as soon as briefings are switched off, and asks nobody again", async () => {
  const left = Promise.withResolvers<unknown>();
  let isOn = true;
  const stage = await stageWith(({ response }) => response.once("close", () => left.resolve(undefined)), {
    mayImprove: () => isOn,
  });
  await stage.briefing.read(false);
  await stage.reached;
  isOn = false;
  await left.promise;
  await stage.briefing.settled();
  stage.now += 24 * 60 * MINUTE;
  expect(await stage.briefing.read(true)).toMatchObject({ isGenerating: false });
  expect(stage.calls).toHaveLength(1);
});

test("a briefing is made anew when it is old or wanted, and not at every click", async () => {
  const stage = await stageWith(chat(PROSE), { mayImprove: () => false });
  const first = await stage.briefing.read(false);
  stage.now += 5_000;
  expect((await stage.briefing.read(true)).briefing).toBe(first.briefing);
  stage.now += 10_000;
  const second = await stage.briefing.read(true);
  expect(second.briefing).not.toBe(first.briefing);
  stage.now += 29 * MINUTE;
  expect((await stage.briefing.read(false)).briefing).toBe(second.briefing);
  stage.now += 2 * MINUTE;
  stage.facts = makeBriefingFacts({ nodes: [{ id: "a", status: "offline" }] });
  const third = await stage.briefing.read(false);
  expect(third.briefing.text).toContain("Since the last briefing a went offline and b left the fleet.");
  expect(stage.calls).toHaveLength(0);
  expect(stage.saved).toHaveLength(3);
});

test("readings at the same time make one briefing", async () => {
  const stage = await stageWith(chat(PROSE), { mayImprove: () => false });
  const readings = await Promise.all([1, 2, 3].map(() => stage.briefing.read(false)));
  expect(new Set(readings.map(({ briefing }) => briefing)).size).toBe(1);
  expect(stage.saved).toHaveLength(1);
});

test("what was kept before a restart is good until it is old", async () => {
  const facts = makeBriefingFacts();
  const kept = { text: PROSE, plain: "plain", model: "m", at: 1e12 - 10 * MINUTE, facts };
  const stage = await stageWith(chat(PROSE), { latest: async () => kept });
  expect((await stage.briefing.read(false)).briefing).toBe(kept);
  const old = await stageWith(chat(PROSE), { latest: async () => ({ ...kept, at: 1e12 - 40 * MINUTE }) });
  expect((await old.briefing.read(false)).briefing.text).toContain("All of 2 nodes");
});

test("a briefing that cannot be kept is shown all the same", async () => {
  const save = (): never => {
    throw new Error("the disk is full");
  };
  const stage = await stageWith(chat(PROSE), { save, mayImprove: () => false });
  expect((await stage.briefing.read(false)).briefing.text).toContain("All of 2 nodes");
  expect(stage.problems).toHaveLength(1);
});

test("closing ends what is being written", async () => {
  const stage = await stageWith(() => undefined);
  await stage.briefing.read(false);
  await stage.reached;
  await stage.briefing.close();
  expect((await stage.briefing.read(false)).isGenerating).toBe(false);
});
