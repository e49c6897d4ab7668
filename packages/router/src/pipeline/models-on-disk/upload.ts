import type { Incoming } from "../incoming.ts";
import type { DiskParts } from "./disk-parts.ts";

/** A call about one uploaded file. */
export interface Upload extends Omit<Incoming, "body" | "upload"> {
  readonly method: "HEAD" | "POST";
  /** As it stands in the path, escapes undone. */
  readonly digest: string;
  /** The bytes as they come, once; undefined when the call has none. */
  readonly stream: AsyncIterable<Uint8Array> | undefined;
  /** Lets what was not read pass into nothing, so that the client can read its answer. */
  readonly discardRest: () => void;
}

/** By what the calls of one client are known to belong together. */
export const clientOf = (
  { headerOf }: Pick<DiskParts, "headerOf">,
  { client, headers }: Pick<Incoming, "client" | "headers">,
): string => `${client.address} ${headerOf(headers, "user-agent") ?? ""}`;
