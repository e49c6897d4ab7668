import type { RouterSettings } from "./settings.ts";

/** Hosts that cover the loopback address of IPv4. */
const COVERS_LOOPBACK: ReadonlySet<string> = new Set(["0.0.0.0", "::", "127.0.0.1"]);

/** The URL under which programs on the router's own machine reach it. */
export function ownUrl({ host, port }: Pick<RouterSettings, "host" | "port">): string {
  const name = COVERS_LOOPBACK.has(host) ? "127.0.0.1" : host;
  return name.includes(":") ? `http://[${name}]:${port}` : `http://${name}:${port}`;
}
