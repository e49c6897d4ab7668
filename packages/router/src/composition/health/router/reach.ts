import { ownCommands } from "../../../cli/own-commands.ts";
import type { Reach } from "../../../health/remedies/typed-command.ts";
import { environment } from "../../../settings/environment.ts";
import type { OwnPort } from "../../measuring/own-port.ts";
import { readOwnPlaces } from "../../voice/own-places.ts";
import { lanUrls, localUrl } from "../../voice/urls.ts";

/** How long addresses of this machine count as fresh, ms. */
const FRESH_MS = 60_000;

/** What tells how the router is reached. */
export interface ReachSources {
  readonly ownPort: OwnPort;
  /** What the router listens on, as set. */
  readonly host: () => string;
  /** ms, never going back. */
  readonly monotonic: () => number;
}

/** Tells how commands reach the router, wherever it really listens; undefined before it does. */
export function createReach({ ownPort, host, monotonic }: ReachSources): () => Reach | undefined {
  const { herd, herdNode } = ownCommands(environment());
  let known: (Reach & { readonly at: number }) | undefined;
  return () => {
    const port = ownPort.port();
    if (port === undefined) return undefined;
    if (known !== undefined && monotonic() - known.at < FRESH_MS) return known;
    const address = { host: host(), port };
    const ownUrl = localUrl(address);
    const [lanUrl = ownUrl] = lanUrls(address, readOwnPlaces(address.host));
    known = { ownUrl, lanUrl, herd, herdNode, at: monotonic() };
    return known;
  };
}
