import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { RequestFacts } from "../../domain/request.ts";
import type { Incoming } from "../../pipeline/incoming.ts";
import type { PullParts } from "../../pipeline/serve-pull.ts";
import { createPullGuest } from "./pull-guest.ts";
import type { ListedPull, PullList, PullOrigin } from "./pull-list.ts";
import { SharedPull } from "./shared-pull.ts";

/** Pulls that run, each for all who want the same. */
export interface PullShares {
  readonly share: PullParts["share"];
  /** Nodes on which a model is being pulled now. */
  readonly nodesPulling: (key: RequestFacts["modelKey"]) => ReadonlySet<string>;
}

type Asking = Parameters<PullParts["share"]>[0];

/** Builds it, with none. */
export function createPullShares(list: PullList): PullShares {
  const running = new Map<string, SharedPull>();
  return {
    share: (asking) => {
      const shared = running.get(nameOf(asking.facts.modelKey, asking.node));
      return shared === undefined ? ownPull(asking, { running, list }) : joinedPull(asking, shared);
    },
    nodesPulling: (key) => {
      const ending = ` ${key}`;
      const names = [...running.keys()].filter((name) => name.endsWith(ending));
      return new Set(names.map((name) => name.slice(0, -ending.length)));
    },
  };
}

interface Places {
  readonly running: Map<string, SharedPull>;
  readonly list: PullList;
}

function ownPull({ facts, incoming, node }: Asking, { running, list }: Places): ReturnType<PullParts["share"]> {
  const name = nameOf(facts.modelKey, node);
  const { origin = "client", listed } = list.expected(incoming.requestId) ?? {};
  const enlist = (by: PullOrigin): ListedPull => {
    const begun = { model: facts.model, nodeId: node.nodeId, origin: by };
    return list.begin({ ...begun, stop: () => shared.stop("the pull was cancelled") });
  };
  let row = listed === undefined ? enlist(origin) : undefined;
  let isCancelled = false;
  const shared = new SharedPull({
    owner: incoming.sink,
    isStream: facts.isStream,
    onProgress: (step) => row?.step(step),
    onEnd: (last) => {
      if (running.get(name) === shared) running.delete(name);
      if (last?.status === "success") row?.end("success");
      else if (isCancelled || last?.error === "the pull was cancelled") row?.end("cancelled", "it was cancelled");
      else row?.end("failed", last?.error ?? "the pull ended early");
    },
    onClients: (clients) => (row ?? listed)?.step({ clients }),
    onHandedOver: () => {
      // What the dashboard has begun ends with it in the list; what goes on is somebody else's.
      row ??= enlist("client");
    },
  });
  // The dashboard's own stop only ends its call, which others may outlive.
  listed?.onStop(() => shared.stop("the pull was cancelled"));
  // Only records can be told to more than one.
  if (facts.isStream) running.set(name, shared);
  return {
    kind: "own",
    incoming: { ...incoming, sink: shared, onClientGone: (leave) => watchOwner(incoming, shared, leave) },
    end: (result) => {
      isCancelled = result?.kind === "cancelled";
      if (result?.kind === "failed") row?.end("failed", result.detail);
      if (result === undefined || result.kind === "failed" || result.kind === "cancelled") shared.giveUp();
    },
  };
}

function watchOwner(incoming: Incoming, shared: SharedPull, leave: () => void): void {
  shared.onLeave(leave);
  incoming.onClientGone(() => shared.leaveOwner());
}

function joinedPull({ facts, incoming }: Asking, shared: SharedPull): ReturnType<PullParts["share"]> {
  const ended = new Promise<"told" | "again">((resolve) => {
    const { sink, requestId } = incoming;
    const guest = createPullGuest({ sink, requestId, isStream: facts.isStream, over: resolve });
    shared.join(guest);
    incoming.onClientGone(() => {
      shared.leave(guest);
      resolve("told");
    });
  });
  return { kind: "joined", ended };
}

const nameOf = (key: RequestFacts["modelKey"], { nodeId }: NodeSnapshot): string => `${nodeId} ${key}`;
