import { choiceSetting, numberSetting, textSetting, toggleSetting } from "@herd/shared";

/** How nodes join, and when a silent one counts as gone. */
export const fleetSettings = {
  heartbeatInterval: numberSetting({
    meaning:
      "Time between two heartbeats that the fleet is meant to keep; here it only sets how low heartbeat_timeout may be. " +
      "Each agent beats as its own FLEET_NODE_HEARTBEAT_INTERVAL says.",
    unit: "seconds",
    default: 5,
    min: 0.05,
    max: 3600,
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
  mdns: toggleSetting({
    meaning: "The router is announced on the local network by mDNS, so that agents find it without its URL.",
    default: true,
  }),
  mdnsName: textSetting({
    meaning: "Name under which it is announced; where another router has it, a number is added.",
    aliases: ["FLEET_MDNS_SERVICE_NAME"],
    default: "Fleet Manager Router",
    pattern: /^[^\p{Cc}]{1,63}$/u,
    expected: "a name of 1 to 63 characters",
  }),
  mdnsType: textSetting({
    meaning: "Type of mDNS under which it is announced; agents look under the same one.",
    aliases: ["FLEET_MDNS_SERVICE_TYPE"],
    default: "_fleet-manager._tcp.local.",
    pattern: /^_[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?\._(?:tcp|udp)\.local\.?$/i,
    expected: "a type such as _fleet-manager._tcp.local., its first part at most 15 letters, digits and hyphens",
  }),
};
