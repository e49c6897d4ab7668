import { describe, expect, it } from "vitest";
import { z } from "zod";
import { declareSettings } from "./declaration.ts";
import { commandFlags, describeSettings } from "./describe-settings.ts";
import { listSetting } from "./kinds/collection-settings.ts";
import { wholeNumberSetting } from "./kinds/number-settings.ts";
import { choiceSetting, textSetting } from "./kinds/text-settings.ts";

const level = { meaning: "Level.", flag: "--log-level <level>", choices: ["INFO", "DEBUG"], default: "INFO" } as const;
const declaration = declareSettings({
  program: "herd",
  prefix: "FLEET_",
  foreignPrefixes: [],
  foreignSections: [],
  shape: {
    port: wholeNumberSetting({
      meaning: "Port the router listens on.",
      unit: "doors",
      flag: "--port <n>",
      aliases: ["FLEET_DOOR"],
      default: 80,
      min: 0,
      max: 99,
      isLive: true,
    }),
    logLevel: choiceSetting(level),
    consoleLevel: choiceSetting(level),
    networks: listSetting({ meaning: "Nets.", items: "networks", item: z.string(), default: ["a", "b"], example: "a" }),
    nodeId: textSetting({
      meaning: "Name.",
      default: "",
      defaultText: "the host name",
      example: "a",
      pattern: /./,
      expected: "a name",
    }),
    routerUrl: textSetting({ meaning: "Router.", default: "", example: "a", pattern: /./, expected: "a URL" }),
  },
  ascending: [],
  later: { env: [], flags: ["--learn-capacity"] },
  ignored: { env: [], flags: ["--token <text>"] },
});

describe("describing settings", () => {
  it("gives a row for each setting with all of its names", () => {
    const [port] = describeSettings(declaration);
    expect(port).toEqual({
      key: "port",
      flag: "--port <n>",
      env: ["FLEET_PORT", "FLEET_DOOR"],
      default: "80",
      range: "whole number from 0 to 99",
      unit: "doors",
      meaning: "Port the router listens on.",
      isLive: true,
    });
  });

  it("prints defaults as they would be written, or in words", () => {
    expect(describeSettings(declaration).map((row) => row.default)).toEqual([
      "80",
      "INFO",
      "INFO",
      "a,b",
      "the host name",
      "none",
    ]);
  });

  it("lists each flag once, the one for the config file, and the hidden ones", () => {
    expect(
      commandFlags(declaration).map(({ syntax, attribute, isHidden }) => ({ syntax, attribute, isHidden })),
    ).toEqual([
      { syntax: "--port <n>", attribute: "port", isHidden: false },
      { syntax: "--log-level <level>", attribute: "logLevel", isHidden: false },
      { syntax: "--config <file>", attribute: "config", isHidden: false },
      { syntax: "--learn-capacity", attribute: "learnCapacity", isHidden: true },
      { syntax: "--token <text>", attribute: "token", isHidden: true },
    ]);
    expect(commandFlags(declaration)[0]?.description).toBe(
      "Port the router listens on. (default: 80; environment: FLEET_PORT)",
    );
  });
});
