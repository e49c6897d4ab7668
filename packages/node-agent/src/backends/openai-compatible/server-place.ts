/** A server with OpenAI's API that the owner of this machine lends to the fleet. */
export interface ServerPlace {
  /** First path segment on the gateway that leads to it, for example `/openai-8080`. It stays while the URL stays. */
  readonly path: string;
  /** Without a slash at its end and without `/v1`. */
  readonly url: string;
}

const LOCAL_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const LONGEST_HOST = 30;
const LONGEST_BASE = 16;

/** Gives each URL a path on the gateway that tells kind and port, and host and base path where they are special. */
export function serverPlacesOf(urls: readonly string[]): readonly ServerPlace[] {
  const taken = new Set<string>();
  return [...new Set(urls)].map((url) => {
    const wish = pathOf(new URL(url));
    let path = wish;
    for (let count = 2; taken.has(path); count += 1) path = `${wish}-${count}`;
    taken.add(path);
    return { path, url };
  });
}

function pathOf({ hostname, port, protocol, pathname }: URL): string {
  const host = LOCAL_HOST.test(hostname) ? "" : wordOf(hostname, LONGEST_HOST);
  const usual = protocol === "https:" ? "443" : "80";
  const parts = ["openai", host, port === "" ? usual : port, wordOf(pathname, LONGEST_BASE)];
  return `/${parts.filter((part) => part !== "").join("-")}`;
}

const wordOf = (text: string, longest: number): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, longest)
    .replace(/^-+|-+$/g, "");
