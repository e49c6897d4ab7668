import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startTestRouter, type TestRouter } from "../testing/test-router.ts";

let router: TestRouter;
beforeEach(async () => {
  router = await startTestRouter();
  mkdirSync(folder());
});
afterEach(() => router.close());

const folder = (): string => join(router.assembly.live.values.dataDir, "logs");

function put(sentence: string, fields: object = {}, file = "herd.jsonl"): void {
  const line = { ts: "2026-05-10T12:00:00.000Z", level: "INFO", logger: "requests", ...fields, msg: sentence };
  appendFileSync(join(folder(), file), `${JSON.stringify(line)}\n`);
}

async function ask(query: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${router.url}/dashboard/api/logs${query}`, { headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const messages = async (query: string): Promise<unknown> =>
  ((await ask(query)).body["lines"] as readonly { readonly msg: unknown }[]).map(({ msg }) => msg);

describe("GET /dashboard/api/logs", () => {
  test("tells the newest lines, newest last, and only what is asked for", async () => {
    put("old", { request_id: "r-1" }, "herd.jsonl.2026-05-09");
    put("one", { node_id: "pc", level: "WARNING" });
    put("two", { request_id: "r-1", ts: "2026-05-10T13:00:00.000Z" });
    expect(await messages("")).toEqual(["old", "one", "two"]);
    expect(await messages("?lines=1")).toEqual(["two"]);
    expect(await messages("?request_id=r-1")).toEqual(["old", "two"]);
    expect(await messages("?level=warning&node_id=pc")).toEqual(["one"]);
    expect(await messages(`?since=${Date.UTC(2026, 4, 10, 12, 30) / 1000}`)).toEqual(["two"]);
  });

  test.each([
    "?lines=-1",
    "?lines=100001",
    "?lines=x",
    "?level=loud",
    "?since=-1",
    "?follow=maybe",
    "?file=/etc/passwd",
    "?request_id=",
  ])("refuses %s with the field at fault", async (query) => {
    expect(await ask(query)).toMatchObject({
      status: 400,
      body: { code: "HERD_BAD_REQUEST", field: expect.any(String) },
    });
  });

  test("is not for callers elsewhere, nor for pages of other sites", async () => {
    expect((await ask("", { "x-forwarded-for": "192.168.1.9" })).status).toBe(403);
    const page = await fetch(`${router.url}/dashboard/api/logs`, { headers: { origin: "http://evil.example" } });
    expect(page.status).toBe(403);
  });

  test("goes on with new lines, and ends with the router", async () => {
    put("one");
    const response = await fetch(`${router.url}/dashboard/api/logs?follow=true&lines=1`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const until = async (sign: string): Promise<void> => {
      while (!text.includes(sign)) text += (await reader?.read())?.value ?? expect.fail(`ended without ${sign}`);
    };
    await until('"one"');
    put("two", { request_id: "r-2" });
    await until('"two"');
    const stopped = router.stop();
    expect((await reader?.read())?.done).toBe(true);
    await stopped;
    expect(text.match(/"msg":"one"/g)).toHaveLength(1);
  });

  test("so many may follow at once, and one more may when another has left", async () => {
    const leaving = new AbortController();
    const path = `${router.url}/dashboard/api/logs?follow=true`;
    const all = await Promise.all(Array.from({ length: 16 }, () => fetch(path, { signal: leaving.signal })));
    expect(all.map(({ status }) => status)).toEqual(Array(16).fill(200));
    expect(await ask("?follow=true")).toMatchObject({ status: 503, body: { code: "HERD_TOO_MANY_LISTENERS" } });
    leaving.abort();
    await expect
      .poll(async () => {
        const again = new AbortController();
        const { status } = await fetch(path, { signal: again.signal });
        again.abort();
        return status;
      })
      .toBe(200);
  });
});
