import { z } from "zod";
import type { ContractExamples } from "./example.ts";

/** An order from router to agent. The list is closed: an agent ignores a type it does not know, with a log line. */
export const command = z.discriminatedUnion("type", [
  z
    .object({
      type: z.literal("report_inventory"),
      reason: z.string().describe("Why the router asks, for the agent's log"),
    })
    .describe("Send sizes and facts of every model with the next heartbeat, and send that one now"),
]);

/** The router's answer to an accepted heartbeat. */
export const heartbeatReply = z.object({
  status: z.enum(["ok", "draining"]).describe("draining answers a drain notice"),
  node_id: z.string().optional().describe("Echoed on a drain notice"),
  node_status: z.enum(["online", "degraded", "offline"]).optional().describe("How the router lists the node now"),
  commands: z
    .array(z.unknown())
    .optional()
    .describe("Commands; each is parsed on its own so that an unknown one loses nothing"),
  router_time_ms: z.number().optional().describe("The router's clock, Unix epoch milliseconds; never runs backwards"),
  router_version: z.string().optional().describe("Version of the router"),
});

/** `GET /fleet/identity`: what an agent must know to join. */
export const routerIdentity = z.object({
  product: z.literal("herd").describe("Tells a router of this kind from any other"),
  router_version: z.string().describe("Version of the router"),
  public_key: z.string().min(40).max(64).describe("X25519 public key, base64url of the raw 32 bytes"),
  router_time_ms: z.number().describe("The router's clock, Unix epoch milliseconds; never runs backwards"),
});

export type Command = z.infer<typeof command>;
export type HeartbeatReply = z.infer<typeof heartbeatReply>;
export type RouterIdentity = z.infer<typeof routerIdentity>;

export const commandExamples: ContractExamples = {
  accepted: { type: "report_inventory", reason: "the router has started anew" },
  rejected: { type: "run_shell", line: "true" },
};

export const heartbeatReplyExamples: ContractExamples = {
  accepted: { status: "ok", node_status: "online", commands: [], router_time_ms: 1_790_000_000_000 },
  rejected: { status: "fine" },
};

export const routerIdentityExamples: ContractExamples = {
  accepted: {
    product: "herd",
    router_version: "0.1.0",
    public_key: "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo",
    router_time_ms: 1_790_000_000_000,
  },
  rejected: { product: "other", router_version: "0.1.0", public_key: "short", router_time_ms: 0 },
};
