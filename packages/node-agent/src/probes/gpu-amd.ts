import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type GpuReading, toGib } from "@herd/shared";
import type { GraphicsHardware } from "./hardware.ts";
import { readText } from "./read-text.ts";

/** Where AMD's driver on Linux shows its cards. */
const CARDS_FOLDER = "/sys/class/drm";

/** What AMD's driver on Linux says about its cards; empty where there is none. Names come from the hardware list. */
export async function readAmdGpus(
  hardware: readonly GraphicsHardware[],
  cardsFolder: string = CARDS_FOLDER,
): Promise<readonly GpuReading[]> {
  const names = await readdir(cardsFolder).catch(() => []);
  const cards = names.filter((name) => /^card\d+$/.test(name)).sort();
  const readings = await Promise.all(cards.map((card) => readCard(join(cardsFolder, card, "device"), hardware)));
  return readings.filter((reading) => reading !== undefined);
}

async function readCard(folder: string, hardware: readonly GraphicsHardware[]): Promise<GpuReading | undefined> {
  const [total, used, busy, identity] = await Promise.all([
    readNumber(join(folder, "mem_info_vram_total")),
    readNumber(join(folder, "mem_info_vram_used")),
    readNumber(join(folder, "gpu_busy_percent")),
    readText(join(folder, "uevent")),
  ]);
  if (total === undefined) return undefined;
  const [degrees, microwatts] = await Promise.all([
    readSensor(folder, ["temp1_input"]),
    readSensor(folder, ["power1_average", "power1_input"]),
  ]);
  return {
    name: nameOf(identity ?? "", hardware),
    vram_total_gb: toGib(total),
    ...(used === undefined ? {} : { vram_used_gb: toGib(used) }),
    ...(busy === undefined ? {} : { utilization_pct: Math.min(busy, 100) }),
    ...(degrees === undefined ? {} : { temperature_c: degrees / 1000 }),
    ...(microwatts === undefined ? {} : { power_w: microwatts / 1e6 }),
  };
}

/** The kernel writes `PCI_SLOT_NAME=0000:03:00.0`, the hardware list often without the domain. */
function nameOf(identity: string, hardware: readonly GraphicsHardware[]): string {
  const slot = /^PCI_SLOT_NAME=(\S+)$/m.exec(identity)?.[1];
  const listed = hardware.find(({ busAddress }) => busAddress !== "" && slot?.endsWith(busAddress));
  return listed?.model ?? "AMD graphics";
}

/** The first of these files that the card's own sensors have. */
async function readSensor(card: string, files: readonly string[]): Promise<number | undefined> {
  const folder = join(card, "hwmon");
  const [sensor] = await readdir(folder).catch(() => []);
  if (sensor === undefined) return undefined;
  const values = await Promise.all(files.map((file) => readNumber(join(folder, sensor, file))));
  return values.find((value) => value !== undefined);
}

async function readNumber(path: string): Promise<number | undefined> {
  const value = Number((await readText(path)) ?? Number.NaN);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
