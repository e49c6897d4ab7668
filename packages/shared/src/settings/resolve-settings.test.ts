import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { declareSettings, type SettingEntry } from "./declaration.ts";
import { listSetting, mapSetting } from "./kinds/collection-settings.ts";
import { numberSetting, wholeNumberSetting } from "./kinds/number-settings.ts";
import { choiceSetting, textSetting, toggleSetting } from "./kinds/text-settings.ts";
import type { SettingSources } from "./offers.ts";
import { describeOrigin, type SettingOrigin } from "./problem.ts";
import { resolveSettings } from "./resolve-settings.ts";
import { settingGroup } from "./setting.ts";

const declaration = declareSettings({
  program: "herd",
  prefix: "FLEET_",
  foreignPrefixes: ["FLEET_NODE_"],
  foreignSections: ["node"],
  shape: {
    port: wholeNumberSetting({ meaning: "Port.", flag: "--port <n>", default: 11435, min: 0, max: 65_535 }),
    waitDeadlineS: numberSetting({
      meaning: "Wait.",
      unit: "seconds",
      flag: "--wait-deadline <s>",
      aliases: ["FLEET_PATIENCE"],
      default: 600,
      min: 0.1,
      max: 86_400,
    }),
    loadFirst: toggleSetting({ meaning: "Load.", flag: "--load-first", default: true }),
    logLevel: choiceSetting({
      meaning: "Level.",
      flag: "--log-level <l>",
      choices: ["DEBUG", "INFO"],
      default: "INFO",
    }),
    consoleLevel: choiceSetting({
      meaning: "Level.",
      flag: "--log-level <l>",
      choices: ["DEBUG", "INFO"],
      default: "INFO",
    }),
    host: textSetting({
      meaning: "Host.",
      flag: "--host <a>",
      default: "0.0.0.0",
      pattern: /^[\w.]+$/,
      expected: "an address",
    }),
    nickname: textSetting({ meaning: "Name.", default: "", example: "home", pattern: /^\w+$/, expected: "a word" }),
    networks: listSetting({
      meaning: "Networks.",
      items: "addresses",
      item: z.ipv4(),
      default: [],
      example: "10.0.0.1,10.0.0.2",
    }),
    aliases: mapSetting({ meaning: "Names.", pairs: "names to models", default: {}, example: '{"a":"b"}' }),
    weights: settingGroup({
      thermal: numberSetting({ meaning: "Heat.", default: 50, min: 0, max: 100 }),
      wait_time: numberSetting({
        meaning: "Wait.",
        mirroredAliases: ["FLEET_SCORE_WAIT"],
        default: -25,
        min: -100,
        max: 0,
      }),
    }),
    low: numberSetting({ meaning: "Low.", default: 1, min: 0, max: 100 }),
    high: numberSetting({ meaning: "High.", default: 2, min: 0, max: 100 }),
  },
  ascending: [
    { low: "low", high: "high", orEqual: false },
    { low: "low", high: "weights.thermal", orEqual: true },
  ],
  later: { env: [], flags: [] },
  ignored: { env: [], flags: [] },
});

const resolve = (sources: SettingSources) => resolveSettings({ declaration, ...sources });

