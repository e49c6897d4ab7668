import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCleanup } from "../../support/cleanup.ts";
import { startLocalRouter } from "../../support/fleets/local-fleet.ts";
import type { Row } from "./compare/verdict.ts";
import { findingsOf } from "./report/table.ts";
import { runOwnSteps, runSessions } from "./run-order.ts";
import { allScenarios } from "./steps/all-scenarios.ts";

/** Routes of the router's own, which no Ollama has; other tests are about them. */
const ownRoutes = [
  /^\w+ \/(favicon\.svg|healthz|readyz|metrics|docs|redoc|openapi\.json|heartbeat)$/,
  /^\w+ \/(fleet|dashboard)(\/|$)/,
  /^\w+ \/api\/(transcribe|generate-image|embed-image|image-models)$/,
  // OPTIONS has steps of its own, by origin.
  /^OPTIONS /,
  // Anthropic has no such route, and Ollama neither.
  /^GET \/v1\/messages$/,
];

/** Parameters have no names here: `/v1/models/*`, `/v1/models/:id` and `/v1/models/:model` are one route. */
const plain = (route: string): string => route.replaceAll(/\/(:[^/]+|\*)/g, "/:");

/** Every route that a router adds, as it starts. */
async function routesOfRouter(): Promise<readonly string[]> {
  const cleanup = createCleanup();
  const routes: string[] = [];
  const onServer = (message: unknown): void => {
    const { fastify } = message as { readonly fastify: FastifyInstance };
    fastify.addHook("onRoute", ({ method, url }) => {
      routes.push(...[method].flat().map((one) => `${one} ${url}`));
    });
  };
  subscribe("fastify.initialization", onServer);
  try {
    await startLocalRouter(cleanup);
  } finally {
    unsubscribe("fastify.initialization", onServer);
    await cleanup.run();
  }
  return routes;
}

describe("a router in front of one simulated Ollama", () => {
  let steps: readonly Row[] = [];
  beforeAll(async () => {
    steps = await runOwnSteps(undefined);
  }, 120_000);

  test("answers every step as the Ollama does, but for what is meant to differ", () => {
    expect(findingsOf(steps)).toBe("");
    expect(steps.filter(({ verdict }) => verdict.kind === "not run")).toEqual([]);
    expect(steps.length).toBeGreaterThan(300);
  });

  test("answers most of them with the same bytes", () => {
    const equal = steps.filter(({ verdict }) => verdict.kind === "equal");
    expect(equal.length / steps.length).toBeGreaterThan(0.85);
  });

  test("answers every request of the recorded clients alike", async () => {
    const sessions = await runSessions();
    expect(findingsOf(sessions)).toBe("");
    expect(sessions).toHaveLength(94);
  }, 120_000);
});

describe("the steps", () => {
  const cleanup = createCleanup();
  afterAll(() => cleanup.run());

  test("are there for every route that the router has", async () => {
    const routes = await routesOfRouter();
    const covered = new Set(allScenarios.flatMap(({ steps }) => steps).map(({ route }) => plain(route)));
    const wanted = routes.filter((route) => !ownRoutes.some((own) => own.test(route)));
    expect(wanted).toContain("POST /api/chat");
    expect(wanted.filter((route) => !covered.has(plain(route)))).toEqual([]);
  });

  test("have names that are unique within their route", () => {
    const names = allScenarios.flatMap(({ steps }) => steps).map(({ route, name }) => `${route} ${name}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test("change a disk only where they say so, and only under names of their own", () => {
    const place = { model: "m", host: "h", mark: "0" };
    const changing = /^(POST \/api\/(copy|create|pull|push|blobs)|DELETE )/;
    const bodies = allScenarios
      .filter(({ isChanging }) => isChanging)
      .flatMap(({ steps }) => steps)
      .filter(({ route }) => changing.test(route) && !route.includes("/blobs/"))
      .map((step) => JSON.parse(String(step.request(place).body)) as Readonly<Record<string, string>>);
    const targets = bodies.map(({ destination, model, name }) => destination ?? (model || name));
    expect(targets.filter((target) => !/herd-conformance-|^a b\/c:d:e$/.test(target ?? ""))).toEqual([]);
    const askedOfAnybody = allScenarios
      .filter(({ isChanging, onlySimulated }) => !isChanging && onlySimulated === undefined)
      .flatMap(({ steps }) => steps)
      .filter(({ route }) => changing.test(route));
    // These are refused before anything is looked at.
    const refused = /^(no |empty|unknown|nothing|bad|wrong method|foreign)/;
    expect(askedOfAnybody.filter(({ name }) => !refused.test(name))).toEqual([]);
  });
});
