import fc from "fast-check";
import { expect, test } from "vitest";
import { plainBriefing } from "./plain-briefing.ts";
import { makeBriefingFacts } from "./testing/make-briefing-facts.ts";

test("a quiet fleet is told in three sentences", () => {
  expect(plainBriefing(makeBriefingFacts(), undefined)).toBe(
    "All of 2 nodes are online with 1 model in memory; no request is running or waiting. " +
      "Nothing was asked in the last 24 hours. No check found anything wrong.",
  );
});

test.each([
  [[], "No node has joined the fleet yet; start herd-node on a machine with Ollama."],
  [["online"], "The only node is online with no model in memory;"],
  [["offline"], "The only node is not online; no request"],
  [["offline", "offline"], "None of 2 nodes is online; no request"],
  [["online", "offline"], "1 of 2 nodes is online with no model in memory;"],
  [["online", "degraded", "online"], "2 of 3 nodes are online with no model in memory;"],
] as const)("nodes that are %j are told in good English", (states, beginning) => {
  const nodes = states.map((status, at) => ({ id: `n${at}`, status }));
  expect(plainBriefing(makeBriefingFacts({ nodes, loaded_models: [] }), undefined)).toMatch(
    new RegExp(`^${beginning.replaceAll(/[.;]/g, "\\$&")}`),
  );
});

test.each([
  [0, 0, "no request is running or waiting."],
  [1, 0, "1 request is running and none waits."],
  [0, 1, "0 requests are running and 1 waits."],
  [2, 3, "2 requests are running and 3 wait."],
])("%i running and %i waiting are told in good English", (in_flight, waiting, end) => {
  expect(plainBriefing(makeBriefingFacts({ in_flight, waiting }), undefined)).toContain(`in memory; ${end}`);
});

test("a busy day is told with its numbers, what is wrong with its titles", () => {
  const facts = makeBriefingFacts({
    nodes: [
      { id: "a", status: "online" },
      { id: "b", status: "offline" },
    ],
    in_flight: 1,
    waiting: 1,
    findings: [
      { severity: "critical", title: "b is offline" },
      { severity: "warning", title: "the disk of a is nearly full" },
      { severity: "info", title: "nobody needs this" },
    ],
    traffic: {
      requests: 1200,
      failed: 12,
      tokens: 1_234_567,
      fallbacks: 3,
      requestsBefore: 1000,
      joules: 36_000,
      topModels: [
        { model: "qwen3:8b", requests: 800 },
        { model: "gemma4:31b", requests: 400 },
      ],
    },
  });
  expect(plainBriefing(facts, undefined)).toBe(
    "1 of 2 nodes is online with 1 model in memory; 1 request is running and 1 waits. " +
      "In the last 24 hours there were 1,200 requests, 20% more than the day before, of which 12 failed (1%) " +
      "and 3 were served by another model; most went to qwen3:8b (800) and gemma4:31b (400), 1,234,567 tokens in all " +
      "for about 10 Wh. 2 findings need attention: b is offline; the disk of a is nearly full.",
  );
});

test("what has changed since the last one is told", () => {
  const before = makeBriefingFacts({
    nodes: [
      { id: "a", status: "online" },
      { id: "b", status: "offline" },
      { id: "old", status: "online" },
    ],
    loaded_models: [],
  });
  const now = makeBriefingFacts({
    nodes: [
      { id: "a", status: "offline" },
      { id: "b", status: "online" },
      { id: "new", status: "online" },
    ],
  });
  expect(plainBriefing(now, before)).toContain("Since the last briefing a went offline, b came back and new joined.");
  expect(plainBriefing(now, now)).not.toContain("Since the last briefing");
});

test("an empty fleet is told what to do", () => {
  expect(plainBriefing(makeBriefingFacts({ nodes: [], loaded_models: [] }), undefined)).toContain("start herd-node");
});

test("without any look at what is wrong nothing is claimed about it", () => {
  expect(plainBriefing(makeBriefingFacts({ findings: undefined }), undefined)).not.toContain("check");
});

test("whatever names hold, the text is one bounded line without control signs", () => {
  const name = fc.string({ unit: "binary", minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 30 }), (names) => {
      const nodes = names.map((id) => ({ id, status: "offline" as const }));
      const topModels = names.slice(0, 3).map((model) => ({ model, requests: 5 }));
      const findings = names.map((title) => ({ severity: "critical" as const, title: `${title}\u001b[31m` }));
      const facts = makeBriefingFacts({ nodes, loaded_models: names, findings, traffic: { requests: 9, topModels } });
      const text = plainBriefing(facts, makeBriefingFacts({ nodes: [], loaded_models: [] }));
      expect(text).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      expect(text.length).toBeLessThan(2000);
    }),
  );
});
