import { type HeartbeatReply, heartbeatReply } from "@herd/shared";
import { z } from "zod";
import type { RouterAnswer } from "./router-calls.ts";

/** What became of one heartbeat. */
export type Delivery =
  | { readonly kind: "accepted"; readonly reply: HeartbeatReply; readonly isLegacy: boolean }
  | Refusal
  | { readonly kind: "failed"; readonly reason: string }
  /** No router is known to send it to. */
  | { readonly kind: "unsent" };

/** The router answered, and does not want this heartbeat. */
export interface Refusal {
  readonly kind: "refused";
  readonly status: number;
  /** Code of the router's catalogue; undefined from other servers. */
  readonly code: string | undefined;
  readonly message: string;
  readonly field: string | undefined;
  readonly hint: string | undefined;
}

const text = z.string().optional().catch(undefined);
const errorShape = z.object({ error: text, code: text, field: text, hint: text });
const stampShape = z.object({ router_time_ms: z.number() });

/** Reads an answer to `POST /heartbeat`; to a predecessor's router only status 200 means success. */
export function deliveryOf(answer: RouterAnswer, isLegacy: boolean): Delivery {
  if (answer.kind === "failed") return answer;
  if (answer.status === 200) {
    const reply = heartbeatReply.safeParse(answer.body);
    if (reply.success) return { kind: "accepted", reply: reply.data, isLegacy };
    return { kind: "failed", reason: "the answer is not a router's" };
  }
  if (answer.status >= 500) return { kind: "failed", reason: `the router answered ${answer.status}` };
  return refusalOf(answer.status, answer.body);
}

/** Reads an answer that is no success. */
export function refusalOf(status: number, body: unknown): Refusal {
  const parsed = errorShape.safeParse(body);
  const { error, code, field, hint } = parsed.success ? parsed.data : {};
  return { kind: "refused", status, code, message: error ?? `it answered ${status}`, field, hint };
}

/** The router's clock as any of its answers states it, errors included. */
export function routerTimeOf(answer: RouterAnswer): number | undefined {
  const parsed = answer.kind === "answered" ? stampShape.safeParse(answer.body) : undefined;
  return parsed?.data?.router_time_ms;
}
