import { toGib } from "@herd/shared";
import type { AdviceFacts } from "./advice-facts.ts";
import type { Advice, NodeAdvice, RemovalView, SecondCopyView } from "./advice-view.ts";
import type { Category } from "./catalogue/catalogue.ts";
import { type Demand, demandOf } from "./demand.ts";
import { type NodeOutlook, outlookOf } from "./node-outlook.ts";
import type { OwnModel } from "./own-models.ts";
import { type PlannedModel, planNode } from "./plan-node.ts";
import { pulling, recommendationOf, removing } from "./recommendation-of.ts";
import { type SecondCopy, secondCopies } from "./second-copies.ts";
import { type UnusedModel, unusedOn } from "./unused-models.ts";

/** What each node should have, may lose and could take over. Pure: the same facts give the same advice. */
export function recommend(facts: AdviceFacts): Advice {
  const demand = demandOf(facts);
  const outlooks = facts.fleet.nodes
    .filter(({ status, isDraining }) => status !== "offline" && !isDraining)
    .map((node) => outlookOf(node, facts))
    .toSorted(biggestFirst);
  const plans = planAll(outlooks, demand, facts);
  const nodes = plans.map(({ outlook, plan }) => nodeAdvice({ outlook, plan, demand, facts }));
  const copies = secondCopies(outlooks, facts).map((copy) => copyView(copy));
  const covered = new Set(outlooks.flatMap(({ own }) => own.flatMap(categoriesOf)));
  const uncovered = demand.order.filter((category) => !covered.has(category));
  return {
    nodes,
    second_copies: copies,
    usage: {
      total_requests_24h: demand.requests24h,
      category_breakdown: Object.fromEntries(demand.day),
      top_models: demand.topModels,
      category_coverage: Object.fromEntries(demand.order.map((category) => [category, covered.has(category)])),
    },
    fleet_summary: summaryOf(nodes, copies, uncovered),
    uncovered_categories: uncovered,
    generated_at: facts.now / 1000,
  };
}

const categoriesOf = ({ category, entry }: OwnModel): readonly Category[] => [
  category,
  ...(entry?.secondary_categories ?? []),
];

interface PlannedNode {
  readonly outlook: NodeOutlook;
  readonly plan: readonly PlannedModel[];
}

/** Node by node, the biggest first; each plan knows what the nodes before it are to have. */
function planAll(outlooks: readonly NodeOutlook[], demand: Demand, facts: AdviceFacts): readonly PlannedNode[] {
  const planned = new Map<string, number>();
  return outlooks.map((outlook) => {
    const wish = {
      categories: demand.order,
      isAsked: (category: Category) => (demand.week.get(category) ?? 0) > 0,
      copiesOf: (name: string) => planned.get(name) ?? 0,
    };
    const plan = planNode(outlook, wish, facts);
    for (const model of plan) {
      const name = model.kind === "kept" ? model.own.entry?.ollama_name : model.fit.entry.ollama_name;
      if (name !== undefined) planned.set(name, (planned.get(name) ?? 0) + 1);
    }
    return { outlook, plan };
  });
}

const biggestFirst = (one: NodeOutlook, other: NodeOutlook): number =>
  other.hardware.usableBytes - one.hardware.usableBytes || (one.node.nodeId < other.node.nodeId ? -1 : 1);

interface NodeParts extends PlannedNode {
  readonly demand: Demand;
  readonly facts: AdviceFacts;
}

function nodeAdvice({ outlook, plan, demand, facts }: NodeParts): NodeAdvice {
  const { node, hardware, own } = outlook;
  const disk = facts.diskOf(node);
  const firstChoice = plan.find(({ kind }) => kind === "chosen");
  const memory = plan.reduce(
    (sum, each) => sum + (each.kind === "kept" ? each.own.memoryBytes : each.fit.memoryBytes),
    0,
  );
  const downloads = plan.reduce((sum, each) => sum + (each.kind === "kept" ? 0 : each.fit.downloadBytes), 0);
  return {
    node_id: node.nodeId,
    ...(node.isSimulated ? { simulated: true as const } : {}),
    total_ram_gb: toGib(hardware.totalBytes),
    usable_ram_gb: toGib(hardware.usableBytes),
    memory_kind: hardware.kind,
    memory_bandwidth_gbps: node.memoryBandwidth ?? null,
    context_tokens: hardware.contextTokens,
    current_models: own.map(({ model }) => model.name).toSorted(),
    recommendations: plan.map((planned) =>
      recommendationOf(planned, { outlook, demand, qualityOf: facts.qualityOf, isFirst: planned === firstChoice }),
    ),
    removals: unusedOn(outlook, facts)
      .filter(({ own: unused }) => !plan.some((planned) => ownOf(planned) === unused))
      .map((unused) => removalView(unused, node.nodeId)),
    disk_total_gb: disk === undefined ? null : toGib(disk.totalBytes),
    disk_available_gb: disk === undefined ? null : toGib(disk.freeBytes - downloads),
    total_recommended_ram_gb: toGib(memory),
    ram_headroom_gb: toGib(hardware.usableBytes - memory),
    notes: notesOf(outlook),
  };
}

