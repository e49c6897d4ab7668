import type { ErrorCode } from "../../../domain/errors.ts";
import { goJsonString } from "../../go-types/go-json.ts";
import type { Refusal } from "../../reading/read-result.ts";

/** Ollama's answer to a push of a model that it does not have: a stream that begins well, or status 500 in one piece. */
export function failedPush(
  message: string,
  { isStream, code }: { readonly isStream: boolean; readonly code: ErrorCode },
): Refusal {
  const error = `{"error":${goJsonString(message)}}`;
  if (!isStream) return { status: 500, contentType: "application/json", body: error, code, message };
  const body = `${RECORDS}${error}\n`;
  return { status: 200, contentType: "application/x-ndjson", body, code, message };
}

const RECORDS = `{"status":"retrieving manifest"}\n{"status":"couldn't retrieve manifest"}\n`;

/** Go's words for a name with a part left empty, or with a sign that is not allowed. */
export function unqualifiedName(written: string): string {
  const parts = written.split("/").map((part) => part || "!MISSING!");
  const last = parts.at(-1) ?? "";
  return `unqualified name: ${parts.join("/")}${last.includes(":") ? "" : ":latest"}`;
}
