import { herdVersion } from "../../version.ts";
import { labelled, type Page, wrapped } from "./lines.ts";
import { type AccessFacts, openTo } from "./open-to.ts";
import type { OwnPlaces } from "./own-places.ts";
import { type ListeningAddress, lanUrls, localUrl } from "./urls.ts";

/** What the first lines tell. */
export interface StartFacts {
  readonly settings: AccessFacts & { readonly dataDir: string };
  readonly address: ListeningAddress;
  readonly places: OwnPlaces;
  /** How this product's commands are typed here. */
  readonly commands: { readonly herdNode: string };
  /** What `~` stands for. */
  readonly homeDir: string;
}

/** What a person reads as soon as the router listens: where it is, what is open to whom, how another machine joins. */
export function startLines(facts: StartFacts, page: Page): string {
  const { settings, address, places, homeDir } = facts;
  const local = localUrl(address);
  const others = lanUrls(address, places).filter((url) => url !== local);
  const [nearby] = others;
  const here = others.length === 0 ? [] : [others.join(" or ")];
  const join = `${facts.commands.herdNode} --router-url ${nearby}`;
  const under = homeDir.length > 1 && settings.dataDir.startsWith(`${homeDir}/`);
  const folder = under ? `~${settings.dataDir.slice(homeDir.length)}` : settings.dataDir;
  return [
    publicWarning(places.public, settings.lanNetworks.length > 0, page),
    `${page.paint(`herd ${herdVersion}`, "strong")}\n`,
    labelled("API", [local, ...here, "Ollama at /, OpenAI at /v1, Anthropic at /v1/messages"], page),
    labelled("Dashboard", [`${local}/dashboard/`], page),
    labelled("Open to", openTo(settings), page),
    labelled("Records", [folder], page),
    nearby === undefined ? "" : labelled("Join", ["on another machine:", { command: join }], page),
  ].join("");
}

function publicWarning(addresses: readonly string[], hasGuests: boolean, { paint, width }: Page): string {
  if (addresses.length === 0) return "";
  const text =
    `This machine has the public address ${addresses.join(", ")}, and the router listens there, too: callers from` +
    ` anywhere reach it and are refused${hasGuests ? " unless lan_networks lets them in" : ""}. To listen elsewhere: --host=127.0.0.1, or an address of the private network.`;
  return wrapped(`! ${text}`, Math.min(width, 96))
    .map((line) => `${paint(line, "warning")}\n`)
    .join("");
}
