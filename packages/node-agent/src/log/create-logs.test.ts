import { expect, test } from "vitest";
import { createLogs } from "./create-logs.ts";

function logTo(level: "DEBUG" | "INFO" | "ERROR", printLevel: "DEBUG" | "WARNING") {
  const written: string[] = [];
  const printed: string[] = [];
  const clock = () => Date.UTC(2026, 0, 2);
  const write = (line: string) => void written.push(line);
  const print = (sentence: string) => void printed.push(sentence);
  return { logs: createLogs({ level, write, printLevel, print, clock }), written, printed };
}

test("a part's lines carry its name, level words, the fields and the text of an error", () => {
  const { logs, written } = logTo("INFO", "WARNING");
  const log = logs("gateway");
  log.debug("not written");
  log.error({ model: "m:1", exception: new Error("broken") }, "a call failed");
  expect(written).toHaveLength(1);
  expect(written[0]).toMatch(
    /^\{"ts": "2026-01-02T00:00:00.000Z", "level": "ERROR", "logger": "gateway", "model": "m:1", /,
  );
  expect(written[0]).toMatch(/"exception": "Error: broken\\n[^\n]*"msg": "a call failed"\}\n$/);
});

test("the terminal gets sentences only, by a level of its own", () => {
  const { logs, written, printed } = logTo("ERROR", "WARNING");
  logs("agent").info("not printed");
  logs("agent").warn({ node_id: "mini" }, "the router was lost");
  expect(written).toEqual([]);
  expect(printed).toEqual(["Warning: the router was lost"]);
});
