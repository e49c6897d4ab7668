import { networkInterfaces } from "node:os";
import { linkNetworksOf, nameOf, openBrowser } from "@herd/shared/mdns";
import type { Logger } from "pino";
import { type OwnRouter, otherRouters } from "./other-routers.ts";

/** What looking for other routers needs. */
export interface OtherRoutersLookout extends OwnRouter {
  /** The mDNS type of routers. */
  readonly type: string;
  readonly log: Logger;
  /** Port of multicast DNS. Default: the standard's. */
  readonly port?: number;
}

/** Answers may get lost: it is asked again, ms after the start. Later routers announce themselves. */
const ASK_AGAIN_MS = [1_000, 5_000] as const;

/** Names every other router of the local network once, for as long as this router runs. Returns what ends the looking. */
export function tellOtherRouters({ type, log, port, ...own }: OtherRoutersLookout): () => void {
  const told = new Set<string>();
  const browser = openBrowser({
    type: nameOf(type),
    readNetworks: () => linkNetworksOf(networkInterfaces()),
    monotonic: () => performance.now(),
    onHeard: () => {
      for (const { key, text } of otherRouters(browser.seen(), own)) {
        if (!told.has(key)) log.info(text);
        told.add(key);
      }
    },
    // The router announces itself on the same port, and tells what is wrong with it.
    onProblem: ({ error }) => log.debug({ exception: error }, "other routers cannot be looked for"),
    ...(port === undefined ? {} : { port }),
  });
  const timers = ASK_AGAIN_MS.map((ms) => setTimeout(browser.ask, ms).unref());
  return () => {
    for (const timer of timers) clearTimeout(timer);
    browser.close();
  };
}
