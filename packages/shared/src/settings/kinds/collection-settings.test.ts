import { describe, expect, it } from "vitest";
import { z } from "zod";
import { settingRegistry } from "../setting.ts";
import { listSetting, mapSetting } from "./collection-settings.ts";

function readAs(schema: z.ZodType, text: string): unknown {
  const parsed = schema.safeParse(settingRegistry.get(schema)?.reader.read(text));
  return parsed.success ? parsed.data : "refused";
}

describe("collections as settings", () => {
  const networks = listSetting({
    meaning: "Networks.",
    items: "networks",
    item: z.union([z.ipv4(), z.cidrv4()]),
    default: ["10.0.0.0/8"],
    example: "10.0.0.0/8",
  });

  it("reads a list from commas or from a JSON array and drops empty places", () => {
    expect(readAs(networks, "10.0.0.1,, 192.168.0.0/16 ,")).toEqual(["10.0.0.1", "192.168.0.0/16"]);
    expect(readAs(networks, ' ["10.0.0.1"]')).toEqual(["10.0.0.1"]);
    expect(readAs(networks, "")).toEqual([]);
  });

  it("refuses a list with one bad item", () => {
    expect(
      ["10.0.0.1,nowhere", "10.0.0.0/33", "[1]", '["10.0.0.1"', '[["10.0.0.1"]]'].map((text) => readAs(networks, text)),
    ).toEqual(Array(5).fill("refused"));
  });

  it("never hands out a default that could be changed", () => {
    const first = networks.parse(undefined);
    expect(first).toEqual(["10.0.0.0/8"]);
    expect(Object.isFrozen(first)).toBe(true);
  });

  it("reads a map from a JSON object of texts and refuses everything else", () => {
    const aliases = mapSetting({ meaning: "Names.", pairs: "names to models", default: {}, example: '{"a":"b"}' });
    expect(readAs(aliases, '{"gpt-4o": " qwen3 "}')).toEqual({ "gpt-4o": "qwen3" });
    for (const text of ["", "a=b", "[]", '["a"]', '{"a": 1}', '{"a": ""}', '{"": "a"}', "null"])
      expect(readAs(aliases, text)).toBe("refused");
  });
});
