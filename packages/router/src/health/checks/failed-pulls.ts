import { modelKeyOf } from "../../domain/model-name.ts";
import type { Check, Finding } from "../check.ts";
import type { HealthFacts } from "../facts.ts";
import { pullCommand } from "../reading/commands.ts";
import { endsOf, groupedBy, tracesOf } from "../reading/evidence.ts";
import { isSameModel } from "../reading/real-models.ts";
import { listed } from "../reading/wording.ts";
import { plainText } from "../words.ts";

/** The event of a pull that went well. */
const PULLED = "pulled";
/** What Ollama says of a name that the library does not have. */
const UNKNOWN_NAME = /file does not exist|manifest unknown/i;

/** Pulls that failed, and whose model is still missing where it was wanted. */
export const failedPulls: Check = {
  id: "failed_pulls",
  title: "Pulls that failed",
  meaning:
    "A pull of the last 24 hours failed, and the model is still not where it was wanted: a warning; information when the library has no such name.",
  appliesTo: ({ traffic }) =>
    (traffic.events ?? []).length > 0 || (traffic.ends ?? []).some(({ kind }) => kind === "pull"),
  inspect: (facts) =>
    groupedBy(stillMissing(facts), ({ model }) => model).map(([model, failures]) => findingOf(facts, model, failures)),
};

function findingOf(facts: HealthFacts, model: string, failures: readonly FailedPull[]): Finding {
  const nodes = [...new Set(failures.map(({ nodeId }) => nodeId))].filter((node) => node !== "");
  const reason = failures.find((failure) => failure.reason !== "")?.reason ?? "";
  const rows = endsOf(facts, "failed", "incomplete").filter((row) => row.kind === "pull" && row.model === model);
  const place = nodes.length === 0 ? "" : ` to ${listed(nodes)}`;
  return {
    ...remedyFor(UNKNOWN_NAME.test(reason), pullCommand(model, nodes[0])),
    nodeId: nodes.length === 1 ? nodes[0] : undefined,
    subject: model,
    title: "A pull failed",
    description: `${plainText(model)} could not be pulled${place}${reason === "" ? "" : `: ${plainText(reason)}`}.`,
    why: "The model is not where somebody wanted it; requests for it go elsewhere or fail.",
    traces: tracesOf(rows),
    details: { model, nodes, reason, failures: failures.length },
  };
}

const remedyFor = (isUnknown: boolean, command: string | undefined): Pick<Finding, "severity" | "fix" | "command"> =>
  isUnknown
    ? {
        severity: "info",
        fix: "Look at the name: the library has no such model, or none with this tag",
        command: undefined,
      }
    : {
        severity: "warning",
        fix: "Try again: what has arrived is kept. If it fails again, look at the free disk and the network of the node",
        command,
      };

interface FailedPull {
  /** Unix epoch ms. */
  readonly at: number;
  readonly nodeId: string;
  readonly model: string;
  readonly reason: string;
}

function stillMissing(facts: HealthFacts): readonly FailedPull[] {
  const events = (facts.traffic.events ?? []).filter(({ event }) => /pull/i.test(event) && /fail/i.test(event));
  // A name that no library has is the caller's fault, and no model that is missing.
  const ended = endsOf(facts, "failed", "incomplete").filter(
    ({ kind, nodeId, errorClass }) => kind === "pull" && nodeId !== "" && errorClass !== "callers-fault",
  );
  const pulls = [...events, ...ended.map((row) => ({ ...row, reason: row.error }))];
  return pulls.filter((pull) => !isThere(facts, pull));
}

/** On a machine that is off, too: what lies on its disk is there when it is back. */
function isThere({ fleet, traffic }: HealthFacts, { nodeId, model, at }: FailedPull): boolean {
  const key = modelKeyOf(model);
  const holders = key === undefined ? [] : (fleet.holders.get(key) ?? []);
  if (holders.some(({ node }) => nodeId === "" || node.nodeId === nodeId)) return true;
  // It came later, and somebody has taken it away since.
  return (traffic.events ?? []).some(
    (event) => event.event === PULLED && event.at > at && event.nodeId === nodeId && isSameModel(event.model, model),
  );
}
