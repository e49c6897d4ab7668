// Runs in a thread of its own: parts of the library wait for programs with the whole thread stopped, and the thread that
// relays streams and sends heartbeats must never stop.
import { parentPort } from "node:worker_threads";
import systeminformation from "systeminformation";
import type { Hardware } from "./hardware.ts";

const [cpu, graphics] = await Promise.all([
  systeminformation.cpu().catch(() => undefined),
  systeminformation.graphics().catch(() => undefined),
]);
const hardware: Hardware = {
  cpuName: [cpu?.manufacturer, cpu?.brand].filter((part) => part !== undefined && part !== "").join(" "),
  physicalCores: cpu?.physicalCores ?? 0,
  graphics: (graphics?.controllers ?? []).map(({ vendor, model, name, vram, vramDynamic, busAddress }) => ({
    vendor,
    model: name ?? model,
    vramMib: vramDynamic ? 0 : (vram ?? 0),
    busAddress: busAddress ?? "",
  })),
};
parentPort?.postMessage(hardware);
