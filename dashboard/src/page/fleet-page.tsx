import type { FleetStatus } from "@herd/shared";
import type { ReadonlySignal } from "@preact/signals";
import type { FleetFeed } from "../feed/fleet-feed.ts";
import { joinCommand } from "../fleet/join-command.ts";
import { LaneSection } from "./lanes/lane-section.tsx";
import { Masthead } from "./masthead.tsx";
import { NodeSection } from "./nodes/node-section.tsx";
import { DemoNotice } from "./notices/demo-notice.tsx";
import { EmptyFleet } from "./notices/empty-fleet.tsx";
import { FirstLoad } from "./notices/first-load.tsx";
import { SilenceBanner, SilencePanel } from "./notices/silence.tsx";
import { Totals } from "./totals.tsx";

/** What the page is drawn from. */
export interface FleetPageProps {
  readonly feed: FleetFeed;
  /** Sentences for a screen reader, one after the other. */
  readonly announcement: ReadonlySignal<string>;
  /** Unix epoch ms, ticking. */
  readonly now: ReadonlySignal<number>;
  /** Where this browser found the router. */
  readonly address: Pick<URL, "protocol" | "host" | "hostname" | "port">;
}

/** The whole page: the fleet, live. */
export function FleetPage(props: FleetPageProps) {
  const { feed, announcement, now, address } = props;
  return (
    <>
      <Masthead host={address.host} knowledge={feed.knowledge.value} now={now} />
      <main>
        <FleetView {...props} />
      </main>
      <p class="visually-hidden" role="status">
        {announcement}
      </p>
    </>
  );
}

function FleetView({ feed, now, address }: FleetPageProps) {
  const known = feed.knowledge.value;
  switch (known.kind) {
    case "asking":
      return <FirstLoad />;
    case "unreachable":
      return <SilencePanel silence={known.silence} now={now} onRetry={feed.askNow} />;
    case "stale":
    case "live":
      return (
        <>
          {known.kind === "stale" && <SilenceBanner silence={known.silence} now={now} onRetry={feed.askNow} />}
          <FleetSections status={known.status} receivedAt={known.receivedAt} now={now} address={address} />
        </>
      );
  }
}

interface FleetSectionsProps extends Pick<FleetPageProps, "now" | "address"> {
  readonly status: FleetStatus;
  readonly receivedAt: number;
}

function FleetSections({ status, receivedAt, now, address }: FleetSectionsProps) {
  if (status.nodes.length === 0) return <EmptyFleet command={joinCommand(address)} />;
  return (
    <>
      <Totals status={status} />
      {status.nodes.some((node) => node.simulated) && <DemoNotice command={joinCommand(address)} />}
      <NodeSection nodes={status.nodes} receivedAt={receivedAt} now={now} />
      <LaneSection queues={status.queues} />
    </>
  );
}
