import { choiceSetting, numberSetting, toggleSetting } from "@herd/shared";

/** How nodes join, and when a silent one counts as gone. */
export const fleetSettings = {
  heartbeatInterval: numberSetting({
    meaning: "Time between two heartbeats of a node; its silence is assessed as often.",
    unit: "seconds",
    default: 5,
    min: 0.05,
    max: 3600,
    isLive: true,
  }),
  heartbeatTimeout: numberSetting({
    meaning: "Silence after which a node is degraded.",
    unit: "seconds",
    default: 15,
    min: 0.05,
    max: 3600,
    isLive: true,
  }),
  missProbeS: numberSetting({
    meaning: "Silence after which the router asks the node's port itself; if that fails, unanswered attempts move on.",
    unit: "seconds",
    default: 15,
    min: 0.05,
    max: 3600,
    isLive: true,
  }),
  heartbeatOffline: numberSetting({
    meaning: "Silence after which a node is offline.",
    unit: "seconds",
    default: 30,
    min: 0.05,
    max: 86_400,
    isLive: true,
  }),
  join: choiceSetting({
    meaning: "How a node joins; auto: its first heartbeat from the LAN pins its key.",
    choices: ["auto"],
    default: "auto",
  }),
  allowLegacy: toggleSetting({
    meaning: "Agents of the Python predecessor, which sign nothing, may join from the LAN, bound to their address.",
    default: true,
    isLive: true,
  }),
};
