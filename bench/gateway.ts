import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNginx } from "./support/nginx.ts";
import { reportNode } from "./support/report-node.ts";
import { startRouter } from "./support/router-process.ts";
import { type LoadResult, runWrk } from "./support/wrk.ts";

/** How long and how often is measured. */
export interface GatewayPlan {
  readonly seconds: number;
  readonly rounds: number;
}

const PORTS = { backend: 23_434, nginx: 23_436, herd: 23_435 } as const;
const MODEL = "bench:1b";

const ANSWER = JSON.stringify({
  model: MODEL,
  created_at: "2026-01-01T00:00:00.000000000Z",
  message: { role: "assistant", content: "An answer that costs the backend nothing." },
  done: true,
  done_reason: "stop",
  total_duration: 4_564_400,
  load_duration: 28_919,
  prompt_eval_count: 32,
  prompt_eval_duration: 2_402_293,
  eval_count: 9,
  eval_duration: 2_122_958,
});
const BODY = JSON.stringify({
  model: MODEL,
  messages: [{ role: "user", content: "Why is the sky blue? Answer in one short sentence." }],
  stream: false,
});

/**
 * Requests per second at concurrency 10 and the time each way adds at concurrency 1, against a backend that answers at
 * once. The ways take turns in every round, so that all meet the same machine; the medians of the rounds are printed.
 */
export async function measureGateway({ seconds, rounds }: GatewayPlan): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "herd-bench-"));
  const script = join(folder, "ask.lua");
  writeFileSync(
    script,
    `wrk.method="POST"\nwrk.headers["Content-Type"]="application/json"\nwrk.body=[==[${BODY}]==]\n`,
  );
  const backend = await startBackend(folder);
  const nginx = await startProxy(folder);
  const herd = await startRouter({ port: PORTS.herd, dataDir: join(folder, "data") });
  const stopReports = await reportNode({
    router: herd.url,
    backend: `http://127.0.0.1:${PORTS.backend}`,
    model: MODEL,
  });
  const memoryAtStart = herd.residentMib();
  try {
    const ways = { direct: PORTS.backend, nginx: PORTS.nginx, herd: PORTS.herd } as const;
    const measure = (port: number, connections: number) =>
      runWrk({ url: `http://127.0.0.1:${port}/api/chat`, script, connections, seconds });
    const results = { direct: newSeries(), nginx: newSeries(), herd: newSeries() };
    let cpuPerRequest = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (const way of ["direct", "nginx", "herd"] as const) {
        results[way].one.push(await measure(ways[way], 1));
        const cpuBefore = herd.cpuMs();
        const ten = await measure(ways[way], 10);
        results[way].ten.push(ten);
        if (way === "herd") cpuPerRequest = ((herd.cpuMs() - cpuBefore) * 1000) / (ten.requestsPerSecond * seconds);
      }
    }
    return report(results, { cpuPerRequest, memoryAtStart, memoryAfter: herd.residentMib() });
  } finally {
    stopReports();
    await herd.stop();
    nginx.stop();
    backend.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Series {
  readonly one: LoadResult[];
  readonly ten: LoadResult[];
}

const newSeries = (): Series => ({ one: [], ten: [] });

function startBackend(folder: string) {
  const http = `server { listen 127.0.0.1:${PORTS.backend}; location / { default_type application/json; return 200 '${ANSWER}'; } }`;
  return startNginx({ folder: join(folder, "backend"), port: PORTS.backend, workers: "1", http });
}

function startProxy(folder: string) {
  const http = [
    `upstream backend { server 127.0.0.1:${PORTS.backend}; keepalive 64; keepalive_requests 1000000000; }`,
    `server { listen 127.0.0.1:${PORTS.nginx}; location / { proxy_pass http://backend; proxy_http_version 1.1;`,
    'proxy_set_header Connection ""; proxy_buffering off; } }',
  ].join(" ");
  return startNginx({ folder: join(folder, "proxy"), port: PORTS.nginx, workers: "auto", http });
}

interface HerdCosts {
  /** µs. */
  readonly cpuPerRequest: number;
  /** MiB. */
  readonly memoryAtStart: number;
  readonly memoryAfter: number;
}

function report(results: Readonly<Record<"direct" | "nginx" | "herd", Series>>, costs: HerdCosts): string {
  const directP50 = median(results.direct.one.map((result) => result.p50));
  const nginxRate = median(results.nginx.ten.map((result) => result.requestsPerSecond));
  const rows = Object.entries(results).map(([way, { one, ten }]) => {
    const rate = median(ten.map((result) => result.requestsPerSecond));
    const p50 = median(one.map((result) => result.p50));
    const p99 = median(ten.map((result) => result.p99));
    const errors = [...one, ...ten].reduce((sum, result) => sum + result.errors, 0);
    const cells = [
      way,
      rate.toFixed(0),
      (rate / nginxRate).toFixed(2),
      p50.toFixed(3),
      (p50 - directP50).toFixed(3),
      p99.toFixed(2),
    ];
    return `| ${[...cells, String(errors)].join(" | ")} |`;
  });
  const head =
    "| way | requests/s at 10 | of nginx | p50 at 1, ms | added p50, ms | p99 at 10, ms | errors |\n|---|---|---|---|---|---|---|";
  const { cpuPerRequest, memoryAtStart, memoryAfter } = costs;
  const line = `herd: ${cpuPerRequest.toFixed(0)} µs of CPU per request, ${memoryAtStart} MiB after start, ${memoryAfter} MiB after the load`;
  return `${head}\n${rows.join("\n")}\n\n${line}\n`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
