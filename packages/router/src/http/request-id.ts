import { randomUUID } from "node:crypto";
import { type RequestId, requestId } from "@herd/shared";

const ACCEPTED = /^[A-Za-z0-9._-]{1,64}$/;

/** The client's `X-Request-Id` when it has an acceptable form, else a new one. */
export function requestIdOf(given: string | readonly string[] | undefined): RequestId {
  return requestId(typeof given === "string" && ACCEPTED.test(given) ? given : randomUUID());
}
