import { hostname } from "node:os";
import { describeOrigin, describeSettings } from "@herd/shared";
import type { Logger } from "pino";
import type { SettingsChange, SettingsDoors, SettingsView } from "../../dashboard-api/settings.ts";
import { HerdError } from "../../domain/errors.ts";
import type { FleetSnapshot } from "../../domain/fleet-snapshot.ts";
import { bodyOf } from "../../http/server.ts";
import { privateSettings } from "../../settings/declared/health-settings.ts";
import { judgeChange, valueAt } from "../../settings/live/judge-change.ts";
import type { LiveSettings } from "../../settings/live/live-settings.ts";
import { routerSettings } from "../../settings/settings.ts";
import type { SettingsStore } from "../../storage/settings-store.ts";
import { stored } from "../../storage/storage-problem.ts";
import { herdVersion } from "../../version.ts";
import type { HeartbeatOf } from "../live-feed/live-picture-of.ts";
import { groupsOf, nodeOf } from "./settings-groups.ts";

/** What the routes of the settings work on. */
export interface LiveSources {
  readonly live: LiveSettings;
  readonly store: SettingsStore;
  /** The fleet with or without the machines of the demo. */
  readonly fleet: (withDemo: boolean) => FleetSnapshot;
  readonly heartbeatOf: HeartbeatOf;
  readonly log: Logger;
}

/** Builds what `/dashboard/api/settings` is given. */
export function createSettingsDoors(sources: LiveSources): SettingsDoors {
  return { bodyOf, view: (withDemo) => viewOf(sources, withDemo), change: (wanted) => change(sources, wanted) };
}

function change({ live, store, log }: LiveSources, wanted: unknown): SettingsChange {
  const verdict = judgeChange(wanted, live.values);
  if (verdict.kind === "refused") return verdict;
  const { changes } = verdict;
  if (Object.keys(changes).length === 0) return { kind: "no-change" };
  const notices = Object.entries(changes).flatMap(([key, value]) => noticeOf(live, key, value));
  try {
    stored(() => store.save(changes));
  } catch (error) {
    if (!(error instanceof HerdError)) throw error;
    // Nothing of it is in force: what is told to be changed must outlive a restart.
    log.error({ exception: error.cause }, "a change of settings could not be stored");
    const [field = ""] = Object.keys(changes);
    return { kind: "refused", code: error.code, field, message: error.message, hint: error.entry.hint };
  }
  live.apply(changes);
  const shown = Object.fromEntries(Object.entries(changes).map(([key, value]) => [key, shownValue(key, value, false)]));
  log.info({ settings: shown }, "settings were changed");
  return { kind: "updated", updated: changes, notices };
}

/** A saved value loses against flags and the environment at the next start: the caller has to know. */
function noticeOf(live: LiveSettings, key: string, value: unknown): readonly string[] {
  const winner = live.strongerThanSaved(key, value);
  return winner === undefined ? [] : [`${key}: ${describeOrigin(winner)} will decide again at the next start`];
}

function viewOf({ live, store, fleet, heartbeatOf }: LiveSources, withDemo: boolean): SettingsView {
  const rows = describeSettings(routerSettings);
  const saved = savedIn(store);
  return {
    router_version: herdVersion,
    router_hostname: hostname(),
    config: groupsOf(live.values),
    settings: routerSettings.entries.map(({ key, path, defaultValue }, index) => ({
      key,
      value: shownValue(key, valueAt(live.values, path), withDemo),
      default: defaultValue,
      origin: describeOrigin(live.originOf(key)),
      range: rows[index]?.range ?? "",
      unit: rows[index]?.unit,
      meaning: rows[index]?.meaning ?? "",
      is_live: rows[index]?.isLive === true,
      ...(isOverridden(live, key, saved) ? { saved_value: shownValue(key, saved.get(key), withDemo) } : {}),
    })),
    nodes: fleet(withDemo).nodes.map((node) => nodeOf(node, heartbeatOf(node.nodeId))),
  };
}

/** A database that cannot be read keeps nobody from seeing what is in force. */
function savedIn(store: SettingsStore): ReadonlyMap<string, unknown> {
  try {
    return new Map(Object.entries(store.load()));
  } catch {
    // The records' own findings tell of it.
    return new Map();
  }
}

const isOverridden = (live: LiveSettings, key: string, saved: ReadonlyMap<string, unknown>): boolean =>
  saved.has(key) && live.originOf(key).source !== "saved";

/** Whoever sees the demo calls from the router's own machine. */
const shownValue = (key: string, value: unknown, isLoopback: boolean): unknown =>
  isLoopback || value === "" || !privateSettings.has(key) ? value : "(hidden)";