const ownOf = (planned: PlannedModel): OwnModel | undefined =>
  planned.kind === "kept" ? planned.own : planned.fit.own;

/** Why a node is offered less than its memory would hold. */
function notesOf({ node, canPull, downloadable }: NodeOutlook): readonly string[] {
  if (node.isSimulated) return ["It is a simulated machine of the demo: this shows what advice looks like."];
  if (!canPull) return ["Its Ollama does not answer: nothing can be pulled there."];
  if (downloadable === undefined) return ["Its free disk is not known: look before you pull."];
  return downloadable === 0 ? ["Its disk has no room for another model; 5 % of it stay free."] : [];
}

function removalView({ own, otherCopies }: UnusedModel, node: string): RemovalView {
  const { name } = own.model;
  const isKnown = own.entry !== undefined || isHubName(name);
  const elsewhere = otherCopies === 0 ? "No other node has it." : `Other nodes that have it: ${otherCopies}.`;
  return {
    model: name,
    size_gb: toGib(own.weightBytes),
    other_copies: otherCopies,
    reason: `Not used here in 30 days; takes ${toGib(own.weightBytes)} GiB of the disk. ${elsewhere}${isKnown ? "" : UNKNOWN_SOURCE}`,
    confidence: !isKnown ? "low" : otherCopies === 0 ? "medium" : "high",
    command: removing(name, node),
    undo: pulling(name, node),
  };
}

/** What was made here, from a file or another model, cannot be pulled. */
const UNKNOWN_SOURCE = " It is not on the list of known models: if it was made here, it cannot be pulled again.";

const isHubName = (name: string): boolean => /^(?:hf\.co|huggingface\.co)\//.test(name);

function copyView({ own, node, requests7d, meanWaitMs, waitingNow }: SecondCopy): SecondCopyView {
  const { name } = own.model;
  const { nodeId } = node.node;
  const waited = `${requests7d} requests in 7 days waited ${Math.round(meanWaitMs)} ms on average`;
  return {
    model: name,
    node_id: nodeId,
    requests_7d: requests7d,
    mean_wait_ms: Math.round(meanWaitMs),
    waiting_now: waitingNow,
    ram_gb: toGib(own.memoryBytes),
    size_gb: toGib(own.weightBytes),
    reason: `${waited}, ${waitingNow} wait now: a copy on ${nodeId} would share the work.`,
    command: pulling(name, nodeId),
    undo: removing(name, nodeId),
  };
}

function summaryOf(nodes: readonly NodeAdvice[], copies: readonly unknown[], uncovered: readonly Category[]): string {
  if (nodes.length === 0) return "No node is online: there is nothing to recommend.";
  const all = nodes.flatMap(({ recommendations }) => recommendations);
  const missing = all.filter((one) => !one.already_available);
  const size = missing.reduce((sum, one) => sum + one.disk_needed_gb, 0);
  const removals = nodes.reduce((sum, node) => sum + node.removals.length, 0);
  return [
    `${counted(nodes.length, "node")}: ${all.length - missing.length} of ${counted(all.length, "recommended model")} there.`,
    missing.length === 0 ? "" : `${counted(missing.length, "download")}, ${Math.round(size * 10) / 10} GiB in all.`,
    removals === 0 ? "" : `${counted(removals, "unused model")} may go.`,
    copies.length === 0 ? "" : `${counted(copies.length, "model")} should be on one more node.`,
    uncovered.length === 0 ? "" : `No model yet for ${uncovered.join(", ")}.`,
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
