import { randomBytes } from "node:crypto";
import { type RequestId, requestId } from "@herd/shared";

const ACCEPTED = /^[A-Za-z0-9._-]{1,64}$/;

/** Tells this run of the router from any other. */
const runMark = randomBytes(4).toString("hex");
let count = 0;

/**
 * The client's `X-Request-Id` when it has an acceptable form, else a new one. New ones grow with time, so that the
 * database's index over them grows at its end.
 */
export function requestIdOf(given: string | readonly string[] | undefined): RequestId {
  if (typeof given === "string" && ACCEPTED.test(given)) return requestId(given);
  count += 1;
  return requestId(`${Date.now().toString(36)}-${count.toString(36).padStart(4, "0")}-${runMark}`);
}
