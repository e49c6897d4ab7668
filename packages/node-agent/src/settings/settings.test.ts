import { commandFlags, describeSettings, resolveSettings } from "@herd/shared";
import { describe, expect, expectTypeOf, it } from "vitest";
import { type AgentSettings, agentSettings } from "./settings.ts";

const resolve = (env: Record<string, string>) => resolveSettings({ declaration: agentSettings, env });

describe("the agent's settings", () => {
  it("start an agent without anything being set", () => {
    const { values, problems, notices } = resolve({});
    expect([...problems, ...notices]).toEqual([]);
    expect(values).toEqual({
      nodeId: "",
      ollamaHost: "http://localhost:11434",
      backends: [],
      routerUrl: "",
      mdnsType: "_fleet-manager._tcp.local.",
      heartbeatInterval: 5,
      gatewayPort: 11433,
      gatewayHost: "0.0.0.0",
      dataDir: "~/.fleet-manager",
      logLevel: "INFO",
      consoleLogLevel: "INFO",
    });
    expectTypeOf<AgentSettings["gatewayPort"]>().toEqualTypeOf<number>();
  });

  it("take every default back from the environment, written as the reference page prints it", () => {
    for (const row of describeSettings(agentSettings)) {
      const text =
        row.default === "none" || row.default === "the host name" || row.default === "found by mDNS" ? "" : row.default;
      const { values, problems } = resolve({ [row.env[0] ?? ""]: text });
      expect(problems).toEqual([]);
      expect(values).toEqual(resolve({}).values);
    }
  });

  it("accept the forms of OLLAMA_HOST but never read that variable", () => {
    expect(resolve({ FLEET_NODE_OLLAMA_HOST: ":8080" }).values.ollamaHost).toBe("http://localhost:8080");
    expect(resolve({ OLLAMA_HOST: "router:11435" }).values.ollamaHost).toBe("http://localhost:11434");
  });

  it("share the log levels of the machine unless the agent has its own", () => {
    expect(resolve({ FLEET_LOG_LEVEL: "debug" }).values.logLevel).toBe("DEBUG");
    expect(resolve({ FLEET_LOG_LEVEL: "debug", FLEET_NODE_LOG_LEVEL: "error" }).values.logLevel).toBe("ERROR");
  });

  it("refuse a node id that no heartbeat could carry", () => {
    for (const id of ["two words", "café", "x".repeat(129)])
      expect(resolve({ FLEET_NODE_NODE_ID: id }).problems[0]?.field).toBe("node_id");
  });

  it("accept every name of the predecessor without a problem, and report a slip", () => {
    const env = Object.fromEntries(
      [...agentSettings.later.env, ...agentSettings.ignored.env].map((name) => [name, "1"]),
    );
    const { problems, notices } = resolve({ ...env, FLEET_NODE_ROUTER_ULR: "x", FLEET_PORT: "1" });
    expect(problems).toEqual([]);
    expect(notices).toHaveLength(3);
    expect(notices[0]).toMatch(/^FLEET_NODE_ROUTER_ULR .* Nearest valid name: FLEET_NODE_ROUTER_URL\.$/);
  });

  it("give the command line its flags, those of the predecessor hidden", () => {
    const flags = commandFlags(agentSettings);
    expect(flags.filter(({ isHidden }) => !isHidden).map(({ syntax }) => syntax)).toEqual([
      "--node-id <name>",
      "--ollama-host <url>",
      "--backend <url>",
      "--router-url <url>",
      "--gateway-port <n>",
      "--data-dir <path>",
      "--log-level <level>",
      "--config <file>",
    ]);
    expect(flags.find(({ attribute }) => attribute === "learnCapacity")?.isHidden).toBe(true);
  });
});