describe("resolving settings", () => {
  it("gives typed, frozen defaults where nothing is set", () => {
    const { values, problems, notices, overridden, origins } = resolve({});
    expect(values).toEqual({
      port: 11435,
      waitDeadlineS: 600,
      loadFirst: true,
      logLevel: "INFO",
      consoleLevel: "INFO",
      host: "0.0.0.0",
      nickname: "",
      networks: [],
      aliases: {},
      weights: { thermal: 50, wait_time: -25 },
      low: 1,
      high: 2,
    });
    expectTypeOf(values.port).toEqualTypeOf<number>();
    expectTypeOf(values.logLevel).toEqualTypeOf<"DEBUG" | "INFO">();
    expectTypeOf(values.networks).toEqualTypeOf<readonly string[]>();
    expectTypeOf(values.weights).toEqualTypeOf<Readonly<{ thermal: number; wait_time: number }>>();
    for (const part of [values, values.weights, values.networks, values.aliases])
      expect(Object.isFrozen(part)).toBe(true);
    expect([...problems, ...notices, ...overridden]).toEqual([]);
    expect(new Set(Object.values(origins).map(({ source }) => source))).toEqual(new Set(["default"]));
  });

  it("reads every kind of value from text and from JSON", () => {
    const fromText = resolve({
      env: {
        FLEET_PORT: " 80 ",
        FLEET_WAIT_DEADLINE_S: "1.5",
        FLEET_LOAD_FIRST: "Off",
        FLEET_LOG_LEVEL: "debug",
        FLEET_NETWORKS: "10.0.0.1, 10.0.0.2,",
        FLEET_ALIASES: '{"gpt-4o": "qwen3:32b"}',
        FLEET_WEIGHTS_THERMAL: "5e1",
      },
    });
    const fromJson = resolve({
      configFile: {
        path: "/c.json",
        members: {
          port: 80,
          wait_deadline_s: 1.5,
          load_first: false,
          log_level: "DEBUG",
          networks: ["10.0.0.1", "10.0.0.2"],
          aliases: { "gpt-4o": "qwen3:32b" },
          weights: { thermal: 50 },
          node: { anything: 1 },
        },
      },
    });
    expect(fromText.problems).toEqual([]);
    expect(fromText.values).toMatchObject({ port: 80, waitDeadlineS: 1.5, loadFirst: false, logLevel: "DEBUG" });
    expect(fromText.values.networks).toEqual(["10.0.0.1", "10.0.0.2"]);
    expect(fromText.values.aliases).toEqual({ "gpt-4o": "qwen3:32b" });
    expect(fromJson.problems).toEqual([]);
    expect(fromJson.values).toEqual(fromText.values);
    expect(Object.isFrozen(fromText.values.networks) && Object.isFrozen(fromText.values.aliases)).toBe(true);
  });

  it("says what is wrong, where it came from, what is allowed and what to do", () => {
    const { problems, values } = resolve({ env: { FLEET_PORT: "abc" } });
    expect(problems.map(({ text }) => text)).toEqual([
      'port = "abc" (from environment FLEET_PORT) is not a whole number from 0 to 65535. Set it to for example 11435, or remove it.',
    ]);
    expect(problems[0]).toMatchObject({ field: "port", hint: "Set it to for example 11435, or remove it." });
    expect(values.port).toBe(11435);
  });

  it("never lets a weaker source take over from a bad value in silence", () => {
    const { problems, values } = resolve({
      flags: { port: "70000" },
      configFile: { path: "/c.json", members: { port: 80 } },
    });
    expect(problems[0]?.statement).toBe('port = "70000" (from flag --port) is not a whole number from 0 to 65535.');
    expect(values.port).toBe(11435);
  });

  it("passes over a bad saved value with a notice, so that the program can start and correct it", () => {
    const { problems, notices, values, origins } = resolve({
      saved: { port: "no" },
      configFile: { path: "/c.json", members: { port: 80 } },
    });
    expect(problems).toEqual([]);
    expect(values.port).toBe(80);
    expect(origins["port"]?.source).toBe("config-file");
    expect(notices).toEqual([
      'port = "no" (from the saved settings) is not a whole number from 0 to 65535. It is not used; port in config file /c.json is.',
    ]);
  });

  it("mentions a bad value that has lost anyway without making it fatal", () => {
    const { problems, notices } = resolve({ flags: { port: "1" }, env: { FLEET_PORT: "x" } });
    expect(problems).toEqual([]);
    expect(notices[0]).toContain('port = "x" (from environment FLEET_PORT) is not a whole number');
  });

  it("says by what a saved value is overridden", () => {
    const { overridden, notices } = resolve({ env: { FLEET_PORT: "81" }, saved: { port: 80 } });
    expect(overridden).toEqual([
      {
        setting: "port",
        value: "80",
        origin: { source: "saved" },
        by: { source: "environment", name: "FLEET_PORT" },
        text: "port = 80 (from the saved settings) is overridden by environment FLEET_PORT.",
      },
    ]);
    expect(notices).toEqual([overridden[0]?.text]);
  });

  it("does not take a text for a switch that is off, nor a number or a word of JSON for a text", () => {
    expect(resolve({ saved: { load_first: "false" } }).values.loadFirst).toBe(false);
    for (const members of [{ load_first: 1 }, { host: 5 }, { port: null }, { port: [1] }, { networks: 5 }]) {
      expect(resolve({ configFile: { path: "/c.json", members } }).problems).toHaveLength(1);
    }
  });

  it("counts an empty variable as not set, unless the setting may be empty", () => {
    const { values, origins, problems } = resolve({
      env: { FLEET_PORT: "", FLEET_HOST: " ", FLEET_NICKNAME: "", FLEET_NETWORKS: "" },
      envFile: { path: "/env", entries: { FLEET_PORT: "80", FLEET_NICKNAME: "home", FLEET_NETWORKS: "10.0.0.1" } },
    });
    expect(problems).toEqual([]);
    expect(values).toMatchObject({ port: 80, nickname: "", networks: [] });
    expect(origins["nickname"]).toEqual({ source: "environment", name: "FLEET_NICKNAME" });
    expect(resolve({ flags: { port: "" } }).problems).toHaveLength(1);
  });

  it("accepts environment names in any case and prefers the setting's own name to its aliases", () => {
    expect(resolve({ env: { fleet_port: "80" } }).values.port).toBe(80);
    expect(resolve({ env: { fleet_port: "80", FLEET_PORT: "81" } }).values.port).toBe(81);
    const { values, overridden } = resolve({ env: { FLEET_PATIENCE: "5", FLEET_WAIT_DEADLINE_S: "6" } });
    expect(values.waitDeadlineS).toBe(6);
    expect(overridden[0]?.text).toContain("overridden by environment FLEET_WAIT_DEADLINE_S");
  });

  it("reads a name that states the value without its sign, and its range", () => {
    expect(resolve({ env: { FLEET_SCORE_WAIT: "30" } }).values.weights.wait_time).toBe(-30);
    expect(resolve({ env: { FLEET_SCORE_WAIT: "-30" } }).problems[0]?.text).toBe(
      'weights.wait_time = "-30" (from environment FLEET_SCORE_WAIT) is not a number from 0 to 100. Set it to for example 25, or remove it.',
    );
  });

  it("weighs each member of a group by itself", () => {
    const { values, origins } = resolve({
      env: { FLEET_WEIGHTS_THERMAL: "60" },
      saved: { "weights.wait_time": -1 },
      configFile: { path: "/c.json", members: { weights: { thermal: 1, wait_time: -2 } } },
    });
    expect(values.weights).toEqual({ thermal: 60, wait_time: -1 });
    expect(origins["weights.thermal"]?.source).toBe("environment");
    expect(origins["weights.wait_time"]?.source).toBe("saved");
  });

  it("sets every setting that shares a flag", () => {
    expect(resolve({ flags: { logLevel: "debug" } }).values).toMatchObject({
      logLevel: "DEBUG",
      consoleLevel: "DEBUG",
    });
  });

  it("refuses values that stand in the wrong order", () => {
    const { problems } = resolve({ env: { FLEET_LOW: "7" } });
    expect(problems.map(({ text }) => text)).toEqual([
      "high = 2 (from the default) is not above low = 7 (from environment FLEET_LOW). Raise high or lower low.",
    ]);
  });

  it("allows equal values only where the rule does", () => {
    expect(resolve({ env: { FLEET_LOW: "2" } }).problems.map(({ field }) => field)).toEqual(["high"]);
    const equal = { FLEET_LOW: "50", FLEET_HIGH: "60" };
    expect(resolve({ env: equal }).problems).toEqual([]);
    expect(resolve({ env: { ...equal, FLEET_LOW: "51" } }).problems.map(({ statement }) => statement)).toEqual([
      "weights.thermal = 50 (from the default) is below low = 51 (from environment FLEET_LOW).",
    ]);
  });

  it("is not harmed by keys that reach into prototypes", () => {
    const members = JSON.parse('{"__proto__": {"port": 1}, "aliases": {"__proto__": "x"}}');
    const { values, problems } = resolve({ configFile: { path: "/c.json", members } });
    expect(values.port).toBe(11435);
    expect(problems[0]?.field).toBe("__proto__");
    expect(Object.getPrototypeOf(values.aliases)).toBe(Object.prototype);
  });

  it("shows no more than the beginning of a long value", () => {
    const { problems } = resolve({ env: { FLEET_PORT: "x".repeat(10_000) } });
    expect(problems[0]?.text.length).toBeLessThan(300);
  });
});

