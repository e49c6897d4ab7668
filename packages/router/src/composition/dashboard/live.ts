import { nodeId } from "@herd/shared";
import { addLiveRoutes } from "../../dashboard-api/live/live-routes.ts";
import type { DashboardScope } from "../../dashboard-api/scope/dashboard-scope.ts";
import { fleetStatusOf } from "../../fleet/views/status-view.ts";
import { createLiveFeed, type LiveFeed, MOST_LISTENERS } from "../live-feed/live-feed.ts";
import { livePictureOf } from "../live-feed/live-picture-of.ts";
import { tellBenchmark, tellBeside } from "../live-feed/tell-beside.ts";
import type { RouteSources } from "./route-sources.ts";
import { statusSources } from "./status-sources.ts";

/** Adds live events. They end when the server does: nobody waits for a stream without an end. */
export function addLive(scope: DashboardScope, sources: RouteSources): void {
  const { registry } = sources.fleet;
  const feed: LiveFeed = createLiveFeed({
    picture: (withDemo) =>
      livePictureOf(fleetStatusOf(statusSources(sources, withDemo)), (id) => registry.record(nodeId(id))?.heartbeat),
    onNews: sources.news.onNews,
    followRequests: sources.serving.follow,
    run: sources.fleet.clock.now().toString(36),
    onTick: () => lookAtBenchmark(),
  });
  const lookAtBenchmark = tellBenchmark(feed, sources.benchmark);
  tellBeside(feed, sources);
  addLiveRoutes(scope, { join: feed.join, most: MOST_LISTENERS });
  sources.metering.countListeners(feed.listeners);
  scope.addHook("preClose", (done) => {
    feed.close();
    done();
  });
}
