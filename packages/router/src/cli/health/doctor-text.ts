import { countOf, durationOf, harmlessText, spanOf, type Tone } from "@herd/shared/terminal";
import { z } from "zod";
import type { Page } from "../frame/shell.ts";
import { wrapped } from "../frame/wrapped.ts";

const text = z.string().nullish().catch(undefined);
const flag = z.boolean().optional().catch(undefined);

const finding = z
  .object({
    check_id: z.string(),
    severity: z.enum(["critical", "warning", "info"]).catch("warning"),
    title: z.string().catch(""),
    description: text,
    why: text,
    fix: text,
    command: text,
    node_id: text,
    traces: z.array(z.string()).optional().catch(undefined),
    since: z.number().nullish().catch(undefined),
    resolved: flag,
    is_resolved: flag,
    acknowledged: z.unknown().optional(),
    snoozed_until: z.unknown().optional(),
    data: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  })
  .transform((told) => ({
    ...told,
    isOver: told.resolved === true || told.is_resolved === true || told.data?.["resolved"] === true,
    isSilenced: isSet(told.acknowledged) || isSet(told.snoozed_until),
  }));

const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== false && value !== 0;

/** `GET /dashboard/api/health`, as far as it is shown. */
export const healthReport = z.object({
  vitals: z.record(z.string(), z.unknown()).catch({}),
  recommendations: z.array(finding),
  checked_at: z.number().nullish().catch(undefined),
});

/** What the checks found. */
export type HealthReport = z.output<typeof healthReport>;
type Finding = HealthReport["recommendations"][number];

const severities = ["critical", "warning", "info"] as const;
const SIGNS: Readonly<Record<Finding["severity"], readonly [string, Tone]>> = {
  critical: ["✗ critical", "bad"],
  warning: ["! warning", "warning"],
  info: ["· worth knowing", "quiet"],
};

/** The findings by severity, then the fleet's vitals. */
export function doctorText(report: HealthReport, page: Page): string {
  const findings = severities.flatMap((severity) => report.recommendations.filter((one) => one.severity === severity));
  const parts = [headLine(report, page), ...findings.map((one) => findingText(one, page)), vitalsText(report, page)];
  return parts.filter((part) => part !== "").join("\n");
}

function headLine({ recommendations, vitals }: HealthReport, { paint }: Page): string {
  const count = (severity: Finding["severity"]): number =>
    recommendations.filter((one) => one.severity === severity && !one.isOver && !one.isSilenced).length;
  const [critical, warnings, infos] = [count("critical"), count("warning"), count("info")];
  const score = typeof vitals["health_score"] === "number" ? `health ${Math.round(vitals["health_score"])} of 100` : "";
  const counts = [
    critical === 0 ? "" : paint(`${critical} critical`, "bad"),
    warnings === 0 ? "" : paint(countOf(warnings, "warning"), "warning"),
    infos === 0 ? "" : `${infos} worth knowing`,
  ].filter((part) => part !== "");
  const word = critical + warnings === 0 ? paint("nothing is wrong", "good") : "";
  return `${[score, word, ...counts].filter((part) => part !== "").join(" · ")}\n`;
}

/** Longer lines are hard to read. */
const WIDEST = 100;

function findingText(one: Finding, { paint, width, now, typed }: Page): string {
  const [sign, tone] = SIGNS[one.severity];
  const state = one.isOver ? " (over)" : one.isSilenced ? " (silenced)" : "";
  const standsFor = one.since == null ? 0 : now / 1000 - one.since;
  const since = standsFor < 60 ? "" : `, for ${spanOf(standsFor)}`;
  const where = one.node_id ? `${one.node_id}: ` : "";
  const title = harmlessText(`${where}${one.title || one.check_id}${since}${state}`);
  const rows: readonly (readonly [string, string | null | undefined])[] = [
    ["", one.description],
    ["Why: ", one.why],
    ["Fix: ", one.fix == null ? one.fix : typed(one.fix)],
  ];
  const lines = rows.flatMap(([label, said]) =>
    said ? wrapped(label + harmlessText(said), Math.min(width, WIDEST), 4) : [],
  );
  const command = one.command ? [`    $ ${paint(harmlessText(typed(one.command)), "strong")}`] : [];
  const traces = (one.traces ?? [])
    .filter((path) => one.command?.includes(idIn(path)) !== true)
    .slice(0, 3)
    .map((path) => `    ${typed("herd explain ")}${harmlessText(idIn(path))}`);
  const check = paint(harmlessText(`    check ${one.check_id}`), "quiet");
  return `${[`${paint(sign, tone)}  ${paint(title, "strong")}`, ...lines, ...command, ...traces, check].join("\n")}\n`;
}

/** Requests are named by the path under which the router tells of them. */
const idIn = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Vitals in the order and words in which they are shown. */
const VITALS: readonly (readonly [name: string, words: string, show: (value: number) => string])[] = [
  ["nodes_total", "machines", String],
  ["nodes_online", "online", String],
  ["nodes_degraded", "silent", String],
  ["nodes_offline", "offline", String],
  ["total_requests_24h", "requests in 24 h", String],
  ["overall_error_rate_pct", "failed", (value) => `${value} %`],
  ["total_retries_24h", "tried again", String],
  ["avg_ttft_ms", "first token after", durationOf],
  ["cold_loads_24h", "loads", String],
  ["client_disconnects_24h", "clients left", String],
  ["incomplete_streams_24h", "broken off", String],
];

function vitalsText({ vitals }: HealthReport, { paint }: Page): string {
  const shown = VITALS.flatMap(([name, words, show]) => {
    const value = vitals[name];
    return typeof value === "number" ? [`${words} ${show(value)}`] : [];
  });
  return shown.length === 0 ? "" : `${paint(shown.join(" · "), "quiet")}\n`;
}
