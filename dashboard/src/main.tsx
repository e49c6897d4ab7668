import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { announcementsOf } from "./feed/announcements.ts";
import { askFleetStatus } from "./feed/ask-fleet-status.ts";
import { startFleetFeed } from "./feed/fleet-feed.ts";
import { pageTitle } from "./fleet/page-title.ts";
import { FleetPage } from "./page/fleet-page.tsx";

const ANSWER_TIMEOUT_MS = 5_000;
const TICK_MS = 1_000;

const feed = startFleetFeed({
  ask: () => askFleetStatus({ fetch: (path, init) => fetch(path, init), timeoutMs: ANSWER_TIMEOUT_MS }),
  clock: () => Date.now(),
  schedule: (run, delayMs) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  isWatched: () => document.visibilityState === "visible",
});

const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, TICK_MS);

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") feed.askNow();
});
window.addEventListener("online", () => feed.askNow());

effect(() => {
  document.title = pageTitle(feed.knowledge.value);
});

const app = document.getElementById("app");
if (app === null) throw new Error("index.html has no element with the id app");
render(
  <FleetPage feed={feed} announcement={announcementsOf(feed.knowledge)} now={now} address={window.location} />,
  app,
);