/** Each source with the number that it gives for `port`, or nothing. */
const portSources = fc.record({
  flag: fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined }),
  environment: fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined }),
  "env-file": fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined }),
  saved: fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined }),
  "config-file": fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined }),
});

const textOf = (value: number | undefined) => (value === undefined ? undefined : String(value));
const member = (value: number | undefined) => (value === undefined ? {} : { port: value });

describe("the laws of settings", () => {
  it("lets the strongest source decide and lists every other one as overridden by it", () => {
    fc.assert(
      fc.property(portSources, (given) => {
        const entries: Record<string, string> =
          given["env-file"] === undefined ? {} : { FLEET_PORT: String(given["env-file"]) };
        const { values, origins, overridden, problems } = resolve({
          flags: { port: textOf(given.flag) },
          env: { FLEET_PORT: textOf(given.environment) },
          envFile: { path: "/env", entries },
          saved: member(given.saved),
          configFile: { path: "/config.json", members: member(given["config-file"]) },
        });
        const order = ["flag", "environment", "env-file", "saved", "config-file"] as const;
        const setting = order.filter((source) => given[source] !== undefined);
        const [strongest, ...others] = setting;
        expect(problems).toEqual([]);
        expect(values.port).toBe(strongest === undefined ? 11435 : given[strongest]);
        expect(origins["port"]?.source).toBe(strongest ?? "default");
        expect(overridden.map(({ origin }) => origin.source)).toEqual(others);
        expect(overridden.every(({ by }) => by.source === strongest)).toBe(true);
      }),
    );
  });

  it("takes every default back from every source as the same value", () => {
    for (const entry of declaration.entries) {
      for (const sources of sourcesGiving(entry, entry.defaultValue)) {
        const { values, problems } = resolve(sources);
        expect(problems).toEqual([]);
        expect(values).toEqual(resolve({}).values);
      }
    }
  });

  it("names setting, value, source and range for every bad value from every source but the saved one", () => {
    fc.assert(
      fc.property(fc.constantFrom(...declaration.entries), fc.nat(5), (entry, choice) => {
        const bad = badValues[choice % badValues.length];
        for (const sources of sourcesGiving(entry, bad)) {
          const { problems, origins } = resolve(sources);
          const origin = origins[entry.key] as SettingOrigin;
          const problem = problems.find(({ field }) => field === entry.key);
          expect(problem?.text).toContain(`${entry.key} = `);
          expect(problem?.text).toContain(`(from ${describeOrigin(origin)}) is not ${entry.meta.reader.expected}.`);
          expect(problem?.text).toMatch(/Set it to .+, or remove it\.$/);
        }
      }),
    );
  });
});

/** No setting of the declaration accepts any of these, as text or as JSON. */
const badValues = ["\u0000 ¿?", "[1", "--", "1,2;3", "{]"];

/** The same value by flag, by each environment name that keeps its sign, in both files. */
function sourcesGiving(entry: SettingEntry, value: unknown): SettingSources[] {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const [property = "", inner] = entry.path.map((part) =>
    part.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
  const members = inner === undefined ? { [property]: value } : { [property]: { [inner]: value } };
  const flag = /--([a-z-]+)/.exec(entry.meta.flag ?? "")?.[1];
  const attribute = flag?.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return [
    ...(attribute === undefined ? [] : [{ flags: { [attribute]: text } }]),
    { env: { [entry.name]: text } },
    { envFile: { path: "/env", entries: { [entry.name]: text } } },
    { configFile: { path: "/config.json", members } },
  ];
}
