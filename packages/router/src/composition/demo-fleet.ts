import type { NodeId } from "@herd/shared";
import { type RealBackends, realBackendsOf } from "../fleet/demo/real-backends.ts";
import type { FleetParts } from "./fleet-parts.ts";
import type { News } from "./news.ts";
import type { ServingParts } from "./serving-parts.ts";
import type { Stores } from "./stores.ts";

/** The router's side of the demo: machines that are simulated, seen and used by callers on the router's own machine only. */
export interface DemoFleet {
  /** This data folder has seen a real backend, in this run or an earlier one. */
  readonly hasSeenBackend: () => boolean;
  /** Real backends that answer now. */
  readonly realBackends: () => RealBackends;
  /** Calls back after every change of the fleet. */
  readonly onChange: (look: () => void) => void;
  /** From now on simulated machines may join. */
  readonly open: () => void;
  /** The demo's program has ended by itself: its next run has other keys. */
  readonly expectOtherKeys: () => void;
  /** The demo takes nothing new; resolves when its running answers have ended and its machines are gone. */
  readonly end: () => Promise<void>;
}

/** What the demo's fleet works on. */
export interface DemoSources {
  readonly stores: Stores;
  readonly fleet: FleetParts;
  readonly serving: ServingParts;
  readonly news: News;
  readonly isOwnAddress: (address: string) => boolean;
}

/** How often it is looked whether the demo's last answers have ended, ms. */
const LOOK_EVERY_MS = 50;

/** Builds it, closed. */
export function createDemoFleet({ stores, fleet, serving, news, isOwnAddress }: DemoSources): DemoFleet {
  const { registry, door, demo } = fleet;
  const nodes = (): readonly NodeId[] =>
    registry.snapshot().nodes.flatMap((node) => (node.isSimulated ? [node.nodeId] : []));
  return {
    hasSeenBackend: stores.milestones.hasSeenBackend,
    realBackends: () => realBackendsOf(registry.snapshot(), isOwnAddress),
    onChange: news.onNews,
    open: () => {
      demo.isOpen = true;
    },
    expectOtherKeys: () => {
      for (const id of nodes()) door.forget(id);
    },
    end: async () => {
      demo.isOpen = false;
      const leaving = nodes();
      for (const id of leaving) registry.drain(id);
      while (leaving.some((id) => serving.running.isBusy(id))) await pause(LOOK_EVERY_MS);
      for (const id of leaving) {
        door.forget(id);
        registry.remove(id);
        serving.book.forgetNode(id);
      }
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
