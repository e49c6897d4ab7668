import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSettings } from "./read.ts";

let homeDir: string;

beforeEach(() => {
  homeDir = mkdtempSync(join(tmpdir(), "herd-settings-"));
});
afterEach(() => rmSync(homeDir, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const folder = join(homeDir, ".fleet-manager");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

describe("reading the router's settings", () => {
  it("works in an empty home folder", () => {
    const { values, problems, notices } = readSettings({ flags: {}, env: {}, homeDir });
    expect([...problems, ...notices]).toEqual([]);
    expect(values.dataDir).toBe(join(homeDir, ".fleet-manager"));
  });

  it("weighs flag, environment, env file, database and config file", () => {
    write("env", "FLEET_MAX_RETRIES=3\nFLEET_QUEUE_LIMIT=3\nFLEET_HOLDING_S=3");
    write("config.json", '{"max_retries": 5, "known_name_days": 5, "decisions_kept": 5, "node": {"node_id": "a"}}');
    const { values, problems } = readSettings({
      flags: { port: "1" },
      env: { FLEET_PORT: "2", FLEET_MAX_RETRIES: "2", FLEET_QUEUE_LIMIT: "2" },
      homeDir,
      saved: { max_retries: 4, holding_s: 4, known_name_days: 4 },
    });
    expect(problems).toEqual([]);
    expect(values).toMatchObject({
      port: 1,
      maxRetries: 2,
      queueLimit: 2,
      holdingS: 3,
      knownNameDays: 4,
      decisionsKept: 5,
    });
  });

  it("names file and line of a config file that is not JSON", () => {
    const path = write("config.json", '{\n  "port": 80\n  "host": "a"\n}');
    expect(readSettings({ flags: {}, env: {}, homeDir }).problems[0]?.statement).toContain(
      `${path} is not valid JSON: line 3, column 3`,
    );
  });

  it("says so where a folder stands in the place of a file; a file in that of the data folder is for its user to tell", () => {
    mkdirSync(join(homeDir, ".fleet-manager", "config.json"), { recursive: true });
    expect(readSettings({ flags: {}, env: {}, homeDir }).problems[0]?.statement).toMatch(
      /config\.json cannot be read: /,
    );
    writeFileSync(join(homeDir, "file"), "");
    const { problems } = readSettings({ flags: { dataDir: join(homeDir, "file") }, env: {}, homeDir });
    expect(problems).toEqual([]);
  });
});
