import type { GpuReading } from "@herd/shared";
import { type RunProgram, runProgram } from "./run-program.ts";

const QUERY = "--query-gpu=name,memory.total,memory.used,utilization.gpu,temperature.gpu,power.draw";
const MIB_PER_GIB = 1024;

/** What NVIDIA's own program says about its cards; empty where there is none. */
export async function readNvidiaGpus(run: RunProgram = runProgram): Promise<readonly GpuReading[]> {
  const program = process.platform === "win32" ? "nvidia-smi.exe" : "nvidia-smi";
  return parseNvidiaSmi((await run(program, [QUERY, "--format=csv,noheader,nounits"])) ?? "");
}

/** One card a line: name, MiB in all, MiB used, busy %, °C, W. What a card does not tell stands as `[N/A]`. */
export function parseNvidiaSmi(csv: string): readonly GpuReading[] {
  return csv.split("\n").flatMap((line) => {
    const [name, ...values] = line.split(",").map((field) => field.trim());
    return name === undefined || name === "" || values.length !== 5 ? [] : [cardOf(name, values.map(numberOf))];
  });
}

function cardOf(name: string, values: readonly (number | undefined)[]): GpuReading {
  const [total = 0, used, busy, degrees, watts] = values;
  return {
    name,
    vram_total_gb: gib(total),
    ...(used === undefined ? {} : { vram_used_gb: gib(used) }),
    ...(busy === undefined ? {} : { utilization_pct: Math.min(busy, 100) }),
    ...(degrees === undefined ? {} : { temperature_c: degrees }),
    ...(watts === undefined ? {} : { power_w: watts }),
  };
}

function numberOf(text: string): number | undefined {
  const value = text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

const gib = (mib: number): number => Math.round((mib / MIB_PER_GIB) * 100) / 100;
