import { describe, expect, test } from "vitest";
import { consoleLine } from "./console-line.ts";

const lineOf = (facts: Readonly<Record<string, unknown>>): string =>
  consoleLine(
    JSON.stringify({
      ts: "2026-11-22T10:20:30.000Z",
      level: "WARNING",
      logger: "fleet",
      msg: "a node drains",
      ...facts,
    }),
  );

describe("a line on the terminal", () => {
  test("tells time, level and sentence, then what it is about", () => {
    expect(lineOf({ node_id: "mac-mini", count: 3, list: [1, 2] })).toMatch(
      /^\d\d:\d\d:30 WARNING a node drains node_id=mac-mini count=3 list=\[1,2\]\n$/,
    );
  });

  test("shows an exception below it", () => {
    expect(lineOf({ exception: "Error: broken\n    at x.ts:1" })).toMatch(
      /a node drains\nError: broken\n {4}at x\.ts:1\n$/,
    );
  });

  test("cannot steer the terminal or pretend to be two lines, whatever a client sent", () => {
    const line = lineOf({
      msg: "request refused: \u001b[2Jgone\r\n10:00:00 INFO all is well",
      model: "a\u0007b\u009bc",
      exception: "E\u001b[0m",
    });
    expect(line).not.toMatch(/[^\n\P{Cc}]/u);
    expect(line.split("\n")).toHaveLength(3);
    expect(lineOf({ msg: "\u202egnp.exe\u200b" })).toContain("\\u{202e}gnp.exe\\u{200b}");
    expect(line).toContain("\\x1b[2Jgone\\x0d\\x0a10:00:00");
  });

  test("is the sentence alone when the fleet's own voice speaks, with a mark when it needs the owner", () => {
    const news = { logger: "voice", node_id: "mac-mini" };
    expect(lineOf({ ...news, level: "INFO", msg: "mac-mini joined: 2 models" })).toMatch(
      /^\d\d:\d\d:30 mac-mini joined: 2 models\n$/,
    );
    expect(lineOf({ ...news, msg: "mac-mini: its clock\u001b is off" })).toMatch(
      /:30 ! mac-mini: its clock\\x1b is off\n$/,
    );
  });
});
