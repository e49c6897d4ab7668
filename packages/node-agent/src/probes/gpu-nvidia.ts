import type { GpuReading } from "@herd/shared";
import { type RunProgram, runProgram } from "./run-program.ts";

const QUERY = "--query-gpu=name,memory.total,memory.used,utilization.gpu,temperature.gpu";
const MIB_PER_GIB = 1024;

/** What NVIDIA's own program says about its cards; empty where there is none. */
export async function readNvidiaGpus(run: RunProgram = runProgram): Promise<readonly GpuReading[]> {
  const program = process.platform === "win32" ? "nvidia-smi.exe" : "nvidia-smi";
  return parseNvidiaSmi((await run(program, [QUERY, "--format=csv,noheader,nounits"])) ?? "");
}

/** One card a line: name, MiB in all, MiB used, busy %, °C. What a card does not tell stands as `[N/A]`. */
export function parseNvidiaSmi(csv: string): readonly GpuReading[] {
  return csv.split("\n").flatMap((line) => {
    const [name, ...values] = line.split(",").map((field) => field.trim());
    if (name === undefined || name === "" || values.length !== 4) return [];
    const [total, used, busy, degrees] = values.map(numberOf);
    return [
      {
        name,
        vram_total_gb: gib(total ?? 0),
        ...(used === undefined ? {} : { vram_used_gb: gib(used) }),
        ...(busy === undefined ? {} : { utilization_pct: Math.min(busy, 100) }),
        ...(degrees === undefined ? {} : { temperature_c: degrees }),
      },
    ];
  });
}

function numberOf(text: string): number | undefined {
  const value = text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

const gib = (mib: number): number => Math.round((mib / MIB_PER_GIB) * 100) / 100;
