import type { FleetNodeView } from "@herd/shared";
import { gibOfText, gibText, percentOf, percentText } from "../../text/amounts.ts";
import type { BarTone } from "../bar.tsx";
import { Meter } from "./meter.tsx";

type Memory = NonNullable<FleetNodeView["memory"]>;
type Gpu = NonNullable<FleetNodeView["gpus"]>[number];

const TONES: Readonly<Record<Memory["pressure"], BarTone>> = {
  normal: "usual",
  warn: "warn",
  critical: "critical",
};

/** CPU, memory and the memory of graphics cards. */
export function NodeMeters({ node }: { readonly node: FleetNodeView }) {
  const owner = node.node_id;
  const gpus = (node.gpus ?? []).filter((gpu) => gpu.vram_total_gb > 0);
  return (
    <div class="meters">
      <Meter
        label="CPU"
        owner={owner}
        percent={node.cpu?.utilization_pct}
        text={node.cpu === undefined ? "no reading" : percentText(node.cpu.utilization_pct)}
      />
      <MemoryMeter owner={owner} memory={node.memory} totalGib={node.hardware.memory_total_gb} />
      {gpus.map((gpu, index) => (
        <GpuMeter
          key={`${index} ${gpu.name}`}
          gpu={gpu}
          label={gpus.length > 1 ? `GPU ${index + 1}` : "GPU"}
          owner={owner}
        />
      ))}
    </div>
  );
}

interface MemoryMeterProps {
  readonly owner: string;
  readonly memory: Memory | undefined;
  readonly totalGib: number;
}

function MemoryMeter({ owner, memory, totalGib }: MemoryMeterProps) {
  if (memory === undefined) {
    const text = totalGib > 0 ? `${gibText(totalGib)} in all` : "no reading";
    return <Meter label="Memory" owner={owner} percent={undefined} text={text} />;
  }
  const { used_gb: used, total_gb: total, pressure } = memory;
  const verdict = pressure === "normal" ? "" : `, ${pressure === "warn" ? "tight" : "critical"}`;
  return (
    <Meter
      label="Memory"
      owner={owner}
      percent={percentOf(used, total)}
      text={gibOfText(used, total) + verdict}
      tone={TONES[pressure]}
    />
  );
}

function GpuMeter({ gpu, label, owner }: { readonly gpu: Gpu; readonly label: string; readonly owner: string }) {
  const used = gpu.vram_used_gb;
  const text = used === undefined ? `${gibText(gpu.vram_total_gb)} in all` : gibOfText(used, gpu.vram_total_gb);
  const percent = used === undefined ? undefined : percentOf(used, gpu.vram_total_gb);
  return <Meter label={label} owner={owner} percent={percent} text={text} />;
}
