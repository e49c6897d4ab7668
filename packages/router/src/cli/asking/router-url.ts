const USUAL_PORT = "11435";

/**
 * A router's address as people type it: `http://router:11435`, `router`, `192.168.1.10:12000`. Undefined when it is none.
 * A missing port is the router's usual one; `http://router:80` asks for port 80.
 */
export function parseRouterUrl(typed: string): string | undefined {
  const text = typed.trim().replace(/\/+$/, "");
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  if (!/^https?:\/\/[^\s/?#@]+$/i.test(withScheme) || !URL.canParse(withScheme)) return undefined;
  const { protocol, hostname, port } = new URL(withScheme);
  if (port !== "" || protocol === "https:" || /:80$/.test(withScheme)) return new URL(withScheme).origin;
  return `${protocol}//${hostname}:${USUAL_PORT}`;
}
