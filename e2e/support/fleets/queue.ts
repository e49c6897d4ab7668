import type { FleetQueue } from "@herd/shared";
import { askJson, type Target } from "../clients/http-call.ts";
import { until } from "../until.ts";

/** A state of the queue that is waited for. */
export interface AwaitedQueue extends Partial<Pick<FleetQueue, "queue_depth" | "in_flight" | "pending" | "held">> {
  /** Default 5 s. */
  readonly withinMs?: number;
}

/** Waits until `/fleet/queue` shows these numbers. */
export async function untilQueue(target: Target, { withinMs = 5_000, ...wanted }: AwaitedQueue): Promise<void> {
  const look = async (): Promise<boolean> => {
    const queue = await askJson<FleetQueue>(target, { path: "/fleet/queue" });
    return Object.entries(wanted).every(([name, value]) => queue[name as keyof typeof wanted] === value);
  };
  await until({ what: `the queue shows ${JSON.stringify(wanted)}`, look, withinMs });
}
