import { describe, expect, test } from "vitest";
import { createRootLogger } from "./create-logs.ts";

function createTargets() {
  const [all, grave]: [string[], string[]] = [[], []];
  const log = createRootLogger(
    [
      { level: "DEBUG", write: (line) => all.push(line) },
      { level: "WARNING", write: (line) => grave.push(line) },
    ],
    () => Date.parse("2026-11-22T10:20:30.123Z"),
  );
  return { log, all, grave };
}

const parsed = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

describe("the root logger", () => {
  test("gives every target the lines it takes, by their gravity", () => {
    const { log, all, grave } = createTargets();
    log.debug("one");
    log.info("two");
    log.warn("three");
    log.error("four");
    expect(parsed(all).map(({ level, msg }) => [level, msg])).toEqual([
      ["DEBUG", "one"],
      ["INFO", "two"],
      ["WARNING", "three"],
      ["ERROR", "four"],
    ]);
    expect(parsed(grave).map(({ msg }) => msg)).toEqual(["three", "four"]);
  });

  test("writes lines in the form of the log files, which a simple search finds", () => {
    const { log, all } = createTargets();
    log.child({ logger: "requests" }).error({ request_id: "r-1" }, "request failed");
    expect(all[0]).toMatch(
      /^\{"ts": "2026-11-22T10:20:30\.123Z", "level": "ERROR", "logger": "requests", .*"request_id": "r-1"/,
    );
    expect(all[0]).toMatch(/\}\n$/);
  });

  test("is not misled by texts that look like a level", () => {
    const { log, grave } = createTargets();
    log.info({ model: '", "level": "ERROR' }, 'said "level": "ERROR"');
    expect(grave).toEqual([]);
  });

  test("does not make lines that no target takes", () => {
    const lines: string[] = [];
    const log = createRootLogger([{ level: "ERROR", write: (line) => lines.push(line) }], () => 0);
    expect([log.isLevelEnabled("warn"), log.isLevelEnabled("error")]).toEqual([false, true]);
    log.warn("unheard");
    expect(lines).toEqual([]);
  });
});
