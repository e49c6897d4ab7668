import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CHAT_ANSWER, chatBody, MODEL } from "../load/chat.ts";
import type { StreamReport } from "../load/stream-order.ts";
import { runWrk, writeScript } from "../load/wrk.ts";
import { reportFleet } from "../nodes/reported-fleet.ts";
import { freePort, freePorts } from "../processes/ports.ts";
import { anonymousMibOf, openFilesOf, peakMibOf, residentMibOf } from "../processes/process-costs.ts";
import { type BenchProgram, startBackend, startProgram } from "../processes/start-program.ts";
import { withCleanup } from "../processes/with-cleanup.ts";
import type { Findings } from "../report/findings.ts";
import { answerLines, startNginx } from "../stage/nginx.ts";
import { type RouterProcess, startRouter } from "../stage/router-process.ts";
import { nodesOf } from "../stage/three-ways.ts";
import type { Part, Plan } from "./part.ts";

/** One look at the process. */
interface Sight {
  readonly when: string;
  readonly residentMib: number;
  readonly anonymousMib: number;
  readonly openFiles: number;
}

/** What the process needs, before and after work. */
export const memory: Part = {
  name: "memory",
  title: "Memory",
  programs: ["nginx", "wrk"],
  isLong: false,
  measure: (plan) =>
    withCleanup(async ({ keep, folder }) => {
      const ports = await freePorts(3);
      const http = answerLines(ports, CHAT_ANSWER);
      keep(await startNginx({ folder: folder(), port: ports[0] ?? 0, workers: "1", http }));
      const streaming = keep(await startBackend(6));
      const client = keep(startProgram("stream-client"));
      const herd = keep(await startRouter({ port: await freePort(), folder: folder() }));
      return await watch({ herd, ports, streaming, client, folder: folder(), plan });
    }),
};

const STREAMED = "streamed:8b";

const extentOf = ({ isShort }: Plan) =>
  isShort
    ? { settleS: 0.3, loadS: 1, rounds: 1, streams: 8, chunks: 10, restS: 0.3 }
    : { settleS: 10, loadS: 20, rounds: 3, streams: 256, chunks: 50, restS: 60 };

interface Scene {
  readonly herd: RouterProcess;
  readonly ports: readonly number[];
  readonly streaming: { readonly ports: readonly number[] };
  readonly client: BenchProgram;
  readonly folder: string;
  readonly plan: Plan;
}

async function watch(scene: Scene): Promise<Findings> {
  const { herd, ports, streaming, plan } = scene;
  const { settleS, restS } = extentOf(plan);
  const sights: Sight[] = [];
  const look = (when: string): void => {
    sights.push(sightOf(herd.pid, when));
    plan.say(when);
  };
  await pause(settleS * 1000);
  look("started, nobody there");
  const fleet = await reportFleet(herd.port, [...nodesOf(ports, MODEL), ...nodesOf(streaming.ports, STREAMED)]);
  await pause(settleS * 1000);
  look("started, 9 nodes with 20 models each");
  const failures = await work(scene, look);
  await pause(restS * 1000);
  look(`${restS} s later`);
  fleet.stop();
  return findingsOf(sights, { failures, peakMib: peakMibOf(herd.pid), plan });
}

/** Whole answers at two concurrencies, and streams. Resolves to the number of failures. */
async function work({ herd, client, folder, plan }: Scene, look: (when: string) => void): Promise<number> {
  const { loadS, rounds, streams, chunks } = extentOf(plan);
  const script = writeScript(join(folder, "ask.lua"), chatBody({ stream: false }));
  const url = `${herd.url}/api/chat`;
  let failures = 0;
  for (const connections of [10, 64]) {
    const { errors, requests } = await runWrk({ url, script, connections, seconds: loadS });
    failures += errors;
    look(`after ${requests} whole answers, ${connections} at a time`);
  }
  const pace = { chunks, everyMs: 20, bytes: 140 };
  for (let round = 0; round < rounds; round += 1) {
    client.tell({ port: herd.port, dialect: "native", model: STREAMED, pace, streams, spreadMs: 0 });
    const report = await client.hear<StreamReport>();
    failures += report.streams.filter(({ isWhole }) => !isWhole).length;
  }
  look(`after ${streams * rounds} streams, ${streams} at a time`);
  return failures;
}

const sightOf = (pid: number, when: string): Sight => ({
  when,
  residentMib: residentMibOf(pid),
  anonymousMib: anonymousMibOf(pid),
  openFiles: openFilesOf(pid),
});

interface Rest {
  readonly failures: number;
  readonly peakMib: number;
  readonly plan: Plan;
}

function findingsOf(sights: readonly Sight[], { failures, peakMib, plan }: Rest): Findings {
  const { settleS } = extentOf(plan);
  const about = { unit: "MiB", side: "upper" } as const;
  const afterLoad = Math.max(...sights.slice(2).map(({ residentMib }) => residentMib));
  return {
    setup: [
      `The process \`herd\` alone, as Linux counts it (VmRSS), each look ${settleS} s after the start or right after the load. The load itself meets the machine as in the other parts.`,
    ],
    tables: [
      {
        title: "",
        head: ["when", "resident, MiB", "of it heap and stacks, MiB", "open files"],
        rows: sights.map((sight) => [sight.when, sight.residentMib, sight.anonymousMib, sight.openFiles]),
      },
    ],
    targets: [
      { what: "`herd` after start, with nodes", bound: 95, measured: sights[1]?.residentMib ?? Number.NaN, ...about },
      { what: "`herd` after load", bound: 180, measured: afterLoad, ...about },
    ],
    notes: [`The most it ever was: ${peakMib.toFixed(0)} MiB (VmHWM).`],
    failures,
  };
}
