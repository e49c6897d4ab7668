import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readAgentSettings } from "./read.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "herd-node-settings-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (env: Record<string, string> = {}, hostName = "mac-mini") =>
  readAgentSettings({ flags: { dataDir: folder }, env, homeDir: folder, hostName });

describe("reading the agent's settings", () => {
  it("names the node after its host unless a setting does", () => {
    expect(read().values.nodeId).toBe("mac-mini");
    expect(read({ FLEET_NODE_NODE_ID: "gpu-1" }).values.nodeId).toBe("gpu-1");
    expect(read({}, "Zoë’s Mac").values.nodeId).toBe("Zo-s-Mac");
    expect(read({}, "").values.nodeId).toBe("node");
    expect(Object.isFrozen(read().values)).toBe(true);
  });

  it("takes further backends from the environment and the config file", () => {
    expect(read({ FLEET_NODE_BACKENDS: "127.0.0.1:8080/v1, http://gpu:8000" }).values.backends).toEqual([
      "http://127.0.0.1:8080",
      "http://gpu:8000",
    ]);
    writeFileSync(join(folder, "config.json"), '{"node": {"backends": [":8080"]}}');
    expect(read().values.backends).toEqual(["http://127.0.0.1:8080"]);
  });

  it("shares env file and config file with the router", () => {
    writeFileSync(join(folder, "env"), "FLEET_PORT=1\nFLEET_NODE_GATEWAY_PORT=2\n");
    writeFileSync(join(folder, "config.json"), '{"port": 1, "node": {"router_url": "router"}}');
    const { values, problems, notices, origins } = read();
    expect([...problems, ...notices]).toEqual([]);
    expect(values).toMatchObject({ gatewayPort: 2, routerUrl: "http://router:11435", dataDir: folder });
    expect(origins["router_url"]).toEqual({
      source: "config-file",
      name: "node.router_url",
      path: join(folder, "config.json"),
    });
  });
});
