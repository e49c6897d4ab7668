import { nodeId } from "@herd/shared";
import type { Benchmark } from "../../benchmark/benchmark.run.ts";
import type { RouteSources } from "../dashboard/route-sources.ts";
import { findingViewOf } from "../health/finding-view.ts";
import { FindingNews } from "./finding-news.ts";
import type { LiveFeed } from "./live-feed.ts";
import { pacePulls } from "./paced-pulls.ts";

/** Changes of findings that are told one by one; more are told as a number. */
const MOST_FINDINGS = 50;

/** Longer ones stand in `GET /dashboard/api/model-events`. */
const LONGEST_DETAILS = 2_048;

type Sources = Pick<RouteSources, "fleet" | "health" | "live" | "pullList" | "stores">;

/** Tells followers of live events what happens beside the fleet's picture: pulls, models, findings, settings. */
export function tellBeside(feed: LiveFeed, sources: Sources): void {
  const { fleet, live, pullList, stores } = sources;
  const isSimulated = (id: string): boolean => fleet.registry.record(nodeId(id))?.heartbeat.simulated === true;
  const shownFor = (isDemo: boolean) => (isDemo ? { view: "with-demo" as const } : {});
  pullList.follow(
    pacePulls((pull) => {
      feed.mention("pull", pull, { ...shownFor(pull.simulated === true), isPassing: pull.ended_at === null });
    }),
  );
  stores.modelEvents.follow(({ event, nodeId: node_id, model, at, details }) => {
    const isShort = JSON.stringify(details ?? null).length <= LONGEST_DETAILS;
    const told = { event, node_id, model, timestamp: at / 1000, details: isShort ? (details ?? null) : null };
    feed.mention("model", told, shownFor(isSimulated(node_id)));
  });
  live.onChange((keys) => feed.mention("settings", { keys }));
  tellFindings(feed, sources.health);
}

/** Who sees the demo and who does not have reports of their own. */
function tellFindings(feed: LiveFeed, health: Sources["health"]): void {
  const views = [
    { withDemo: true, view: "with-demo", news: new FindingNews() },
    { withDemo: false, view: "without-demo", news: new FindingNews() },
  ] as const;
  health.onReport(() => {
    for (const { withDemo, view, news } of views) {
      const changes = news.since(health.view(withDemo).report.findings.map(findingViewOf));
      if (changes.length > MOST_FINDINGS) feed.mention("findings", { changes: changes.length }, { view });
      else for (const change of changes) feed.mention("finding", change, { view });
    }
  });
}

/** Builds what looks how far a benchmark is, and tells it while one runs, and its end. */
export function tellBenchmark(feed: Pick<LiveFeed, "mention">, { progress }: Pick<Benchmark, "progress">): () => void {
  let last: string | undefined;
  return () => {
    const now = progress();
    const told = JSON.stringify(now);
    const [isNews, isFirst] = [told !== last, last === undefined];
    last = told;
    const isPassing = RUNNING.has(now.status);
    if (isNews && (isPassing || !isFirst)) feed.mention("benchmark", now, { isPassing });
  };
}

const RUNNING: ReadonlySet<string> = new Set(["pulling", "warming_up", "running"]);
