import { describe, expect, expectTypeOf, it } from "vitest";
import type { z } from "zod";
import { settingRegistry } from "../setting.ts";
import { choiceSetting, modeSetting, textSetting, toggleSetting } from "./text-settings.ts";

function readAs(schema: z.ZodType, text: string): unknown {
  const parsed = schema.safeParse(settingRegistry.get(schema)?.reader.read(text));
  return parsed.success ? parsed.data : "refused";
}

describe("words as settings", () => {
  it("reads a toggle from the usual words in any case", () => {
    const toggle = toggleSetting({ meaning: "On.", default: true });
    expect(["true", "1", "YES", "on"].map((text) => readAs(toggle, text))).toEqual([true, true, true, true]);
    expect(["false", "0", "No", " off "].map((text) => readAs(toggle, text))).toEqual([false, false, false, false]);
    expect(["", "2", "tru", "enabled"].map((text) => readAs(toggle, text))).toEqual(Array(4).fill("refused"));
  });

  it("reads a choice that was a toggle once: its own words first, then those of a toggle, as text and as values", () => {
    const notes = { meaning: "Pull.", choices: ["off", "named", "on"], default: "named" } as const;
    const mode = modeSetting(notes, { whenTrue: "on", whenFalse: "off" });
    expect(["Named", "on", "off", "yes", "0", "x"].map((text) => readAs(mode, text))).toEqual([
      ...["named", "on", "off", "on", "off", "refused"],
    ]);
    expect([true, false, "named"].map((value) => mode.parse(value))).toEqual(["on", "off", "named"]);
    expect([mode.parse(undefined), mode.safeParse(1).success]).toEqual(["named", false]);
    expectTypeOf<z.output<typeof mode>>().toEqualTypeOf<"off" | "named" | "on">();
  });

  it("reads a choice in any case and gives it back as declared", () => {
    const level = choiceSetting({ meaning: "Level.", choices: ["DEBUG", "INFO"], default: "INFO" });
    expect(["debug", "Info", "trace"].map((text) => readAs(level, text))).toEqual(["DEBUG", "INFO", "refused"]);
    expectTypeOf<z.output<typeof level>>().toEqualTypeOf<"DEBUG" | "INFO">();
    expect(settingRegistry.get(level)?.reader.expected).toBe("one of DEBUG, INFO");
  });

  it("accepts only what works, even where that is a single word", () => {
    const join = choiceSetting({ meaning: "Join.", choices: ["auto"], default: "auto" });
    expect(readAs(join, "approve")).toBe("refused");
    expect(settingRegistry.get(join)?.reader.expected).toBe("auto, the only choice of this version");
  });

  it("removes blanks around a text and refuses what does not match as a whole", () => {
    const host = textSetting({ meaning: "Host.", default: "a", pattern: /^[a-z]+$/, expected: "a word" });
    expect([" b ", "b c", "", "b\n"].map((text) => readAs(host, text))).toEqual(["b", "refused", "refused", "b"]);
    expect(readAs(host, "x".repeat(5000))).toBe("refused");
  });

  it("accepts an empty text only where that is the default", () => {
    const name = textSetting({ meaning: "Name.", default: "", example: "b", pattern: /^[a-z]+$/, expected: "a word" });
    expect(readAs(name, "")).toBe("");
    expect(settingRegistry.get(name)?.acceptsEmpty).toBe(true);
  });
});
