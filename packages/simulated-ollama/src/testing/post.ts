import { type RawRequest, type RawResponse, sendRaw } from "./raw-client.ts";

/** A JSON body, and when to close the connection before the answer's end. */
export interface Call extends Pick<RawRequest, "signal" | "leaveAfterChunks"> {
  readonly body: unknown;
}

/** Sends a JSON body on a connection of its own. */
export function post(port: number, path: string, call: Call): Promise<RawResponse> {
  const { body, ...more } = call;
  return sendRaw(port, {
    method: "POST",
    path,
    headers: hostOf(port),
    body: Buffer.from(JSON.stringify(body)),
    ...more,
  });
}

/** Gets a path on a connection of its own. */
export function get(port: number, path: string): Promise<RawResponse> {
  return sendRaw(port, { method: "GET", path, headers: hostOf(port), body: Buffer.alloc(0) });
}

/** The body as text. */
export function textOf(response: RawResponse): string {
  return Buffer.concat([...response.chunks]).toString("utf8");
}

/** The records of an NDJSON body. */
export function recordsOf(response: RawResponse): readonly Record<string, unknown>[] {
  return textOf(response)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function hostOf(port: number): readonly (readonly [string, string])[] {
  return [["Host", `127.0.0.1:${port}`]];
}
