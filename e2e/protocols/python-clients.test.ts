import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCleanup } from "../support/cleanup.ts";
import {
  ALL_MODELS,
  EMBEDDER,
  EYES,
  FRAGILE,
  MODEL,
  setFault,
  straight,
  THINKER,
  throughFleet,
  type Way,
} from "../support/clients/both-ways.ts";
import { PIXEL } from "../support/clients/samples.ts";
import { startPython, whyNoPython } from "../support/python/start-python.ts";
import { until } from "../support/until.ts";

const RUN_MS = 60_000;
const NAMES = ALL_MODELS.toSorted();
const MODELS = { chat: MODEL, eyes: EYES, thinker: THINKER, embedder: EMBEDDER, fragile: FRAGILE };
const hasText = true;
const isEqual = true;
const call = ["weather", { city: "sea" }];
const colour = { colour: expect.any(String) };
const cutShort = /ended before it was complete/;

const errorLike = (name: string, status: number | null, says: RegExp) => ({
  ...{ class: name, status },
  says: expect.stringMatching(says),
});

const errors = (isRouter: boolean) => ({
  unknown: errorLike("NotFoundError", 404, /model 'nobody:1b' not found/),
  unknownStream: errorLike("NotFoundError", 404, /model 'nobody:1b' not found/),
  bad: errorLike("BadRequestError", 400, /./),
  // A node alone ends such a stream as if all were well.
  dies: isRouter ? expect.objectContaining({ says: expect.stringMatching(cutShort) }) : null,
});

/** What each check of each program is to give. */
const programs: Readonly<Record<string, (isRouter: boolean) => object>> = {
  ollama: () => ({
    lists: { listed: NAMES, loaded: NAMES, shown: ["completion", "tools"] },
    chats: { isEqual, hasText, tokens: [12, 12, 12], ends: ["length", "length"] },
    chats_asynchronously: { isEqual },
    calls_tools: { calls: [call, call], hasText },
    forms: colour,
    sees: { hasText },
    thinks: { hasThought: true },
    embeds: { sizes: [384, 384, 384] },
    leaves: { hasText },
    changes: { ends: ["success", "success"], areListed: true, gone: ["success", "success", "success"] },
    errs: {
      unknown: errorLike("ResponseError", 404, /model 'nobody:1b' not found/),
      unknownStream: errorLike("ResponseError", 404, /model 'nobody:1b' not found/),
      bad: errorLike("ResponseError", 400, /does not support chat/),
      dies: errorLike("ResponseError", -1, /an error was encountered while running the model/),
    },
  }),
  openai: (isRouter) => ({
    lists: { listed: NAMES, shown: MODEL },
    chats: { isEqual, hasText, tokens: [12, 12, 12], ends: ["length", "length"] },
    chats_asynchronously: { isEqual },
    calls_tools: { calls: [call, call], hasText },
    forms: [colour, colour],
    sees: { hasText },
    responds: { isEqual, hasText, tokens: 12, ends: ["response.created", "response.completed"], calls: [call] },
    embeds: { sizes: [384, 384, 384, 384], isEqual },
    leaves: { hasText },
    errs: errors(isRouter),
  }),
  anthropic: (isRouter) => ({
    writes: { isEqual, hasText, tokens: [12, 12], ends: ["max_tokens", "max_tokens"] },
    writes_asynchronously: ["message", "message_start", "message_stop"],
    calls_tools: { calls: [call, call], ends: ["tool_use", "tool_use"], hasText },
    sees: { hasText },
    thinks: ["thinking", "text"],
    leaves: ["message_start", "content_block_start", "content_block_delta"],
    counts: isRouter ? expect.any(Number) : { status: 404 },
    errs: errors(isRouter),
  }),
};

/** What a program printed, by check. */
const resultsIn = (output: string): object =>
  Object.fromEntries(
    output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { check: string; result?: unknown; failed?: string })
      .map(({ check, result, failed }) => [check, failed ?? result]),
  );

describe.skipIf(whyNoPython !== undefined)("Python clients (need packages of PyPI)", () => {
  describe.each([
    { title: "through a router", open: throughFleet, isRouter: true },
    { title: "straight to a node", open: straight, isRouter: false },
  ])("$title", ({ open, isRouter }) => {
    const cleanup = createCleanup();
    let way: Way;
    beforeAll(async () => {
      way = await open(cleanup);
      setFault(way, { kind: "error-record-mid-stream", afterRecords: 2, model: FRAGILE });
    });
    afterAll(() => cleanup.run());

    const left = (): number =>
      way.ollamas.flatMap(({ received }) => received.filter((one) => one.closedByClientAt !== undefined)).length;

    test.each(Object.entries(programs))(
      "%s passes each of its checks, and what it leaves ends on the node",
      async (name, expected) => {
        const before = left();
        const script = new URL(`./python/${name}-client.py`, import.meta.url);
        const program = startPython(cleanup, script, [way.url, JSON.stringify(MODELS), PIXEL]);
        expect(resultsIn(await program.ended)).toEqual(expected(isRouter));
        await until({ what: "the node has seen it leave", look: () => left() > before, withinMs: 5_000 });
        const isFree = (): boolean => way.ollamas.every((ollama) => ollama.inFlight() === 0);
        await until({ what: "the runners are free", look: isFree, withinMs: 5_000 });
      },
      RUN_MS,
    );
  });
});
