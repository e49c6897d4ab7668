import { fromGib } from "@herd/shared";
import { counted } from "../../domain/text/counted.ts";
import type { Finding } from "../check.ts";
import type { HealthFacts } from "../facts.ts";
import { gibText } from "../words.ts";
import { pullCommand } from "./commands.ts";
import { endsOf, recentOf, tracesOf } from "./evidence.ts";
import { holdersOf } from "./real-models.ts";
import { sumOf } from "./use-sums.ts";
import { listed } from "./wording.ts";

/** Pictures or speech: the kind of the requests, and the words for what they give. */
export interface MediaWords {
  readonly kind: "image" | "transcribe";
  /** One of them, for example `picture`. */
  readonly product: string;
  readonly title: string;
}

const cellsOf = ({ traffic }: HealthFacts, kind: string) =>
  (traffic.uses ?? []).filter((cell) => cell.kind === kind && cell.model !== "");

/** Requests for one medium within 24 hours. */
export const servedOf = (facts: HealthFacts, kind: string): number => sumOf(cellsOf(facts, kind), "day", "requests");

/** What became of them: information, and a warning when one failed within the last hour. */
export function activityFindings(facts: HealthFacts, { kind, product, title }: MediaWords): readonly Finding[] {
  const cells = cellsOf(facts, kind);
  const total = sumOf(cells, "day", "requests");
  if (total === 0) return [];
  const failed = sumOf(cells, "day", "failed") + sumOf(cells, "day", "incomplete");
  // What was asked wrongly, or for a model that nobody has, is no failure of the fleet.
  const rows = endsOf(facts, "failed", "incomplete").filter(
    (row) => row.kind === kind && row.nodeId !== "" && row.errorClass !== "callers-fault",
  );
  const isFailing = recentOf(facts, rows).length > 0;
  return [
    {
      severity: isFailing ? "warning" : "info",
      nodeId: undefined,
      subject: "",
      title,
      description: `${counted(total, product)} in 24 hours with ${listed(cells.map(({ model }) => model))}; ${failed} failed.`,
      why: isFailing
        ? "Clients that ask for them get errors now."
        : "It shares memory and processors with the models that write texts.",
      fix: isFailing ? "Look at the error of a failed request and at the log of its node" : "Nothing has to be done",
      command: rows[0] === undefined ? undefined : `herd explain ${rows[0].requestId}`,
      traces: tracesOf(rows),
      details: { total, failed, models: [...new Set(cells.map(({ model }) => model))] },
    },
  ];
}

/** From which use on a further machine is worth while, and what it needs. */
export interface ExpansionRule extends MediaWords {
  readonly leastRequests: number;
  readonly leastFreeGb: number;
}

/** Machines with room that cannot serve what is asked for. */
export function expansionFindings(facts: HealthFacts, rule: ExpansionRule): readonly Finding[] {
  const cells = cellsOf(facts, rule.kind);
  const total = sumOf(cells, "day", "requests");
  const [top] = cells.toSorted((one, other) => other.day.requests - one.day.requests);
  if (total < rule.leastRequests || top === undefined) return [];
  const having = new Set(cells.flatMap(({ model }) => holdersOf(facts.fleet, model)).map(({ node }) => node.nodeId));
  // Where nobody lists the model it is no model of a backend, and cannot be pulled to another machine.
  if (having.size === 0) return [];
  const others = facts.fleet.nodes.filter(
    (node) =>
      !node.isSimulated &&
      node.status === "online" &&
      !having.has(node.nodeId) &&
      fromGib(node.memory.available_gb) >= fromGib(rule.leastFreeGb),
  );
  const [first] = others;
  if (first === undefined) return [];
  return [
    {
      severity: "info",
      nodeId: undefined,
      subject: "",
      title: rule.title,
      description: `${counted(total, rule.product)} in 24 hours came from ${listed(having)}; ${listed(others.map(({ nodeId }) => nodeId))} ${others.length === 1 ? "has" : "have"} at least ${gibText(rule.leastFreeGb)} free and no model for it.`,
      why: "One machine serves them one after the other; a second one would halve the wait and step in when the first is off.",
      fix: `Put ${top.model} on ${first.nodeId}`,
      command: pullCommand(top.model, first.nodeId),
      details: { total, nodes: others.map(({ nodeId }) => nodeId), model: top.model },
    },
  ];
}
