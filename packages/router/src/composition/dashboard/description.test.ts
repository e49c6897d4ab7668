import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DescribedOperation, document } from "../../dashboard-api/description/testing/open-api-shape.ts";
import { readOwnMachine } from "../../http/own-machine.ts";
import { createRootLogger } from "../../log/create-logs.ts";
import { LiveSettings } from "../../settings/live/live-settings.ts";
import { readSettings } from "../../settings/read.ts";
import { tempFolder } from "../../storage/testing/temp-folder.ts";
import { assemble } from "../assemble.ts";
import { addRoutes } from "../routes.ts";
import { createServerParts } from "../server-parts.ts";
import { stopGracefully } from "../stop.ts";
import { startTestRouter, type TestRouter } from "../testing/test-router.ts";

let router: TestRouter;
let text = "";
let operations: readonly (readonly [string, DescribedOperation])[] = [];

beforeAll(async () => {
  router = await startTestRouter();
  text = await (await fetch(`${router.url}/openapi.json`)).text();
  const { paths } = document.parse(JSON.parse(text));
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, one]) =>
      one === undefined ? [] : [[`${method} ${path}`, one] as const],
    ),
  );
});
afterAll(() => router.close());

describe("the description of all routes", () => {
  test("names every operation once and refers to nothing that is not there", () => {
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const { components } = document.parse(JSON.parse(text));
    const missing = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].filter(
      ([, name = ""]) => components.schemas[name] === undefined,
    );
    expect(missing).toEqual([]);
    expect(text).not.toMatch(/"\$ref":"#\/(\$defs|definitions)/);
  });

  test("declares the parameters of each path, and no others of it", () => {
    for (const [name, { parameters = [] }] of operations) {
      const declared = parameters.filter((one) => one.in === "path").map((one) => one.name);
      expect([name, declared]).toEqual([name, [...name.matchAll(/\{(\w+)\}/g)].map(([, part]) => part)]);
    }
  });

  test("has a shape for every answer of the dashboard's API that is JSON and served", () => {
    for (const [name, { responses }] of operations) {
      if (!name.includes("/dashboard/api/") || "501" in responses) continue;
      const shapes = Object.entries(responses).flatMap(([status, one]) =>
        status.startsWith("2") ? Object.values(one.content ?? {}).map(({ schema }) => Object.keys(schema).length) : [],
      );
      expect([name, shapes.length > 0 && shapes.every((size) => size > 0)]).toEqual([name, true]);
    }
  });

  test("holds the documented routes of clients, with who may call them", () => {
    const access = Object.fromEntries(operations.map(([name, one]) => [name, one["x-herd-access"]]));
    expect(access).toMatchObject({
      "post /api/chat": "use",
      "post /v1/chat/completions": "use",
      "post /v1/messages": "use",
      "post /api/pull": "change",
      "post /heartbeat": "agent",
      "get /readyz": "use",
      "get /dashboard/api/traces/{id}": "use",
    });
  });

  test("is shown as a page, without anything from elsewhere", async () => {
    for (const path of ["/docs", "/redoc"]) {
      const response = await fetch(`${router.url}${path}`);
      const page = await response.text();
      expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(page).toContain("<span>/dashboard/api/traces/{id}</span>");
      expect(page).toMatch(/<code>limit<\/code><\/td><td>query<\/td><td><code>[^<]*from 1 to 1000[^<]*<\/code>/);
      const [, style = ""] = /<style>([\s\S]*)<\/style>/.exec(page) ?? [];
      const hash = createHash("sha256").update(style).digest("base64");
      expect(response.headers.get("content-security-policy")).toContain(`style-src 'sha256-${hash}'`);
      expect(page).not.toMatch(/<script|<link|https?:/);
    }
  });
});

test("every route that the server has is described, and nothing else", async () => {
  const { server, routes, close } = await listedRouter();
  const described = await server.inject({ url: "/openapi.json", headers: { host: "localhost" } });
  const { paths } = document.parse(described.json());
  const told = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  const known = routes.map(
    ({ method, url }) => `${method.toLowerCase()} ${url.replace(/:(\w+)/g, "{$1}").replace("*", "{rest}")}`,
  );
  expect(told.toSorted()).toEqual([...new Set(known)].toSorted());
  await close();
});

/** A router that does not listen, and its routes as its own hook saw them. */
async function listedRouter() {
  const folder = tempFolder();
  const { values } = readSettings({ flags: {}, env: { FLEET_DATA_DIR: folder }, homeDir: folder });
  const log = createRootLogger([], Date.now);
  const now = (): number => performance.now();
  const machine = readOwnMachine(now);
  const live = new LiveSettings({ values });
  const assembly = assemble({ live, log, writeLine: undefined, machine, now });
  const { server } = createServerParts({ settings: live.values, machine, now, log });
  const routes: { readonly method: string; readonly url: string }[] = [];
  server.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, url });
  });
  await addRoutes(server, {
    ...assembly,
    settings: live.values,
    dashboardDirectory: folder,
    nextChange: assembly.news.next,
  });
  const stop = stopGracefully({ ...assembly, server, drainMs: () => 0 });
  await server.ready();
  return { server, routes, close: stop.gracefully };
}
