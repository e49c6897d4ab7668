import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { followLog } from "./follow-log.ts";
import { readLog } from "./read-log.ts";

let directory: string;
const name = "herd.jsonl";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "herd-read-log-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const line = (sentence: string, fields: object = {}): string =>
  `${JSON.stringify({ ts: "2026-05-10T12:00:00.000Z", level: "INFO", logger: "requests", ...fields, msg: sentence })}\n`;
const put = (text: string, file = name): void => appendFileSync(join(directory, file), text);
const messages = async (lines: number, asked: object = {}): Promise<readonly unknown[]> =>
  (await readLog({ directory, name, ...asked }, lines)).lines.map(({ msg }) => msg);

describe("reading the end of a log", () => {
  test("tells the newest lines, oldest first, also of files that were set aside", async () => {
    put(line("one") + line("two"), `${name}.2026-05-09`);
    put(line("three"), `${name}.2026-05-09.1`);
    put(line("four") + line("five"));
    expect(await messages(2)).toEqual(["four", "five"]);
    expect(await messages(4)).toEqual(["two", "three", "four", "five"]);
    expect(await messages(100)).toEqual(["one", "two", "three", "four", "five"]);
  });

  test("tells only what is asked for", async () => {
    put(line("a", { request_id: "r-1", node_id: "pc", level: "ERROR" }));
    put(line("b", { request_id: "r-2", node_id: "pc", ts: "2026-05-10T13:00:00.000Z" }));
    put(line("c", { quoted: "r-1", ts: "2026-05-10T14:00:00.000Z" }));
    expect(await messages(9, { requestId: "r-1" })).toEqual(["a"]);
    expect(await messages(9, { nodeId: "pc" })).toEqual(["a", "b"]);
    expect(await messages(9, { level: "WARNING" })).toEqual(["a"]);
    expect(await messages(9, { since: Date.UTC(2026, 4, 10, 13) })).toEqual(["b", "c"]);
  });

  test("finds every line whatever its length, and goes over torn ones", async () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(lengths, fc.integer({ min: 1, max: 12 }), async (all, wanted) => {
        const written = all.map((length, at) => `${at}:${"ä".repeat(length)}`);
        writeFileSync(join(directory, name), `${written.map((sentence) => line(sentence)).join("")}{"ts": "torn`);
        expect(await messages(wanted)).toEqual(written.slice(-wanted));
      }),
      { numRuns: 30 },
    );
  });

  test("an absent folder or file is an empty log", async () => {
    expect(await readLog({ directory: join(directory, "none"), name }, 5)).toEqual({ lines: [], isCut: false });
  });
});

test("following a log tells what is written from now on, each line once, over the setting aside of the file", async () => {
  put(line("before"));
  const stop = new AbortController();
  const told: unknown[] = [];
  const ended = followLog({ directory, name }, { signal: stop.signal, take: ({ msg }) => void told.push(msg) });
  const until = (count: number) => expect.poll(() => told.length, { timeout: 5000 }).toBe(count);
  // Not before it has begun: what stands there then is old.
  await new Promise((resolve) => setTimeout(resolve, 100));
  put(line("one"));
  await until(1);
  put(line("two").slice(0, 30));
  put(line("two").slice(30) + line("three"));
  renameSync(join(directory, name), join(directory, `${name}.2026-05-10`));
  put(line("four"));
  await until(4);
  stop.abort();
  await ended;
  expect(told).toEqual(["one", "two", "three", "four"]);
});
