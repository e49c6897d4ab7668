import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIdentity, fleetIdOf } from "@herd/shared/link";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openFleetMemory } from "./fleet-memory.ts";
import { homeFleetFile } from "./home-fleet-file.ts";

let folder: string;
let path: string;
let lines: string[];
const tell = (_facts: object, sentence: string): void => void lines.push(sentence);
const log = { info: tell, warn: tell };
const { publicKey } = createIdentity();
const url = "http://10.0.0.1:11435";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "herd-memory-"));
  path = join(folder, "agent-fleet.json");
  lines = [];
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

describe("the memory of a fleet", () => {
  test("is empty at first, and holds key and URL over a restart, for its owner alone", () => {
    const memory = openFleetMemory(path, { log, mustBeSound: true });
    expect(memory.home()).toBeUndefined();
    memory.keep(publicKey, url);
    const again = openFleetMemory(path, { log, mustBeSound: true });
    expect(again.home()).toEqual({ publicKey, url, fleetId: fleetIdOf(publicKey) });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("follows its router to another URL, and writes nothing where nothing changed", () => {
    const memory = openFleetMemory(path, { log, mustBeSound: true });
    memory.keep(publicKey, url);
    writeFileSync(path, "untouched");
    memory.keep(publicKey, url);
    expect(readFileSync(path, "utf8")).toBe("untouched");
    memory.keep(publicKey, "http://10.0.0.2:11435");
    expect(homeFleetFile(path).read()?.url).toBe("http://10.0.0.2:11435");
  });

  test.each([
    "",
    "{}",
    "not json",
    JSON.stringify({ router_public_key: "short", router_url: url }),
    JSON.stringify({ router_public_key: publicKey, router_url: "file:///etc/passwd" }),
  ])("that holds %j is refused with the fix where it would decide, and replaced where a URL was given", (text) => {
    writeFileSync(path, text);
    expect(() => openFleetMemory(path, { log, mustBeSound: true })).toThrow(
      /agent-fleet\.json is damaged\. Fix: remove it/,
    );
    const memory = openFleetMemory(path, { log, mustBeSound: false });
    expect(memory.home()).toBeUndefined();
    memory.keep(publicKey, url);
    expect(homeFleetFile(path).read()?.publicKey).toBe(publicKey);
  });

  test("that cannot be written is told, and ends nothing", () => {
    const memory = openFleetMemory(join(folder, "missing", "file.json"), { log, mustBeSound: true });
    memory.keep(publicKey, url);
    expect(lines).toEqual([expect.stringMatching(/cannot be remembered in .*Fix: make the folder writable/)]);
  });
});
