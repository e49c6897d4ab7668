import { type MemoryReading, toGib } from "@herd/shared";

/** What macOS's own programs print: `vm_stat`, `memory_pressure -Q`, `sysctl -n vm.swapusage`. */
export interface DarwinMemoryTexts {
  /** Installed memory, bytes. */
  readonly total: number;
  readonly pages: string | undefined;
  readonly verdict: string | undefined;
  readonly swap: string | undefined;
}

/** Undefined when `vm_stat` cannot be read. Available is free plus inactive, as Activity Monitor's neighbours count it. */
export function parseDarwinMemory({ total, pages, verdict, swap }: DarwinMemoryTexts): MemoryReading | undefined {
  const pageSize = Number(/page size of (\d+) bytes/.exec(pages ?? "")?.[1]);
  if (pages === undefined || !(pageSize > 0)) return undefined;
  const bytesOf = (label: string): number =>
    Number(new RegExp(`^${label}:\\s+(\\d+)`, "m").exec(pages)?.[1] ?? 0) * pageSize;
  const available = bytesOf("Pages free") + bytesOf("Pages inactive") + bytesOf("Pages speculative");
  return {
    total_gb: toGib(total),
    used_gb: toGib(Math.max(total - available, 0)),
    available_gb: toGib(Math.min(available, total)),
    pressure: pressureOf(verdict ?? ""),
    wired_gb: toGib(bytesOf("Pages wired down")),
    compressed_gb: toGib(bytesOf("Pages occupied by compressor")),
    ...swapOf(swap ?? ""),
  };
}

function pressureOf(verdict: string): MemoryReading["pressure"] {
  if (/critical/i.test(verdict)) return "critical";
  return /warn/i.test(verdict) ? "warn" : "normal";
}

/** `total = 2048.00M  used = 1024.50M  free = 1023.50M`; M is MiB. */
function swapOf(text: string): Pick<MemoryReading, "swap_total_gb" | "swap_used_gb"> {
  const mebibytes = (label: string): number | undefined => {
    const found = new RegExp(`${label} = ([\\d.]+)M`).exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const total = mebibytes("total");
  const used = mebibytes("used");
  if (total === undefined || used === undefined) return {};
  return { swap_total_gb: toGib(total * 2 ** 20), swap_used_gb: toGib(used * 2 ** 20) };
}
