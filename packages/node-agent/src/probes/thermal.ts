import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ThermalReading } from "@herd/shared";
import { cpuTemperature } from "systeminformation";
import type { Probe } from "./probe.ts";
import { readText } from "./read-text.ts";

/** From here on the CPU counts as hot, °C. */
const WARNING_FROM_C = 85;
/** Linux drivers that measure the CPU itself, best first. */
const CPU_DRIVERS = ["coretemp", "k10temp", "zenpower", "cpu_thermal"];

/** One temperature sensor: the driver behind it and its hottest reading, °C. */
interface Sensor {
  readonly driver: string;
  readonly peak: number;
}

/** What the thermal probe needs; `sensorsFolder` is Linux's list of sensors. */
export interface ThermalDependencies {
  readonly platform: NodeJS.Platform;
  readonly sensorsFolder?: string;
}

/** Measures the hottest CPU sensor; without one, the hottest of any other. */
export function createThermalProbe({
  platform,
  sensorsFolder = "/sys/class/hwmon",
}: ThermalDependencies): Probe<ThermalReading> {
  return async () => {
    const sensor = platform === "linux" ? await hottestSensor(sensorsFolder) : await hottestCore();
    if (sensor === undefined) return undefined;
    const state = sensor.peak >= WARNING_FROM_C ? "warning" : "nominal";
    return { state, temperature_c: sensor.peak, source: sensor.driver };
  };
}

async function hottestSensor(folder: string): Promise<Sensor | undefined> {
  const names = await readdir(folder).catch(() => []);
  const sensors = (await Promise.all(names.map((name) => readSensor(join(folder, name))))).filter(
    (sensor) => sensor !== undefined,
  );
  const ofCpu = CPU_DRIVERS.map((driver) => sensors.find((sensor) => sensor.driver === driver)).find(
    (sensor) => sensor !== undefined,
  );
  return ofCpu ?? sensors.sort((one, other) => other.peak - one.peak)[0];
}

/** Linux states temperatures in thousandths of a degree. */
async function readSensor(folder: string): Promise<Sensor | undefined> {
  const driver = await readText(join(folder, "name"));
  const files = (await readdir(folder).catch(() => [])).filter((file) => /^temp\d+_input$/.test(file));
  const texts = await Promise.all(files.map((file) => readText(join(folder, file))));
  const degrees = texts.map((text) => Number(text ?? Number.NaN) / 1000).filter((value) => value > 0 && value < 200);
  if (driver === undefined || degrees.length === 0) return undefined;
  return { driver, peak: Math.max(...degrees) };
}

async function hottestCore(): Promise<Sensor | undefined> {
  const { main, max } = await cpuTemperature();
  const peak = max ?? main;
  return typeof peak === "number" && peak > 0 ? { driver: "system", peak } : undefined;
}
