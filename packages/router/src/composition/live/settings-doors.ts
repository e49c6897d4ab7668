import { hostname } from "node:os";
import { describeOrigin, describeSettings } from "@herd/shared";
import type { Logger } from "pino";
import type { SettingsChange, SettingsDoors, SettingsView } from "../../dashboard-api/settings.ts";
import type { FleetSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { bodyOf } from "../../http/server.ts";
import { privateSettings } from "../../settings/declared/health-settings.ts";
import { judgeChange, valueAt } from "../../settings/live/judge-change.ts";
import type { LiveSettings } from "../../settings/live/live-settings.ts";
import { type RouterSettings, routerSettings } from "../../settings/settings.ts";
import type { SettingsStore } from "../../storage/settings-store.ts";
import { herdVersion } from "../../version.ts";

/** What the routes of the settings work on. */
export interface LiveSources {
  readonly live: LiveSettings;
  readonly store: SettingsStore;
  /** The fleet with or without the machines of the demo. */
  readonly fleet: (withDemo: boolean) => FleetSnapshot;
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
    store.save(changes);
  } catch (error) {
    // Nothing of it is in force: what is told to be changed must outlive a restart.
    log.error({ exception: error }, "a change of settings could not be stored");
    const [field = ""] = Object.keys(changes);
    const hint = "Look at the data folder's disk and rights; GET /fleet/status tells more";
    return { kind: "refused", code: "HERD_INTERNAL", field, message: "the change could not be stored", hint };
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

function viewOf({ live, fleet }: LiveSources, withDemo: boolean): SettingsView {
  const rows = describeSettings(routerSettings);
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
    })),
    nodes: fleet(withDemo).nodes.map(nodeOf),
  };
}

/** Whoever sees the demo calls from the router's own machine. */
const shownValue = (key: string, value: unknown, isLoopback: boolean): unknown =>
  isLoopback || value === "" || !privateSettings.has(key) ? value : "(hidden)";

/** The predecessor's groups of names, as far as these settings exist. */
function groupsOf(values: RouterSettings): SettingsView["config"] {
  const { contextProtection, dynamicNumCtx, numCtxOverrides } = values;
  return {
    toggles: {
      dynamic_num_ctx: dynamicNumCtx,
      auto_pull: values.autoPull !== "off",
      auto_pull_mode: values.autoPull,
      fleet_intelligence: values.fleetIntelligence,
    },
    auto_pull_config: { auto_pull_timeout: values.autoPullTimeout, auto_pull_max_gb: values.autoPullMaxGb },
    context: {
      context_protection: contextProtection,
      dynamic_num_ctx: dynamicNumCtx,
      num_ctx_overrides: numCtxOverrides,
    },
    context_protection: { context_protection: contextProtection },
    server: { host: values.host, port: values.port, data_dir: values.dataDir, max_retries: values.maxRetries },
    heartbeat: {
      heartbeat_interval: values.heartbeatInterval,
      heartbeat_timeout: values.heartbeatTimeout,
      heartbeat_offline: values.heartbeatOffline,
    },
    reaper: { stale_timeout: values.stallCapS },
  };
}

const nodeOf = (node: NodeSnapshot) => ({
  node_id: node.nodeId,
  status: node.status,
  agent_version: node.agentVersion,
  ip: node.backends[0]?.route.origin ?? "",
  models_loaded_count: node.backends
    .flatMap(({ models }) => [...models.values()])
    .filter(({ loaded }) => loaded !== undefined).length,
  is_router: node.nodeId === hostname(),
  ...(node.isSimulated ? { simulated: true } : {}),
});
