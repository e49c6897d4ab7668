import type { Delivery } from "../agent/delivery.ts";

/** How the agent comes to its router: by the URL it was given, or by looking for one. */
export interface RouterWay {
  /** Where the router is to be reached now; undefined while none is known. */
  readonly url: () => string | undefined;
  /** Why the router that answers there is not to be joined; undefined when it may be. @param routerKey its public key; undefined for one without */
  readonly objectionTo: (routerKey: string | undefined) => string | undefined;
  /** That router accepted a heartbeat. */
  readonly onAccepted: (routerKey: string | undefined) => void;
  /** Something became of a heartbeat that was sent to `url`. */
  readonly noteDelivery: (delivery: Delivery, url: string) => void;
  readonly close: () => void;
}
