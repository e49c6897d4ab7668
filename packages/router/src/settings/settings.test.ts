import { commandFlags, describeSettings, resolveSettings } from "@herd/shared";
import { describe, expect, expectTypeOf, it } from "vitest";
import { type RouterSettings, routerSettings } from "./settings.ts";

const resolve = (env: Record<string, string>) => resolveSettings({ declaration: routerSettings, env });

describe("the router's settings", () => {
  it("start a router without anything being set", () => {
    const { values, problems, notices } = resolve({});
    expect([...problems, ...notices]).toEqual([]);
    expect(values).toMatchObject({
      host: "0.0.0.0",
      port: 11435,
      heartbeatInterval: 5,
      heartbeatTimeout: 15,
      heartbeatOffline: 30,
      join: "auto",
      assumedParallelism: { ollama: 1, other: 4 },
      profile: "signals",
    });
    expectTypeOf<RouterSettings["waitDeadlineS"]>().toEqualTypeOf<number>();
    expectTypeOf<RouterSettings["join"]>().toEqualTypeOf<"auto">();
    expectTypeOf<RouterSettings["lanNetworks"]>().toEqualTypeOf<readonly string[]>();
    expectTypeOf<RouterSettings["modelAliases"]>().toEqualTypeOf<Readonly<Record<string, string>>>();
    expectTypeOf<RouterSettings["weights"]["memory_fit"]>().toEqualTypeOf<number>();
  });

  it("take every default back from the environment, written as the reference page prints it", () => {
    for (const row of describeSettings(routerSettings)) {
      const text = row.default === "none" ? "" : row.default;
      const { values, problems } = resolve({ [row.env[0] ?? ""]: text });
      expect(problems).toEqual([]);
      expect(values).toEqual(resolve({}).values);
    }
  });

  it("take the predecessor's weights, whose penalties have no sign", () => {
    const { values, problems, notices } = resolve({
      FLEET_SCORE_MODEL_HOT: "60",
      FLEET_SCORE_QUEUE_DEPTH_MAX_PENALTY: "40",
      FLEET_SCORE_WAIT_TIME_MAX_PENALTY: "20",
      FLEET_SCORE_ROLE_LARGE_THRESHOLD_GB: "30",
      FLEET_STALE_TIMEOUT: "300",
    });
    expect([...problems, ...notices]).toEqual([]);
    expect(values.weights).toMatchObject({ thermal: 60, queue_depth: -40, wait_time: -20 });
    expect(values).toMatchObject({ roleLargeThresholdGb: 30, stallCapS: 300 });
  });

  it("refuse times of liveness that stand in the wrong order", () => {
    expect(resolve({ FLEET_HEARTBEAT_TIMEOUT: "4" }).problems[0]?.field).toBe("heartbeat_timeout");
    expect(resolve({ FLEET_HEARTBEAT_OFFLINE: "10" }).problems[0]?.field).toBe("heartbeat_offline");
    expect(
      resolve({ FLEET_HEARTBEAT_INTERVAL: "0.2", FLEET_HEARTBEAT_TIMEOUT: "0.6", FLEET_HEARTBEAT_OFFLINE: "1" })
        .problems,
    ).toEqual([]);
  });

  it("refuse a way of joining that does not exist yet", () => {
    expect(resolve({ FLEET_JOIN: "token" }).problems[0]?.statement).toBe(
      'join = "token" (from environment FLEET_JOIN) is not auto, the only choice of this version.',
    );
  });

  it("know networks and host names from mistakes", () => {
    const good = resolve({
      FLEET_LAN_NETWORKS: "203.0.113.0/24,2001:db8::/32,203.0.113.9",
      FLEET_ALLOWED_HOSTS: "Herd.Example.com",
    });
    expect(good.problems).toEqual([]);
    expect(good.values.allowedHosts).toEqual(["herd.example.com"]);
    for (const text of ["203.0.113.0/33", "herd.example.com", "10.0.0"])
      expect(resolve({ FLEET_TRUSTED_PROXIES: text }).problems).toHaveLength(1);
    for (const text of ["http://herd.example.com", "herd.example.com:80", "*"])
      expect(resolve({ FLEET_ALLOWED_HOSTS: text }).problems).toHaveLength(1);
  });

  it("accept every name of the predecessor without a problem", () => {
    const { later, ignored } = routerSettings;
    const env = Object.fromEntries([...later.env, ...ignored.env].map((name) => [name, "1"]));
    const { problems, notices } = resolve(env);
    expect(problems).toEqual([]);
    expect(notices).toHaveLength(2);
    const own = routerSettings.entries.flatMap(({ name, meta }) => [name, ...meta.aliases.map((alias) => alias.name)]);
    expect(own.filter((name) => Object.hasOwn(env, name))).toEqual([]);
  });

  it("give the command line its flags", () => {
    expect(commandFlags(routerSettings).map(({ syntax }) => syntax)).toEqual([
      "--host <address>",
      "--port <n>",
      "--data-dir <path>",
      "--log-level <level>",
      "--config <file>",
      "--cloud",
      "--token <text>",
      "--cloud-url <url>",
    ]);
  });

  it("say of each setting what it does in a sentence that ends", () => {
    for (const { key, meaning } of describeSettings(routerSettings))
      expect({ key, meaning }).toMatchObject({
        meaning: expect.stringMatching(/^[A-Z].+\.$/),
      });
  });
});
