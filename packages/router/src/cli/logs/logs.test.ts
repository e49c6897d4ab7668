import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Recorded, type RecordedRouter, startRecordedRouter } from "../testing/recorded-router.ts";
import { testShell } from "../testing/test-shell.ts";
import { logsCommand } from "./logs.ts";

const line = (sentence: string, more: object = {}) => ({
  ts: "2026-05-10T12:00:00.000Z",
  level: "INFO",
  msg: sentence,
  ...more,
});

let router: RecordedRouter | undefined;
let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "herd-cli-logs-"));
  mkdirSync(join(dataDir, "logs"));
});
afterEach(async () => {
  await router?.close();
  router = undefined;
  rmSync(dataDir, { recursive: true, force: true });
});

function begin(url: string, flags: Readonly<Record<string, unknown>> = {}) {
  const shown = testShell(url, { dataDir });
  return { shown, code: logsCommand.run?.({ words: [], flags, shell: shown.shell }) };
}

describe("herd logs", () => {
  test("asks the router for the lines that are wanted", async () => {
    router = await startRecordedRouter({ "GET /dashboard/api/logs": { lines: [line("one", { request_id: "r-1" })] } });
    const { shown, code } = begin(router.url, { request: "r-1", level: "WARNING", lines: 5, node: "pc" });
    expect(await code).toBe(0);
    expect(router.calls).toEqual(["GET /dashboard/api/logs?lines=5&level=WARNING&request_id=r-1&node_id=pc"]);
    expect(shown.printed()).toMatch(/INFO {5}one request_id=r-1\n$/);
  });

  test("follows until it is stopped, and says when the router ends", async () => {
    let end: () => void = () => undefined;
    const following: Recorded = ({ response }) => {
      response.write(`${JSON.stringify(line("one"))}\n\n`);
      response.write(`${JSON.stringify(line("two")).slice(0, 20)}`);
      setTimeout(() => response.write(`${JSON.stringify(line("two")).slice(20)}\n`), 20);
      end = () => response.end();
    };
    router = await startRecordedRouter({ "GET /dashboard/api/logs": following });
    const first = begin(router.url, { follow: true });
    await first.shown.until("two");
    first.shown.stop();
    expect([await first.code, first.shown.complained()]).toEqual([130, ""]);
    const second = begin(router.url, { follow: true });
    await second.shown.until("two");
    end();
    expect([await second.code, second.shown.complained()]).toEqual([0, "herd: the router has ended\n"]);
  });

  test("reads and follows the file of this machine where no router runs, and says so", async () => {
    const put = (sentence: string): void =>
      appendFileSync(join(dataDir, "logs", "herd.jsonl"), `${JSON.stringify(line(sentence, { request_id: "r-1" }))}\n`);
    put("one");
    const once = begin("http://127.0.0.1:1");
    expect(await once.code).toBe(0);
    expect(once.shown.printed()).toContain("one");
    expect(once.shown.complained()).toMatch(/^herd: no router answers at .*herd\.jsonl\n$/);
    const { shown, code } = begin("http://127.0.0.1:1", { follow: true, request: "r-1", json: true });
    await shown.until('"one"');
    put("two");
    await shown.until('"two"');
    shown.stop();
    expect(await code).toBe(130);
  });

  test("reads no file of this machine for another machine's router", async () => {
    const { shown, code } = begin("http://router.invalid:11435", { routerUrl: "http://router.invalid:11435" });
    expect(await code).toBe(1);
    expect(shown.complained()).toContain("no router answers at http://router.invalid:11435");
  });

  test("from a moment on asks for all lines since, and says when none is like that", async () => {
    router = await startRecordedRouter({ "GET /dashboard/api/logs": { lines: [] } });
    const { shown, code } = begin(router.url, { since: { ms: 60_000 } });
    expect([await code, shown.complained()]).toEqual([0, "herd: no line of the log is like that\n"]);
    const since = Date.UTC(2026, 10, 22, 11, 59) / 1000;
    expect(router.calls).toEqual([`GET /dashboard/api/logs?lines=10000&since=${since}`]);
  });

  test("without a router and without a file there is nothing to read", async () => {
    const { shown, code } = begin("http://127.0.0.1:1");
    expect([await code, shown.complained()]).toEqual([1, expect.stringMatching(/^herd: no router answers/)]);
  });

  test("a value with blanks stands in quotes, so that it is one", async () => {
    router = await startRecordedRouter({ "GET /dashboard/api/logs": { lines: [line("one", { name: "a b" })] } });
    const { shown, code } = begin(router.url);
    expect([await code, shown.printed()]).toEqual([0, expect.stringContaining('one name="a b"')]);
  });
});
