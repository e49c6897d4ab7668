import type { FinderLog, FleetMemory } from "./fleet-memory.ts";
import type { RouterWay } from "./router-way.ts";

/**
 * The way to a router whose URL was given: nothing is looked for, and whoever answers there is the router. Its key is remembered, so that
 * an agent that is later started without a URL looks for this fleet.
 */
export function givenRouter(
  url: string,
  { memory, log }: { readonly memory: FleetMemory; readonly log: FinderLog },
): RouterWay {
  return {
    url: () => url,
    objectionTo: () => undefined,
    onAccepted: (routerKey) => {
      if (routerKey === undefined) return;
      const home = memory.home();
      if (home !== undefined && home.publicKey !== routerKey && home.url === url)
        log.warn({}, `The router at ${url} has another key than before: it was set up anew, or it is another one`);
      memory.keep(routerKey, url);
    },
    noteDelivery: () => undefined,
    close: () => undefined,
  };
}
