import { describe, expect, it } from "vitest";
import { declareSettings } from "./declaration.ts";
import { wholeNumberSetting } from "./kinds/number-settings.ts";
import { textSetting } from "./kinds/text-settings.ts";
import { loadSettings } from "./load-settings.ts";

const declaration = declareSettings({
  program: "herd",
  prefix: "FLEET_",
  foreignPrefixes: [],
  foreignSections: [],
  shape: {
    port: wholeNumberSetting({ meaning: "Port.", flag: "--port <n>", default: 11435, min: 0, max: 65_535 }),
    dataDir: textSetting({
      meaning: "Folder.",
      flag: "--data-dir <path>",
      default: "~/.herd",
      pattern: /\S/,
      expected: "a folder",
    }),
  },
  ascending: [],
  later: { env: [], flags: [] },
  ignored: { env: [], flags: [] },
});

interface Given {
  readonly files?: Record<string, string>;
  readonly flags?: Record<string, unknown>;
  readonly env?: Record<string, string>;
  readonly saved?: Record<string, unknown>;
}

/** Loads from files given by their paths; the working directory is /work. */
function load({ files = {}, flags = {}, env = {}, saved }: Given) {
  return loadSettings({
    declaration,
    flags,
    env,
    saved,
    homeDir: "/home/ann",
    readText: (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: "ENOENT" });
      if (text === "unreadable") throw Object.assign(new Error("permission denied"), { code: "EACCES" });
      return text;
    },
    resolvePath: (path) => (path.startsWith("/") ? path : `/work/${path}`),
  });
}

describe("loading settings", () => {
  it("needs no file at all and makes the data folder absolute", () => {
    const { values, problems, notices } = load({});
    expect([...problems, ...notices]).toEqual([]);
    expect(values).toEqual({ port: 11435, dataDir: "/home/ann/.herd" });
    expect(Object.isFrozen(values)).toBe(true);
    expect(load({ flags: { dataDir: "here" } }).values.dataDir).toBe("/work/here");
    expect(load({ flags: { dataDir: "~bob/x" } }).values.dataDir).toBe("/work/~bob/x");
    expect(load({ flags: { dataDir: "~" } }).values.dataDir).toBe("/home/ann");
  });

  it("looks for both files in the data folder", () => {
    const files = { "/d/env": "FLEET_PORT=81\nwhat", "/d/config.json": '{"port": 80}' };
    const { values, origins, overridden, notices } = load({ files, env: { FLEET_DATA_DIR: "/d" } });
    expect(values.port).toBe(81);
    expect(origins["port"]).toEqual({ source: "env-file", name: "FLEET_PORT", path: "/d/env" });
    expect(overridden[0]?.origin).toEqual({ source: "config-file", name: "port", path: "/d/config.json" });
    expect(notices).toEqual(["Line 2 of env file /d/env is not NAME=value and is skipped."]);
  });

  it("looks for the config file in the folder that the env file names", () => {
    const files = { "/home/ann/.herd/env": "FLEET_DATA_DIR=/d", "/d/config.json": '{"port": 80}' };
    expect(load({ files }).values).toEqual({ port: 80, dataDir: "/d" });
  });

  it("reads the files that a person has named, from wherever they are", () => {
    const files = { "/work/my.env": "FLEET_PORT=81", "/home/ann/my.json": '{"data_dir": "/d"}' };
    const loaded = load({ files, flags: { config: "~/my.json" }, env: { FLEET_ENV_FILE: "my.env" } });
    expect(loaded.problems).toEqual([]);
    expect(loaded.values).toEqual({ port: 81, dataDir: "/d" });
  });

  it("finds the env file in the data folder that a named config file states", () => {
    const files = { "/my.json": '{"data_dir": "/d"}', "/d/env": "FLEET_PORT=81" };
    expect(load({ files, flags: { config: "/my.json" } }).values.port).toBe(81);
  });

  it("refuses a named file that does not exist", () => {
    const { problems } = load({ flags: { config: "/none.json" }, env: { FLEET_ENV_FILE: "/none.env" } });
    expect(problems.map(({ text }) => text)).toEqual([
      "/none.env (from environment FLEET_ENV_FILE) does not exist. Create it, or leave environment FLEET_ENV_FILE out.",
      "/none.json (from flag --config) does not exist. Create it, or leave flag --config out.",
    ]);
    expect(load({ env: { FLEET_ENV_FILE: "" } }).problems).toEqual([]);
  });

  it("refuses a file that is there but cannot be read", () => {
    const { problems } = load({ files: { "/home/ann/.herd/config.json": "unreadable" } });
    expect(problems[0]).toMatchObject({
      field: "/home/ann/.herd/config.json",
      statement: "/home/ann/.herd/config.json cannot be read: permission denied.",
    });
  });

  it("names file and line where the config file is not JSON, or not an object", () => {
    const path = "/home/ann/.herd/config.json";
    expect(load({ files: { [path]: '{\n  "port": 80,\n}' } }).problems[0]?.statement).toBe(
      `Config file ${path} is not valid JSON: line 3, column 1: expected a name in double quotes.`,
    );
    expect(load({ files: { [path]: "[1]" } }).problems[0]?.statement).toBe(
      `Config file ${path} is not a JSON object but [1].`,
    );
  });

  it("lets neither the config file nor the database move the folder in which it lies", () => {
    const files = { "/home/ann/.herd/config.json": '{"data_dir": "/d"}' };
    expect(load({ files }).problems.map(({ text }) => text)).toEqual([
      'data_dir = "/d" stands in /home/ann/.herd/config.json, which lies in another data folder. Give --data-dir or an environment variable instead.',
    ]);
    const same = { "/home/ann/.herd/config.json": '{"data_dir": "~/.herd"}' };
    expect(load({ files: same }).problems).toEqual([]);
    expect(load({ saved: { data_dir: "/d", port: 80 } }).values).toEqual({ port: 80, dataDir: "/home/ann/.herd" });
  });
});
