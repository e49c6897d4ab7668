import { toGib } from "@herd/shared";
import type { RecommendationView } from "./advice-view.ts";
import { benchmarkNames, type CatalogueModel, type Category } from "./catalogue/catalogue.ts";
import type { QualityOf } from "./catalogue/quality.ts";
import type { Demand } from "./demand.ts";
import type { ExpectedSpeed } from "./expected-speed.ts";
import { type LicenceKind, licenceKind } from "./licence.ts";
import type { NodeOutlook } from "./node-outlook.ts";
import type { PlannedModel } from "./plan-node.ts";
import { shellWord } from "./shell-word.ts";

/** What a planned model is told with. */
export interface Telling {
  readonly outlook: NodeOutlook;
  readonly demand: Demand;
  readonly qualityOf: QualityOf;
  readonly isFirst: boolean;
}

/** Puts one planned model into words and numbers. */
export function recommendationOf(planned: PlannedModel, telling: Telling): RecommendationView {
  return planned.kind === "kept" ? keptView(planned, telling) : chosenView(planned, telling);
}

/** The line that gets a model onto a node, and the one that takes it away. */
export const pulling = (model: string, node: string): string => `herd pull ${shellWord(model)} ${nodeFlag(node)}`;
export const removing = (model: string, node: string): string => `herd rm ${shellWord(model)} ${nodeFlag(node)}`;

/** A name that begins with a dash would be taken for a flag of its own. */
const nodeFlag = (node: string): string => `--node${node.startsWith("-") ? "=" : " "}${shellWord(node)}`;

type Kept = Extract<PlannedModel, { kind: "kept" }>;
type Chosen = Extract<PlannedModel, { kind: "chosen" }>;

function keptView({ own, speed }: Kept, { qualityOf }: Telling): RecommendationView {
  const { model, entry, category } = own;
  const requests = `${own.requests7d} ${own.requests7d === 1 ? "request" : "requests"} in 7 days`;
  return {
    model: model.name,
    display_name: entry?.display_name ?? model.name,
    category,
    ram_gb: toGib(own.memoryBytes),
    quality_score: entry === undefined ? 0 : rounded(qualityOf(entry, category).score),
    reason: `In use here (${requests}): keep it.${speedSentence(speed)}`,
    priority: "high",
    already_available: true,
    size_gb: toGib(own.weightBytes),
    disk_needed_gb: 0,
    ...factsOf(entry),
    context_length: model.contextMax ?? entry?.context_length ?? null,
    capabilities: model.capabilities ?? entry?.capabilities ?? [],
    ...speedFields(speed),
    confidence: "high",
    command: null,
    undo: null,
  };
}

function chosenView({ category, fit, quality }: Chosen, telling: Telling): RecommendationView {
  const { entry, own, speed } = fit;
  const node = telling.outlook.node.nodeId;
  return {
    model: own?.model.name ?? entry.ollama_name,
    display_name: entry.display_name,
    category,
    ram_gb: toGib(fit.memoryBytes),
    quality_score: rounded(quality.score),
    reason: reasonOf({ category, fit, quality }, telling),
    priority: priorityOf(category, telling),
    already_available: own !== undefined,
    size_gb: toGib(own?.weightBytes ?? fit.downloadBytes),
    disk_needed_gb: toGib(fit.downloadBytes),
    ...factsOf(entry),
    context_length: entry.context_length,
    capabilities: entry.capabilities,
    ...speedFields(speed),
    confidence: confidenceOf({ quality, fit }, telling.outlook),
    command: own === undefined ? pulling(entry.ollama_name, node) : null,
    undo: own === undefined ? removing(entry.ollama_name, node) : null,
  };
}

const factsOf = (entry: CatalogueModel | undefined) => ({
  licence: entry?.licence ?? null,
  benchmarks: entry?.benchmarks ?? {},
  sources: entry?.sources ?? {},
});

const speedFields = ({ tokensPerS, basis }: ExpectedSpeed) => ({
  expected_tokens_per_s: tokensPerS === undefined ? null : rounded(tokensPerS),
  speed_basis: basis,
});

function reasonOf(
  { category, fit, quality }: Pick<Chosen, "category" | "fit" | "quality">,
  { demand, outlook }: Telling,
): string {
  const asked = demand.week.get(category) ?? 0;
  const why = asked > 0 ? `${asked} ${asked === 1 ? "request" : "requests"} of this kind in 7 days. ` : "";
  const numbers = benchmarkNames.flatMap((name) => {
    const value = fit.entry.benchmarks[name];
    return value === undefined ? [] : `${name} ${value}`;
  });
  const told = numbers.length === 0 ? "no benchmark number is known of it" : numbers.join(", ");
  const [what, where] = fit.own === undefined ? ["Best fit", "here"] : ["Here already and the best fit", "here"];
  const context = number(Math.min(outlook.hardware.contextTokens, fit.entry.context_length));
  const memory = `${toGib(fit.memoryBytes)} of ${toGib(outlook.hardware.usableBytes)} GiB usable memory with a context of ${context}`;
  const rest = quality.known === 0 ? "; ranked without any number for this kind" : "";
  const disk = fit.own === undefined && outlook.downloadable === undefined ? " The free disk is not known." : "";
  const licence = LICENCE[licenceKind(fit.entry.licence)];
  return `${why}${what} for ${category} ${where}: ${told}${rest}; ${memory}.${speedSentence(fit.speed)}${disk}${licence}`;
}

const LICENCE: Readonly<Record<LicenceKind, string>> = {
  free: "",
  restricted: " Its licence forbids commercial use.",
  unknown: " Its licence is not known: read it first.",
};

const BASIS: Readonly<Record<ExpectedSpeed["basis"], string>> = {
  measured: "measured here",
  scaled: "scaled from models measured here",
  estimated: "estimated from the memory's bandwidth",
  unknown: "",
};

const speedSentence = ({ tokensPerS, basis }: ExpectedSpeed): string =>
  tokensPerS === undefined ? "" : ` About ${rounded(tokensPerS)} tokens/s (${BASIS[basis]}).`;

function priorityOf(category: Category, { demand, isFirst }: Telling): RecommendationView["priority"] {
  if (isFirst || (demand.week.get(category) ?? 0) > 0) return "high";
  return category === "fast-chat" || category === "embedding" ? "low" : "medium";
}

function confidenceOf(
  { quality: { known }, fit: { speed, own } }: Pick<Chosen, "quality" | "fit">,
  { downloadable }: NodeOutlook,
): RecommendationView["confidence"] {
  if (known === 0 || (own === undefined && downloadable === undefined)) return "low";
  return known >= 0.5 && speed.confidence !== "low" ? "high" : "medium";
}

const number = (value: number): string => value.toLocaleString("en-US");

const rounded = (value: number): number => Math.round(value * 10) / 10;
