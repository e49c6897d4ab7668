import { hopByHopHeaders } from "@herd/shared";
import { linkHeaders } from "@herd/shared/link";

/** Headers as HTTP carries them: name, value, name, value …, in order, repetitions kept. */
export type RawHeaders = readonly string[];

const hopByHop = new Set<string>(hopByHopHeaders);

const ofTheLink = new Set<string>(Object.values(linkHeaders));

/** A browser's marks would make Ollama judge the browser's page, which the router has done already. */
const ofBrowsers = new Set(["origin", "referer"]);

/** What goes to the backend: all but headers of the connection, the link and browsers; `Host` names the backend. */
export function toBackend(headers: RawHeaders, host: string): string[] {
  const isDropped = (name: string): boolean =>
    name === "host" || name === "expect" || ofBrowsers.has(name) || name.startsWith("sec-fetch-");
  return ["Host", host, ...kept(headers, isDropped)];
}

/** What goes to the router: all but headers of the connection and the link's marks, which only the gateway itself sets. */
export function toRouter(headers: RawHeaders): string[] {
  return kept(headers, () => false);
}

function kept(headers: RawHeaders, isDropped: (name: string) => boolean): string[] {
  const named = namedByConnection(headers);
  const result: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? "";
    const key = name.toLowerCase();
    if (hopByHop.has(key) || ofTheLink.has(key) || named.has(key) || isDropped(key)) continue;
    result.push(name, headers[index + 1] ?? "");
  }
  return result;
}

/** `Connection: x` makes the header x one of the connection, too; `close` and `keep-alive` name none. */
function namedByConnection(headers: RawHeaders): ReadonlySet<string> {
  const names = new Set<string>();
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() !== "connection") continue;
    for (const name of (headers[index + 1] ?? "").split(",")) names.add(name.trim().toLowerCase());
  }
  names.delete("content-length");
  return names;
}
