import { describe, expect, it } from "vitest";
import { readConfigFile, readEnvFile } from "./settings-files.ts";

const missing = () => {
  throw Object.assign(new Error("gone"), { code: "ENOENT" });
};

describe("files that may hold settings", () => {
  it("are no matter where nobody asked for them", () => {
    const nothing = { content: undefined, problems: [], notices: [] };
    expect(readEnvFile({ path: "/env", namedBy: undefined }, missing)).toEqual(nothing);
    expect(readConfigFile({ path: "/config.json", namedBy: undefined }, missing)).toEqual(nothing);
  });

  it("are a problem where someone asked for them", () => {
    const { problems } = readConfigFile({ path: "/c.json", namedBy: "flag --config" }, missing);
    expect(problems.map(({ field, statement }) => ({ field, statement }))).toEqual([
      { field: "/c.json", statement: "/c.json (from flag --config) does not exist." },
    ]);
  });

  it("give their content with their path", () => {
    const config = readConfigFile({ path: "/c.json", namedBy: undefined }, () => '\uFEFF{"port": 80}');
    expect(config.content).toEqual({ path: "/c.json", members: { port: 80 } });
    const env = readEnvFile({ path: "/env", namedBy: undefined }, () => "A=1\noops");
    expect(env.content).toEqual({ path: "/env", entries: { A: "1" } });
    expect(env.notices).toEqual(["Line 2 of env file /env is not NAME=value and is skipped."]);
  });
});
