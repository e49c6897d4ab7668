import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { settingRegistry } from "../setting.ts";
import { numberSetting, wholeNumberSetting } from "./number-settings.ts";

const port = wholeNumberSetting({ meaning: "Port.", default: 80, min: 0, max: 65_535 });
const wait = numberSetting({ meaning: "Wait.", unit: "seconds", default: 1, min: -2, max: 2.5 });

function readAs(schema: z.ZodType, text: string): unknown {
  const parsed = schema.safeParse(settingRegistry.get(schema)?.reader.read(text));
  return parsed.success ? parsed.data : "refused";
}

describe("a number as a setting", () => {
  it("accepts plain decimal text and nothing that merely begins like it", () => {
    expect(["5", " 5 ", "+5", "5.0", "5e0", ".5e1"].map((text) => readAs(port, text))).toEqual([5, 5, 5, 5, 5, 5]);
    for (const text of ["", "5s", "0x5", "1_000", "1,5", "5 6", "NaN", "Infinity", "1e999", "٥", "--5", "."])
      expect(readAs(port, text)).toBe("refused");
  });

  it("holds its bounds, both included, and whole means whole", () => {
    expect(["-1", "0", "65535", "65536", "1.5"].map((text) => readAs(port, text))).toEqual([
      "refused",
      0,
      65_535,
      "refused",
      "refused",
    ]);
    expect(["-2", "2.5", "2.51"].map((text) => readAs(wait, text))).toEqual([-2, 2.5, "refused"]);
  });

  it("reads every number in its range back from its own text", () => {
    fc.assert(
      fc.property(fc.double({ min: -2, max: 2.5, noNaN: true }), (value) => {
        expect(readAs(wait, String(value))).toBe(value === 0 && Object.is(value, -0) ? 0 : value);
      }),
    );
  });

  it("states its range with its unit", () => {
    expect(settingRegistry.get(port)?.reader.expected).toBe("a whole number from 0 to 65535");
    expect(settingRegistry.get(wait)?.reader.expected).toBe("a number of seconds from -2 to 2.5");
  });
});
