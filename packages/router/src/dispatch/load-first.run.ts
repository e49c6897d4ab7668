import type { Pool } from "undici";
import type { FailedAttempt } from "./attempt-result.ts";
import { classifyAnswer } from "./classify-answer.ts";
import { classifyError } from "./classify-error.ts";

/** A load that the router owns: no client's leaving can abort it. */
export interface LoadOrder {
  readonly pool: Pool;
  /** Path of the route on that backend that loads the model when it is given nothing to do. */
  readonly path: string;
  readonly headers: string[];
  /** Model name as the node lists it. */
  readonly model: string;
  /** Load-time options, JSON members without braces; empty when the request sets none. */
  readonly loadOptions: Readonly<Record<string, number | boolean>>;
  /** Silence that ends the load, ms. */
  readonly stallCapMs: number;
  /** Aborted when the node is gone, so that nobody waits for its load. */
  readonly signal: AbortSignal;
}

/** How a load ended. `skipped`: the backend does not load this way, the request itself will. */
export type LoadResult = { readonly kind: "loaded" } | { readonly kind: "skipped" } | FailedAttempt;

/**
 * Loads a model with a request that asks for nothing. On Ollama a client that leaves during a load aborts it, and one that gives up and
 * comes again would keep a big model from ever loading; so the load runs on a connection of the router's own.
 */
export async function loadFirst(order: LoadOrder): Promise<LoadResult> {
  const options = Object.keys(order.loadOptions).length === 0 ? {} : { options: order.loadOptions };
  try {
    const response = await order.pool.request({
      method: "POST",
      path: order.path,
      headers: [...order.headers, "content-type", "application/json"],
      body: JSON.stringify({ model: order.model, ...options }),
      signal: AbortSignal.any([AbortSignal.timeout(order.stallCapMs), order.signal]),
    });
    const text = await response.body.text();
    return resultOf({ status: response.statusCode, text, isGateway: response.headers["x-herd-gateway"] !== undefined });
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    const failureClass = error.name === "TimeoutError" ? "stall" : "unreachable";
    return { kind: "failed", failureClass, status: undefined, answer: undefined, ...classifyError(error) };
  }
}

function resultOf(given: { readonly status: number; readonly text: string; readonly isGateway: boolean }): LoadResult {
  const { status, text, isGateway } = given;
  if (status < 300) return { kind: "loaded" };
  const detail = `while loading, HTTP ${status}: ${text.slice(0, 500)}`;
  if (isGateway)
    return { kind: "failed", failureClass: "unreachable", detail, status, answer: undefined, isRefused: false };
  const failureClass = classifyAnswer({ status, text });
  if (failureClass === "callers-fault") return { kind: "skipped" };
  const answer = { status, headers: ["Content-Type", "application/json; charset=utf-8"], body: Buffer.from(text) };
  return { kind: "failed", failureClass, detail, status, answer, isRefused: false };
}
