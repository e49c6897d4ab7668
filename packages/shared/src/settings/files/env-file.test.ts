import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEnvFile } from "./env-file.ts";

describe("an env file", () => {
  it("holds names and values, comments, exports and one layer of quotes", () => {
    const text = [
      "\uFEFF# settings of this machine",
      "",
      "FLEET_PORT=80",
      "export FLEET_HOST = 10.0.0.1  # the LAN",
      `FLEET_A="two words # and a sign"`,
      `FLEET_B='"inner"' # one layer`,
      "FLEET_C=a#b",
      "FLEET_D=",
      "  FLEET_E=x=y",
      "FLEET_F= # nothing",
      `FLEET_G="open`,
      "FLEET_PORT=81",
    ].join("\r\n");
    expect(parseEnvFile(text)).toEqual({
      entries: {
        FLEET_PORT: "81",
        FLEET_HOST: "10.0.0.1",
        FLEET_A: "two words # and a sign",
        FLEET_B: '"inner"',
        FLEET_C: "a#b",
        FLEET_D: "",
        FLEET_E: "x=y",
        FLEET_F: "",
        FLEET_G: '"open',
      },
      unreadableLines: [],
    });
  });

  it("names the lines that say nothing readable", () => {
    expect(parseEnvFile("A=1\nhello\n2B=3\n=4\n  # fine\nexport\n")).toEqual({
      entries: { A: "1" },
      unreadableLines: [2, 3, 4, 6],
    });
  });

  it("gives back every value that was written in quotes", () => {
    fc.assert(
      fc.property(
        fc.string().filter((value) => !/["\r\n]/.test(value)),
        (value) => {
          expect(parseEnvFile(`A="${value}"`).entries).toEqual({ A: value });
        },
      ),
    );
  });
});
