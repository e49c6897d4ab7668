import { listSetting } from "@herd/shared";
import { z } from "zod";

const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);
const hostName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/);

/** Who may call the router beyond this machine and its private networks. */
export const accessSettings = {
  lanNetworks: listSetting({
    meaning: "Public networks that count as part of the LAN; private ranges always do.",
    items: "IP addresses or networks",
    item: network,
    default: [],
    example: "203.0.113.0/24,2001:db8::/32",
    isLive: true,
  }),
  trustedProxies: listSetting({
    meaning: "Reverse proxies whose X-Forwarded-* headers say where a call comes from.",
    items: "IP addresses or networks",
    item: network,
    default: [],
    example: "127.0.0.1,10.0.0.5",
    isLive: true,
  }),
  allowedHosts: listSetting({
    meaning: "Further names that a Host header may carry, without a port; IP addresses and local names always may.",
    items: "host names",
    item: hostName,
    default: [],
    example: "herd.example.com",
    isLive: true,
  }),
  corsOrigins: listSetting({
    meaning:
      "Further web origins whose pages may call the router, * for all; pages on localhost and of local apps always may, as with Ollama.",
    items: "origins",
    item: z
      .string()
      .trim()
      .regex(/^(\*|[a-z][a-z0-9+.-]*:\/\/\S+)$/i),
    default: [],
    example: "https://chat.example.com,chrome-extension://*",
    isLive: true,
  }),
};
