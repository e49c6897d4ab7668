import { type Fault, faultKinds } from "./fault.ts";

/** A fault from its JSON, or why it is none. */
export type ReadFault =
  | { readonly ok: true; readonly fault: Fault | undefined }
  | { readonly ok: false; readonly error: string };

/** Numbers that a kind cannot do without. */
const required: Partial<Record<Fault["kind"], string>> = {
  "slow-first-byte": "milliseconds",
  "cut-mid-stream": "afterRecords",
  "error-record-mid-stream": "afterRecords",
};

/** Reads a fault; `null` means that none is to be switched on. */
export function readFault(json: string): ReadFault {
  const value = parse(json);
  if (value === null) return { ok: true, fault: undefined };
  if (typeof value !== "object") return { ok: false, error: "a fault is a JSON object or null" };
  const kind = faultKinds.find((candidate) => "kind" in value && value.kind === candidate);
  if (kind === undefined) return { ok: false, error: `kind must be one of ${faultKinds.join(", ")}` };
  const field = required[kind];
  if (field !== undefined && typeof (value as Record<string, unknown>)[field] !== "number") {
    return { ok: false, error: `${kind} needs the number ${field}` };
  }
  return { ok: true, fault: value as Fault };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Told to the sender as "not an object".
    return undefined;
  }
}
