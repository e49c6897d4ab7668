import { describe, expect, it } from "vitest";
import { z } from "zod";
import { declareSettings, flagAttribute, flagName, snakeName } from "./declaration.ts";
import { numberSetting } from "./kinds/number-settings.ts";
import { toggleSetting } from "./kinds/text-settings.ts";
import { settingGroup } from "./setting.ts";

const nothing = { env: [], flags: [] };
const frame = {
  program: "herd",
  prefix: "FLEET_",
  foreignPrefixes: [],
  foreignSections: [],
  ascending: [],
  later: nothing,
  ignored: nothing,
};
const notes = { meaning: "Number.", default: 1, min: 0, max: 2 };

describe("a declaration", () => {
  it("derives key and environment name from the property", () => {
    const { entries } = declareSettings({
      ...frame,
      shape: { waitDeadlineS: numberSetting(notes), weights: settingGroup({ wait_time: numberSetting(notes) }) },
    });
    expect(entries.map(({ path, key, name }) => ({ path, key, name }))).toEqual([
      { path: ["waitDeadlineS"], key: "wait_deadline_s", name: "FLEET_WAIT_DEADLINE_S" },
      { path: ["weights", "wait_time"], key: "weights.wait_time", name: "FLEET_WEIGHTS_WAIT_TIME" },
    ]);
    expect(snakeName("maxBodyMb")).toBe("max_body_mb");
  });

  it("refuses a schema that no constructor has described", () => {
    expect(() => declareSettings({ ...frame, shape: { port: z.number() } })).toThrow(/port was not made/);
  });

  it("refuses two settings with one name, aliases included", () => {
    const shape = { a: toggleSetting({ meaning: "A.", default: true, aliases: ["FLEET_B"] }), b: numberSetting(notes) };
    expect(() => declareSettings({ ...frame, shape })).toThrow(/FLEET_B/);
  });

  it("refuses a rule about a setting that does not exist", () => {
    const ascending = [{ low: "a", high: "b", orEqual: true }];
    expect(() => declareSettings({ ...frame, ascending, shape: { a: numberSetting(notes) } })).toThrow(/key b/);
  });

  it("knows a flag's name and the property that commander gives it", () => {
    expect(flagName("-p, --data-dir <path>")).toBe("--data-dir");
    expect(flagAttribute("-p, --data-dir <path>")).toBe("dataDir");
  });
});
