import type { FleetStatus } from "@herd/shared";
import type { Answer } from "./fleet-knowledge.ts";

/** What asking needs. */
export interface AskDependencies {
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  /** After how long a router that keeps silent counts as not answering, ms. */
  readonly timeoutMs: number;
}

/** Asks the router for the fleet once. Every failure is an answer that says why; nothing is thrown. */
export async function askFleetStatus({ fetch, timeoutMs }: AskDependencies): Promise<Answer> {
  try {
    const response = await fetch("/fleet/status", {
      signal: AbortSignal.timeout(timeoutMs),
      cache: "no-store",
      headers: { accept: "application/json" },
    });
    return response.ok ? await readStatus(response) : { kind: "failure", reason: await refusalOf(response) };
  } catch (error) {
    return { kind: "failure", reason: explain(error, timeoutMs) };
  }
}

async function readStatus(response: Response): Promise<Answer> {
  const value: unknown = await response.json();
  if (isFleetStatus(value)) return { kind: "status", status: value };
  return { kind: "failure", reason: "its answer is not a fleet status; load the page again after an update" };
}

/** The router's own words about a refusal, with its hint. */
async function refusalOf(response: Response): Promise<string> {
  const value: unknown = await response.json().catch(() => undefined);
  const sentence = isRecord(value) && typeof value["error"] === "string" ? value["error"] : response.statusText;
  const hint = response.headers.get("x-herd-hint");
  return [`HTTP ${response.status}`, sentence, hint].filter(Boolean).join(": ");
}

function explain(error: unknown, timeoutMs: number): string {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return `no answer within ${Math.round(timeoutMs / 1000)} s`;
  }
  if (error instanceof SyntaxError) return "its answer is not JSON";
  return "no connection; is the router running, and is this machine on its network?";
}

/**
 * Looks at the parts without which the page cannot be drawn. The whole contract is checked in the router's own tests; its
 * schemas are larger than this page.
 */
function isFleetStatus(value: unknown): value is FleetStatus {
  if (!isRecord(value) || !isRecord(value["fleet"]) || !isRecord(value["queues"])) return false;
  return Array.isArray(value["nodes"]) && value["nodes"].every(isNode) && Object.values(value["queues"]).every(isQueue);
}

function isNode(value: unknown): boolean {
  if (!isRecord(value) || !isRecord(value["hardware"])) return false;
  const { node_id: name, status } = value;
  return (
    typeof name === "string" &&
    typeof status === "string" &&
    [value["backends"], value["findings"]].every(Array.isArray)
  );
}

function isQueue(value: unknown): boolean {
  return isRecord(value) && typeof value["model"] === "string" && typeof value["pending"] === "number";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
