import type { DiskReading } from "@herd/shared";
import type { Check, Finding } from "../check.ts";
import type { HealthFacts } from "../facts.ts";
import { type NodeInView, reportingNodes } from "../nodes/each-node.ts";
import { spareModel } from "../nodes/spare-model.ts";
import { removeCommand } from "../reading/commands.ts";
import { flagWord, gibOf, gibText, plainText, shellWord } from "../words.ts";

/** Free space below which a machine cannot take another model, and cannot work at all, GiB. */
const NODE_BOUNDS = { warning: 10, critical: 2 };
/** The router only writes records and logs there, GiB. */
const ROUTER_BOUNDS = { warning: 2, critical: 0.5 };

/** Volumes that are nearly full. */
export const diskSpace: Check = {
  id: "disk_space",
  title: "Disks that are nearly full",
  meaning:
    "for machines warning below 10 GiB of free space and critical below 2 GiB; for the router's data folder below 2 and 0.5 GiB",
  appliesTo: () => true,
  inspect: (facts) => [...nodeFindings(facts), ...routerFindings(facts)],
};

type Volume = readonly [subject: "disk" | "models", reading: DiskReading | undefined];

const nodeFindings = (facts: HealthFacts): readonly Finding[] =>
  reportingNodes(facts).flatMap((one) => volumesOf(one).flatMap((volume) => volumeFinding(facts, one, volume)));

function volumesOf({ node: { disk }, facts: { heartbeat } }: NodeInView): readonly Volume[] {
  const models = heartbeat.models_disk ?? undefined;
  const isOne = disk === undefined || models === undefined || isSameVolume(disk, models);
  return isOne
    ? [["disk", models ?? disk]]
    : [
        ["disk", disk],
        ["models", models],
      ];
}

function volumeFinding(facts: HealthFacts, one: NodeInView, [subject, volume]: Volume): readonly Finding[] {
  const { nodeId } = one.node;
  const severity = volume === undefined ? undefined : severityOf(volume.available_gb, volume.total_gb, NODE_BOUNDS);
  if (volume === undefined || severity === undefined) return [];
  const { available_gb, total_gb } = volume;
  const spare = spareModel(facts, nodeId, one.facts.heartbeat);
  return [
    {
      severity,
      nodeId,
      subject,
      title: `The ${subject === "models" ? "disk of the models" : "disk"} of ${plainText(nodeId)} is nearly full`,
      description: `${gibText(available_gb)} of ${gibText(total_gb)} are free.`,
      why: "Pulls fail there, and programs that cannot write may stop.",
      fix:
        spare === undefined
          ? "Delete models that nobody uses, or other files on that machine"
          : `Delete models that nobody uses, or other files; ${plainText(spare)} is in no memory there and lies on another machine, too`,
      command: spare === undefined ? `herd models ${flagWord("--node", nodeId)}` : removeCommand(spare, nodeId),
      details: { available_gb, total_gb, volume: subject },
    },
  ];
}

/** Agents tell the same volume twice where models lie on the root volume. */
const isSameVolume = (a: DiskReading, b: DiskReading): boolean =>
  Math.abs(a.total_gb - b.total_gb) < 0.5 && Math.abs(a.available_gb - b.available_gb) < 1;

function routerFindings({ router: { volume } }: HealthFacts): readonly Finding[] {
  if (volume === undefined) return [];
  const [available_gb, total_gb] = [gibOf(volume.availableBytes), gibOf(volume.totalBytes)];
  const severity = severityOf(available_gb, total_gb, ROUTER_BOUNDS);
  if (severity === undefined) return [];
  return [
    {
      severity,
      nodeId: undefined,
      subject: "router",
      title: "The router's disk is nearly full",
      description: `${gibText(available_gb)} of ${gibText(total_gb)} are free where ${volume.path} lies.`,
      why: "When it is full, requests go on, but nothing about them is recorded.",
      fix: "Make space there, or keep records for fewer days by the setting trace_retention_days",
      command: `du -sh ${shellWord(volume.path)}`,
      details: { available_gb, total_gb, volume: "router" },
    },
  ];
}

/** Small disks, as of little boards, are judged by their share. A size of 0 is no reading. */
function severityOf(
  available: number,
  total: number,
  bounds: { readonly warning: number; readonly critical: number },
): "warning" | "critical" | undefined {
  if (total <= 0) return undefined;
  if (available < Math.min(bounds.critical, total * 0.03)) return "critical";
  return available < Math.min(bounds.warning, total * 0.1) ? "warning" : undefined;
}
