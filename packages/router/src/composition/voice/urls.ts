import type { OwnPlaces } from "./own-places.ts";

/** Where a server listens. */
export interface ListeningAddress {
  /** As set: a name, an address, or one that stands for all of this machine. */
  readonly host: string;
  readonly port: number;
}

/** The URL under which programs on this machine reach it. */
export function localUrl({ host, port }: ListeningAddress): string {
  return isLoopbackOrAny(host) ? `http://localhost:${port}` : urlOf(host, port);
}

/** The URLs under which other machines reach it; the first is the one to give away. */
export function lanUrls(
  { host, port }: ListeningAddress,
  { lan, names }: Omit<OwnPlaces, "public">,
): readonly string[] {
  const addresses = lan.map((address) => urlOf(address, port));
  const isOneAddress = host !== "0.0.0.0" && host !== "::";
  return lan.length === 0 || isOneAddress ? addresses : [...addresses, ...names.map((name) => urlOf(name, port))];
}

const isLoopbackOrAny = (host: string): boolean =>
  ["0.0.0.0", "::", "::1", "localhost"].includes(host) || host.startsWith("127.");

const urlOf = (host: string, port: number): string =>
  host.includes(":") ? `http://[${host}]:${port}` : `http://${host}:${port}`;
