import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Cleanup, withCleanup } from "../support/cleanup.ts";
import { ask, askJson, type Target } from "../support/clients/http-call.ts";
import { createForgedAgent, postHeartbeat } from "../support/fleets/forged-agent.ts";
import { onLoopback } from "../support/fleets/places.ts";
import { type FleetNode, type ProcessFleet, startProcessFleet } from "../support/fleets/process-fleet.ts";
import { setFault } from "../support/fleets/simulated-control.ts";
import { startProgram } from "../support/programs/start-program.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { until } from "../support/until.ts";

const packages = new URL("../../packages/", import.meta.url);

interface Finding {
  readonly key: string;
  readonly check_id: string;
  readonly severity: string;
  readonly node_id: string | null;
  readonly command: string | null;
  readonly traces: readonly string[];
  readonly is_resolved: boolean;
  readonly acknowledged: boolean;
}

interface Health {
  readonly vitals: Readonly<Record<string, number>>;
  readonly recommendations: readonly Finding[];
}

const healthOf = (target: Target): Promise<Health> => askJson(target, { path: "/dashboard/api/health" });

/** Neither over nor known to somebody. */
const stands = ({ is_resolved, acknowledged }: Finding): boolean => !is_resolved && !acknowledged;

/** What is wrong now: `check node` of every warning and worse. */
const wrongIn = ({ recommendations }: Health): readonly string[] =>
  recommendations
    .filter((one) => one.severity !== "info" && stands(one))
    .map(({ check_id, node_id }) => (node_id === null ? check_id : `${check_id} ${node_id}`));

/** The machine on which the test itself runs may be full or busy. */
const ofThisMachine =
  /^(event_loop_lag|(cpu_saturation|disk_space|swap_usage|memory_pressure|device_heat)( node-[ab])?)$/;
const isOfTheFleet = (named: string): boolean => !ofThisMachine.test(named);

/** `check` or `check node`. */
async function finding(target: Target, named: string): Promise<Finding | undefined> {
  const [id, node] = named.split(" ");
  const { recommendations } = await healthOf(target);
  return recommendations.find(
    (one) => one.check_id === id && (node === undefined || one.node_id === node) && stands(one),
  );
}

const untilFound = (target: Target, named: string): Promise<Finding> =>
  until({ what: `${named} is found`, look: () => finding(target, named), withinMs: 30_000 });

const untilGone = (target: Target, named: string): Promise<true> =>
  until({ what: `${named} is gone`, look: async () => !(await finding(target, named)), withinMs: 30_000 });

