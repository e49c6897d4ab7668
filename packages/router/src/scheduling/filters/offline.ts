import type { Filter } from "../contracts.ts";
import { spokenDuration } from "../wording.ts";

export const offline: Filter = {
  name: "offline",
  meaning: "The machine is offline: no heartbeat for longer than the offline bound, or it refuses connections",
  canYield: false,
  reject({ node }, { now }) {
    if (node.status !== "offline") return undefined;
    const facts =
      node.lastHeartbeatAt === undefined ? {} : { silent_s: Math.round((now - node.lastHeartbeatAt) / 1000) };
    return { code: "offline", facts };
  },
  explain({ facts }) {
    const silent = facts["silent_s"];
    if (silent === undefined) return "The machine has not reported since the router started";
    return `The machine is offline; it last reported ${spokenDuration(silent * 1000)} ago`;
  },
};
