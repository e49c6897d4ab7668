import type { Notice } from "./notice.ts";
import { webhookRequestOf } from "./webhook-request.ts";

/** Where notices go; read at the time of sending. */
export interface WebhookTarget {
  /** http or https. */
  readonly url: string;
  /** Empty when bodies are not signed. */
  readonly secret: string;
}

const TIMEOUT_MS = 10_000;

/** Posts a notice. @throws Error with the reason when it was not taken */
export async function sendWebhook(notice: Notice, { url, secret }: WebhookTarget): Promise<void> {
  const { headers, body } = webhookRequestOf(notice, url, secret);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  // The owner named this address, and no other one shall get what the owner's fleet has to say.
  const response = await post(url, { method: "POST", headers, body, signal, redirect: "manual" });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the webhook answered ${response.status}`);
}

async function post(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    throw new Error(`the webhook cannot be reached: ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "no answer within 10 s";
  const { cause } = error;
  if (cause instanceof Error) return "code" in cause ? String(cause.code) : cause.message;
  return error.message;
}
