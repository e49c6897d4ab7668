import { describe, expect, it } from "vitest";
import { declareSettings } from "./declaration.ts";
import { numberSetting } from "./kinds/number-settings.ts";
import { settingGroup } from "./setting.ts";
import { findStrayNames } from "./stray-names.ts";

const notes = { meaning: "Number.", default: 1, min: 0, max: 2 };
const shared = {
  shape: { port: numberSetting(notes), weights: settingGroup({ thermal: numberSetting(notes) }) },
  ascending: [],
};
const router = declareSettings({
  ...shared,
  program: "herd",
  prefix: "FLEET_",
  foreignPrefixes: ["FLEET_NODE_"],
  foreignSections: ["node"],
  later: { env: ["FLEET_AUTO_PULL"], flags: ["--learn"] },
  ignored: { env: ["FLEET_TELEMETRY", "CLOUD_FLEET_TOKEN"], flags: ["--token <text>"] },
});
const agent = declareSettings({
  ...shared,
  shape: { ...shared.shape, logLevel: numberSetting(notes) },
  program: "herd-node",
  prefix: "FLEET_NODE_",
  foreignPrefixes: [],
  section: { name: "node", alsoOutside: ["log_level"] },
  foreignSections: [],
  later: { env: [], flags: [] },
  ignored: { env: [], flags: [] },
});
const configFile = (members: Record<string, unknown>) => ({ configFile: { path: "/c.json", members } });

describe("names that set nothing", () => {
  it("reports an unknown environment name once with the nearest valid one, never as a problem", () => {
    const env = { FLEET_PROT: "1", PATH: "/bin", FLEETING: "x", FLEET_NODE_ID: "a", FLEET_UNSET: undefined };
    expect(findStrayNames(router, { env, envFile: { path: "/env", entries: { FLEET_PROT: "2" } } })).toEqual({
      problems: [],
      notices: ["FLEET_PROT is not a setting of herd and sets nothing. Nearest valid name: FLEET_PORT."],
    });
  });

  it("knows the variable that names the env file", () => {
    expect(findStrayNames(router, { env: { FLEET_ENV_FILE: "/e", FLEET_ENV_FIEL: "/e" } }).notices).toEqual([
      "FLEET_ENV_FIEL is not a setting of herd and sets nothing. Nearest valid name: FLEET_ENV_FILE.",
    ]);
  });

  it("lists known names without effect in one line for each reason, wherever they stand", () => {
    const { problems, notices } = findStrayNames(router, {
      flags: { learn: true, token: "t" },
      env: { FLEET_AUTO_PULL: "1", FLEET_TELEMETRY: "1", CLOUD_FLEET_TOKEN: "t" },
      envFile: { path: "/env", entries: { FLEET_AUTO_PULL: "0" } },
      ...configFile({ auto_pull: true, telemetry: false }),
      saved: { auto_pull: false },
    });
    expect(problems).toEqual([]);
    expect(notices).toEqual([
      "Accepted, but without effect in this version: FLEET_AUTO_PULL, --learn, auto_pull.",
      "Accepted and ignored: FLEET_TELEMETRY, CLOUD_FLEET_TOKEN, --token, telemetry.",
    ]);
  });

  it("refuses an unknown key of the config file with the nearest valid one", () => {
    const { problems } = findStrayNames(router, configFile({ prot: 1, "weights.thermla": 2, weights: { heat: 3 } }));
    expect(problems.map(({ text }) => text)).toEqual([
      "prot = 1 (in config file /c.json) is not a setting of herd. Nearest valid name: port. Correct the name, or remove it.",
      "weights.thermla = 2 (in config file /c.json) is not a setting of herd. Nearest valid name: weights.thermal. Correct the name, or remove it.",
      "weights.heat = 3 (in config file /c.json) is not a setting of herd. Nearest valid name: weights.thermal. Correct the name, or remove it.",
    ]);
  });

  it("says that a group is an object where it is given as something else", () => {
    expect(findStrayNames(router, configFile({ weights: 5 })).problems[0]?.statement).toBe(
      "weights = 5 (in config file /c.json) is not a JSON object with any of thermal.",
    );
  });

  it("leaves the other program's part of the config file alone and checks its own", () => {
    const members = { prot: 1, node: { prot: 1 } };
    expect(findStrayNames(router, configFile(members)).problems).toHaveLength(1);
    expect(findStrayNames(agent, configFile(members)).problems.map(({ field }) => field)).toEqual(["prot"]);
    expect(findStrayNames(agent, configFile({ node: "x" })).problems[0]?.statement).toBe(
      'node = "x" (in config file /c.json) is not a JSON object of settings.',
    );
  });

  it("says that a setting of the agent beside its section would be read by nobody", () => {
    expect(findStrayNames(agent, configFile({ port: 1, log_level: 1, other: 1 })).notices).toEqual([
      'port in config file /c.json stands outside of "node" and sets nothing: herd-node reads only what is inside.',
    ]);
  });

  it("mentions a saved setting of another version without making it fatal", () => {
    expect(findStrayNames(router, { saved: { shiny: 1 } })).toEqual({
      problems: [],
      notices: ["shiny among the saved settings is unknown to this version and sets nothing."],
    });
  });
});
