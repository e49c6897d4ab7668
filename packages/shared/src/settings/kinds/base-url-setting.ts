import { z } from "zod";
import { type SettingNotes, settingMeta, settingRegistry } from "../setting.ts";

/** A setting that says where an HTTP server is. */
export interface BaseUrlNotes extends SettingNotes {
  /** A URL in canonical form, or empty where the setting may be left open. */
  readonly default: string;
  /** The port where the text has neither port nor scheme. */
  readonly defaultPort: number;
  readonly example: string;
}

/**
 * The address of an HTTP server, without a slash at its end. Accepts what Ollama's clients accept in OLLAMA_HOST: `host`, `host:port`,
 * `:port` (this machine), an IPv6 address with or without brackets, and a URL, whose scheme then decides the port.
 */
export function baseUrlSetting(notes: BaseUrlNotes) {
  const read = (text: string) => readBaseUrl(text, notes.defaultPort) ?? text;
  const acceptsEmpty = notes.default === "";
  const isAllowed = (text: string) => (acceptsEmpty && text === "") || readBaseUrl(text, notes.defaultPort) === text;
  const schema = z.string().refine(isAllowed).default(notes.default);
  const expected = "the address of an HTTP server (host, host:port, :port or http://host:port)";
  const reader = { expected, example: notes.example, read };
  return schema.register(
    settingRegistry,
    settingMeta(notes, { reader, range: "host, host:port, :port or URL", acceptsEmpty }),
  );
}

const SCHEME = /^(https?):\/\//i;
/** Empty, or a port without its colon, which URL rules would take for an IPv4 address. */
const ONLY_DIGITS = /^\d*$/;
const BARE_IPV6 = /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i;
/** What a server binds to in order to listen everywhere; a client cannot rely on reaching it there. */
const EVERYWHERE = new Map([
  ["0.0.0.0", "127.0.0.1"],
  ["[::]", "[::1]"],
]);

function readBaseUrl(text: string, defaultPort: number): string | undefined {
  const trimmed = text.trim();
  if (ONLY_DIGITS.test(trimmed)) return undefined;
  const url = URL.parse(SCHEME.test(trimmed) ? trimmed : `http://${withHost(trimmed, defaultPort)}`);
  if (url === null || !isPlain(url)) return undefined;
  const hostname = EVERYWHERE.get(url.hostname) ?? url.hostname;
  const port = url.port === "" ? "" : `:${url.port}`;
  return `${url.protocol}//${hostname}${port}${url.pathname.replace(/\/+$/, "")}`;
}

/** Completes an address without a scheme by this machine's name and the default port where they are missing. */
function withHost(text: string, defaultPort: number): string {
  const slash = text.indexOf("/");
  const authority = slash < 0 ? text : text.slice(0, slash);
  const path = slash < 0 ? "" : text.slice(slash);
  if (BARE_IPV6.test(authority)) return `[${authority}]:${defaultPort}${path}`;
  const host = authority.startsWith(":") ? `localhost${authority}` : authority;
  return /:\d+$/.test(host) ? `${host}${path}` : `${host}:${defaultPort}${path}`;
}

function isPlain(url: URL): boolean {
  const isHttp = url.protocol === "http:" || url.protocol === "https:";
  return isHttp && url.hostname !== "" && url.username === "" && url.password === "" && url.search + url.hash === "";
}
