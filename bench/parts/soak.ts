import { setTimeout as pause } from "node:timers/promises";
import { openFilesOf } from "../processes/process-costs.ts";
import { withCleanup } from "../processes/with-cleanup.ts";
import type { Findings, Table, Target } from "../report/findings.ts";
import { formatNumber } from "../report/format-number.ts";
import { asciiChart, type Curve, svgChart } from "../report/memory-chart.ts";
import { type Driven, driveFleet } from "../soak/drive.ts";
import { startSoakFleet } from "../soak/fleet.ts";
import { growthOf, warmPart } from "../soak/growth.ts";
import { checkRows, type RowCheck } from "../soak/rows.ts";
import { median, sum } from "../statistics.ts";
import type { Part, Plan } from "./part.ts";

const RATE = 30;
/** So many looks make a smooth curve, however long it is. */
const LOOKS = 360;
/** Growth that is told from the ups and downs of garbage collection, MiB per hour. */
const GROWTH_BOUND = 20;
/** Below this, warming up and single collections hide any growth, minutes. */
const TELLING_MINUTES = 15;
/** Connections that clients and pools keep for a while, files. */
const OPEN_FILES_BOUND = 20;

/** A long mixed load with faults: does anything grow, is anything lost? */
export const soak: Part = {
  name: "soak",
  title: "Soak",
  programs: [],
  isLong: true,
  measure: (plan) =>
    withCleanup(async (cleanup) => {
      const extent = extentOf(plan);
      const fleet = await startSoakFleet(cleanup, extent.settings);
      const before = openFilesOf(fleet.router.pid);
      const driven = await driveFleet(fleet, { ...extent, rate: RATE, say: plan.say });
      // Connections that nobody uses any more are closed after a while.
      await pause(extent.restMs);
      const openFiles = { before, after: openFilesOf(fleet.router.pid) };
      await fleet.router.stop();
      return findingsOf({ driven, rows: checkRows(fleet.dataDir, driven.expected), openFiles, plan });
    }),
};

const SHORT_MINUTES = 0.05;
/** A router that has just started waits for models that it does not know; the short form has no time for that. */
const SHORT_SETTINGS = { FLEET_START_GRACE_S: "0" };

function extentOf({ isShort, minutes: wanted }: Plan) {
  const minutes = isShort ? SHORT_MINUTES : wanted;
  const lookEveryMs = Math.max(500, (minutes * 60_000) / LOOKS);
  return {
    minutes,
    lookEveryMs,
    settings: isShort ? SHORT_SETTINGS : {},
    withDeaths: !isShort,
    mishapEveryMs: isShort ? 600 : 10_000,
    restMs: isShort ? 0 : 15_000,
  };
}

interface Soaked {
  readonly driven: Driven;
  readonly rows: RowCheck;
  readonly openFiles: { readonly before: number; readonly after: number };
  readonly plan: Plan;
}

function findingsOf({ driven, rows, openFiles, plan }: Soaked): Findings {
  const { minutes } = extentOf(plan);
  const wrongRows = rows.missing + rows.repeated + rows.unasked;
  const outOfOrder = sum([...driven.outOfOrder.values()]);
  const points = driven.sights.map(({ minutes: x, residentMib: y }) => ({ x, y }));
  const curve: Curve = { points, title: "Resident memory of herd, MiB, over minutes" };
  return {
    setup: [
      `${RATE} requests a second for ${formatNumber(minutes)} minutes against three simulated Ollamas with their agents, all in processes of their own: chats, generations and OpenAI chats, whole and streamed, lists, bad bodies, and clients that leave before, within and after. About every ${extentOf(plan).mishapEveryMs / 1000} s something goes wrong on a node.`,
    ],
    tables: [
      { title: "Memory and files", head: ["", "after warm-up", "at the end", "most"], rows: memoryRows(driven) },
      endsTable(driven),
      rowsTable(rows),
      { title: "What went wrong on the nodes", head: ["what", "times"], rows: [...driven.mishaps] },
    ],
    targets: plan.isShort ? [] : targetsOf(driven, openFiles),
    notes: notesOf({ driven, rows, openFiles, plan }),
    ...(plan.isShort
      ? {}
      : { chart: { text: asciiChart(curve), svg: svgChart(curve), svgName: "benchmarks-soak.svg" } }),
    failures: wrongRows + outOfOrder + driven.skipped,
  };
}

function targetsOf({ sights }: Driven, openFiles: Soaked["openFiles"]): readonly Target[] {
  const minutes = sights.at(-1)?.minutes ?? 0;
  const perHour = growthOf(sights.map(({ minutes, residentMib }) => ({ x: minutes / 60, y: residentMib })));
  const about = { side: "upper" } as const;
  const targets: readonly Target[] = [
    {
      what: "growth of the lowest resident memory after warm-up, between collections",
      bound: GROWTH_BOUND,
      measured: perHour,
      unit: "MiB/h",
      ...about,
    },
    {
      what: "open files at rest, more than before",
      bound: OPEN_FILES_BOUND,
      measured: openFiles.after - openFiles.before,
      unit: "",
      ...about,
    },
  ];
  return minutes < TELLING_MINUTES ? targets.slice(1) : targets;
}

function memoryRows({ sights }: Driven) {
  const warm = warmPart(sights);
  const third = Math.ceil(warm.length / 3);
  const row = (name: string, field: "residentMib" | "anonymousMib" | "openFiles" | "agentsMib") => {
    const values = warm.map((sight) => sight[field]);
    return [name, median(values.slice(0, third)), median(values.slice(-third)), Math.max(...values)];
  };
  return [
    row("resident memory of `herd`, MiB", "residentMib"),
    row("of it heap and stacks, MiB", "anonymousMib"),
    row("open files of `herd`", "openFiles"),
    row("resident memory of three `herd-node` together, MiB", "agentsMib"),
  ];
}

function endsTable({ ends }: Driven): Table {
  const rows = [...ends].toSorted(([a], [b]) => a.localeCompare(b)).map(([key, count]) => [...key.split(": "), count]);
  return { title: "How requests ended for their clients", head: ["request", "end", "times"], rows };
}

function rowsTable({ right, missing, repeated, unasked, ends }: RowCheck): Table {
  return {
    title: "Rows in the records",
    head: ["what", "times"],
    rows: [
      ["requests with the rows that they should have", right],
      ["requests without a row", missing],
      ["requests with more than one", repeated],
      ["rows of requests that leave none", unasked],
      ...ends.map(({ end, count }) => [`row: ${end}`, count]),
    ],
  };
}

function notesOf({ driven, rows, openFiles }: Soaked): readonly string[] {
  const wrong = [...driven.outOfOrder].map(([key, count]) => `${count} × ${key}`);
  return [
    `Open files of herd: ${openFiles.before} before, ${openFiles.after} at rest afterwards.`,
    "A stored `no_output` is an answer without a text, a stored `incomplete` one that broke off and was told so.",
    ...(driven.skipped > 0 ? [`${driven.skipped} requests were not sent because too many were under way.`] : []),
    ...(wrong.length > 0 ? [`No fault excuses: ${wrong.join(", ")}.`] : []),
    ...driven.examples,
    ...(rows.examples.length > 0 ? [`Wrong rows, for example of ${rows.examples.join(", ")}.`] : []),
  ];
}