/** A terminal in which `herd` is installed: lines are pasted into its shell. */
function openTerminal(folder: string): (line: string) => Promise<{ readonly code: number; readonly output: string }> {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  const main = fileURLToPath(new URL("router/src/main.ts", packages));
  const herd = join(bin, "herd");
  writeFileSync(herd, `#!/bin/sh\nexec "${process.execPath}" --conditions=herd-source "${main}" "$@"\n`);
  chmodSync(herd, 0o755);
  const env = { PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`, HOME: "/nonexistent", FLEET_MDNS: "false" };
  return (line) =>
    new Promise((resolve) => {
      const shell = spawn("sh", ["-c", line], { env, stdio: ["ignore", "pipe", "pipe"], timeout: 30_000 });
      let output = "";
      for (const channel of [shell.stdout, shell.stderr])
        channel.on("data", (chunk: Buffer) => {
          output += chunk.toString();
        });
      shell.once("close", (code) => resolve({ code: code ?? -1, output }));
    });
}

interface Scene {
  readonly cleanup: Cleanup;
  readonly folder: string;
  readonly fleet: ProcessFleet;
  readonly target: Target;
  readonly nodeA: FleetNode;
  readonly nodeB: FleetNode;
  readonly ollamaOf: (node: FleetNode) => Target;
  readonly paste: ReturnType<typeof openTerminal>;
}

/** Two machines; pulls take a second or two. */
const ollamaFlags = [
  ...["--model", "base:1b:1", "--model", "broken:1b:1", "--model", "busy:1b:1"],
  ...["--model", "pinned:1b:1", "--load", "base:1b", "--max-loaded", "6"],
  ...["--pullable", "old:1b:1.1", "--pullable", "gone:1b:0.2", "--pullable", "meant:1b:0.2"],
  ...["--pullable", "torn:1b:0.4"],
  ...["--network", "400000000", "--disk", "5000000000", "--decode", "500"],
];

async function withScene(happens: (scene: Scene) => Promise<void>): Promise<void> {
  await withCleanup(async (cleanup) => {
    const folder = tempFolder(cleanup);
    const fleet = await startProcessFleet(cleanup, {
      places: onLoopback(2),
      folder,
      ollamaFlags,
      routerEnvironment: {
        FLEET_HOST: "127.0.0.1",
        ...{ FLEET_HEARTBEAT_TIMEOUT: "9", FLEET_HEARTBEAT_OFFLINE: "12" },
        ...{ FLEET_HEALTH_INTERVAL_S: "1", FLEET_HEALTH_SETTLE_S: "0", FLEET_HEALTH_END_S: "0" },
        ...{ FLEET_MAX_RETRIES: "0", FLEET_AUTO_PULL: "false", FLEET_START_GRACE_S: "0", FLEET_QUEUE_LIMIT: "20" },
      },
    });
    const [nodeA, nodeB] = fleet.nodes;
    if (nodeA === undefined || nodeB === undefined) throw new Error("there are two nodes");
    const ollamaOf = ({ ollamaPort }: FleetNode): Target => ({ host: "127.0.0.1", port: ollamaPort });
    const paste = openTerminal(folder);
    await happens({ cleanup, folder, fleet, target: fleet.target, nodeA, nodeB, ollamaOf, paste });
  });
}

interface ChatMore {
  readonly more?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const chat = (target: Target, model: string, { more = {}, headers = {} }: ChatMore = {}) => {
  const body = { model, messages: [{ role: "user", content: "Hi" }], stream: false, ...more };
  return ask(target, { path: "/api/chat", body, headers });
};
const settings = (target: Target, body: object) => ask(target, { path: "/dashboard/api/settings", body });

/** One fault: it is found, then it is mended, and the finding is gone. */
interface Fault {
  /** `check` or `check node`. */
  readonly named: string;
  readonly severity: "critical" | "warning" | "info";
  readonly inject: () => Promise<unknown>;
  /** Absent: the finding's command is pasted, and nothing else is done. */
  readonly mend?: (found: Finding) => Promise<unknown>;
}

/** What the line is pasted for succeeds. */
async function pasteFix({ paste }: Scene, { check_id: id, command }: Finding): Promise<void> {
  if (command === null) throw new Error(`${id} has no command`);
  const { code, output } = await paste(command);
  if (code !== 0) throw new Error(`${id}: ${command} ended with ${code}: ${output}`);
}

/** Requests that fail, names that lead nowhere, models that differ. */
function faultsOfTraffic(scene: Scene): readonly Fault[] {
  const { target, nodeA, nodeB, ollamaOf } = scene;
  const onA = { headers: { "x-herd-node": nodeA.id } };
  return [
    {
      named: "unknown_models_asked",
      severity: "info",
      inject: () => Promise.all([1, 2, 3].map(() => chat(target, "gone:1b"))),
    },
    {
      named: "fallback_target_missing",
      severity: "warning",
      inject: () => chat(target, "base:1b", { more: { fallback_models: ["gone:1b"] } }),
    },
    {
      named: "alias_target_missing",
      severity: "critical",
      inject: async () => {
        await settings(target, { model_aliases: { "gpt-x": "meant:1b" } });
        await chat(target, "gpt-x");
      },
    },
    {
      named: "num_ctx_override_inert",
      severity: "warning",
      inject: () => settings(target, { num_ctx_overrides: { "base:1b": 8192 }, dynamic_num_ctx: false }),
    },
    {
      // One machine has another model under this name; then the other fetches the library's.
      named: "model_skew",
      severity: "warning",
      inject: async () => {
        await ask(ollamaOf(nodeA), { path: "/api/copy", body: { source: "base:1b", destination: "old:1b" } });
        await ask(ollamaOf(nodeB), { path: "/api/pull", body: { model: "old:1b", stream: false } });
        await untilFound(target, "model_skew");
      },
    },
    {
      named: `high_error_rate ${nodeA.id}`,
      severity: "warning",
      inject: async () => {
        await setFault(ollamaOf(nodeA), { kind: "http-500", model: "broken:1b", times: 6 });
        for (let index = 0; index < 6; index += 1) {
          expect((await chat(target, "broken:1b", onA)).status).toBe(500);
          // Now and then all is well, so that the machine is not given a rest.
          if (index % 2 === 1) await chat(target, "base:1b", onA);
        }
      },
      mend: async (found) => {
        expect(found.traces).toHaveLength(6);
        for (const link of found.traces) {
          const { status, text } = await ask(target, { path: link });
          expect([status, text.includes("broken:1b"), text.includes('"failed"')]).toEqual([200, true, true]);
        }
        await pasteFix(scene, found);
        for (let index = 0; index < 10; index += 1) await chat(target, "broken:1b", onA);
      },
    },
    {
      named: `pinned_model_not_loaded ${nodeA.id}`,
      severity: "warning",
      inject: async () => {
        await setFault(ollamaOf(nodeA), { kind: "load-failure", model: "pinned:1b" });
        await ask(target, { path: "/fleet/pin", body: { model: "pinned:1b", node_id: nodeA.id } });
      },
      mend: async (found) => {
        await setFault(ollamaOf(nodeA), null);
        await pasteFix(scene, found);
      },
    },
  ];
}

/** A machine that only reports: what its agent says of it is what its sensors showed. */
async function startReports(cleanup: Cleanup, target: Target) {
  const agent = createForgedAgent(target);
  const usual = { node_id: "node-x", gateway: undefined, backends: undefined, agent_version: undefined };
  let told: object = {};
  const beat = async (): Promise<void> => {
    await postHeartbeat(target, await agent.seal({ ...usual, ...told }));
  };
  const timer = setInterval(() => void beat().catch(() => undefined), 3_000);
  const stop = (): void => clearInterval(timer);
  cleanup.add(stop);
  await beat();
  return {
    stop,
    tell: async (fields: object): Promise<void> => {
      told = fields;
      await beat();
    },
  };
}

const memory = { total_gb: 32, used_gb: 31.5, available_gb: 0.5, pressure: "critical" };
const sickness = {
  disk: { total_gb: 500, used_gb: 499, available_gb: 1 },
  memory: { ...memory, swap_used_gb: 20, swap_total_gb: 32 },
  timestamp: Date.now() / 1000 - 3600,
  arch: 7,
};

/** What goes on beside the faults. */
interface Surroundings {
  /** What node-x reports from now on. */
  readonly tell: (fields: object) => Promise<void>;
  /** Whose requests must not break off. */
  readonly crowd: Promise<void>;
}

/** Programs that die, a second one with a name that is taken, and what a machine tells of itself. */
function faultsOfMachines(scene: Scene, { tell, crowd }: Surroundings): readonly Fault[] {
  const { cleanup, folder, fleet, target, nodeA, nodeB } = scene;
  const told = (named: string, severity: Fault["severity"]): Fault => ({
    named: `${named} node-x`,
    severity,
    inject: () => tell(sickness),
    mend: () => tell({}),
  });
  return [
    told("disk_space", "critical"),
    told("memory_pressure", "critical"),
    told("swap_usage", "warning"),
    told("clock_skew", "warning"),
    told("heartbeat_fields_dropped", "warning"),
    {
      named: `duplicate_node_id ${nodeA.id}`,
      severity: "warning",
      inject: async () => {
        const flags = ["--router-url", fleet.routerUrl, "--node-id", nodeA.id, "--gateway-port", "0"];
        const more = ["--ollama-host", "http://127.0.0.1:9", "--data-dir", join(folder, "second")];
        const second = startProgram({ name: "herd-node", flags: [...flags, ...more] });
        cleanup.add(second.kill);
        await untilFound(target, `duplicate_node_id ${nodeA.id}`);
        await second.kill();
      },
      // It is over when the second one has not knocked for minutes; until then somebody takes note of it.
      mend: async (found) => {
        expect(found.command).toMatch(/^herd-node --router-url \S+ --node-id node-a-2$/);
        const body = { key: found.key, note: "ended" };
        expect((await ask(target, { path: "/dashboard/api/health/acknowledge", body })).status).toBe(200);
      },
    },
    {
      named: `backend_unreachable ${nodeB.id}`,
      severity: "critical",
      inject: async () => {
        await crowd;
        const pull = ask(target, { path: "/api/pull", body: { model: "torn:1b", node_id: nodeB.id } });
        await until({
          what: "the pull is under way",
          look: async () => (await ask(target, { path: "/dashboard/api/pulls" })).text.includes("torn:1b"),
          withinMs: 5_000,
        });
        await nodeB.ollama.kill();
        await pull;
      },
      mend: () => nodeB.startOllama(),
    },
    { named: `failed_pulls ${nodeB.id}`, severity: "warning", inject: () => Promise.resolve() },
  ];
}

/** More is asked at one time than is soon served; it is over when everybody has an answer. */
async function crowdAndWait({ target }: Scene): Promise<void> {
  const more = { options: { num_predict: 500 } };
  const crowd = Promise.all(Array.from({ length: 30 }, () => chat(target, "busy:1b", { more })));
  expect((await untilFound(target, "queue_backlog")).severity).toBe("warning");
  await crowd;
  await untilGone(target, "queue_backlog");
}

/** An agent that is killed, and a machine that is gone for good. */
const faultsOfAbsence = (scene: Scene, stopReports: () => void): readonly Fault[] => [
  {
    named: `node_offline ${scene.nodeB.id}`,
    severity: "critical",
    inject: () => scene.nodeB.agent.kill(),
    mend: () => scene.nodeB.startAgent(),
  },
  { named: "node_offline node-x", severity: "critical", inject: async () => stopReports() },
];

async function happenAndMend(scene: Scene, faults: readonly Fault[]): Promise<void> {
  const { target, paste, fleet } = scene;
  for (const { inject } of faults) await inject();
  const found = await Promise.all(faults.map(({ named }) => untilFound(target, named)));
  expect(found.map(({ severity }, at) => [faults[at]?.named, severity])).toEqual(
    faults.map(({ named, severity }) => [named, severity]),
  );
  expect((await paste(`herd doctor --router-url ${fleet.routerUrl}`)).code).toBe(1);
  for (const { named, mend = (seen: Finding) => pasteFix(scene, seen) } of faults) {
    const seen = await finding(target, named);
    // A fix may have mended another fault, too.
    if (seen !== undefined) await mend(seen);
  }
  await Promise.all(faults.map(({ named }) => untilGone(target, named)));
}

test("every fault on a live fleet is found, mended by its fix, and then gone", { timeout: 120_000 }, () =>
  withScene(async (scene) => {
    const { cleanup, target, fleet, paste } = scene;
    const reports = await startReports(cleanup, target);
    expect(wrongIn(await healthOf(target)).filter(isOfTheFleet)).toEqual([]);
    const crowd = crowdAndWait(scene);
    const now = [...faultsOfTraffic(scene), ...faultsOfMachines(scene, { tell: reports.tell, crowd })];
    await happenAndMend(scene, now);
    await happenAndMend(scene, faultsOfAbsence(scene, reports.stop));
    const after = await healthOf(target);
    expect(wrongIn(after).filter(isOfTheFleet)).toEqual([]);
    // A machine that is out of breath is told so, and is no fault of the fleet.
    if (wrongIn(after).some((named) => !isOfTheFleet(named))) return;
    expect(after.vitals["health_score"]).toBe(100);
    expect((await paste(`herd doctor --router-url ${fleet.routerUrl}`)).code).toBe(0);
  }),
);
