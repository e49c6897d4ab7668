import fc from "fast-check";
import { expect, test } from "vitest";
import { describeError, formatLogLine, logLineOptions } from "./log-line.ts";

test("a line has a space after each colon and comma, and starts with ts, level", () => {
  const line = formatLogLine('{"level":"ERROR","ts":"2026-01-02T03:04:05.678Z","logger":"fleet","msg":"a:b, c"}\n');
  expect(line).toBe('{"ts": "2026-01-02T03:04:05.678Z", "level": "ERROR", "logger": "fleet", "msg": "a:b, c"}\n');
});

test("the spacing changes nothing in what a line says, whatever its strings hold", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (fields) => {
      const line = formatLogLine(JSON.stringify(fields));
      expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(fields)));
      expect(line.indexOf("\n")).toBe(line.length - 1);
    }),
  );
});

test("levels are written as words", () => {
  const { formatters, level } = logLineOptions({ level: "WARNING", clock: () => 0 });
  expect(level).toBe("warn");
  expect(formatters.level("fatal")).toEqual({ level: "CRITICAL" });
});

test("an error is written with its causes", () => {
  const text = describeError(new Error("outer", { cause: new TypeError("inner") }));
  expect(text).toMatch(/Error: outer[\s\S]*caused by: TypeError: inner/);
});
