import { textLines } from "../domain/text/text-lines.ts";
import type { BenchmarkTarget } from "./benchmark-order.ts";
import type { PullProgress } from "./progress.ts";

/** A model that a node is to get. */
export interface Pulling {
  readonly url: string;
  readonly target: BenchmarkTarget;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: PullProgress) => void;
}

/** Pulls it by the router's own route. @throws Error with the node's or the router's words when it does not arrive. */
export async function pullModel({ url, target, signal, onProgress }: Pulling): Promise<void> {
  const { model, nodeId } = target;
  const body = JSON.stringify({ model, node_id: nodeId, stream: true });
  const response = await fetch(`${url}/api/pull`, { method: "POST", body, signal });
  let last: Told = {};
  for await (const line of textLines(response.body ?? [])) {
    last = toldIn(line);
    onProgress({
      model,
      nodeId,
      completed: Number(last["completed"] ?? 0),
      total: Number(last["total"] ?? 0),
      status: String(last["status"] ?? ""),
    });
  }
  if (last["status"] === "success") return;
  throw new Error(`'${model}' could not be pulled to ${nodeId}: ${last["error"] ?? "it ended early"}`);
}

/** A line that is no record tells nothing: the pull has then ended without success. */
function toldIn(line: string): Told {
  try {
    const told: unknown = JSON.parse(line);
    return typeof told === "object" && told !== null ? (told as Told) : {};
  } catch {
    return { error: "the answer is no list of records" };
  }
}

type Told = Readonly<Record<string, unknown>>;
