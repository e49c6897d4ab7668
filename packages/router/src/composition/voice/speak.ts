import { homedir } from "node:os";
import { lineWidth, paintFor, type Terminal } from "@herd/shared/terminal";
import type { Logger } from "pino";
import type { OwnCommands } from "../../cli/own-commands.ts";
import { isBeyondLoopback } from "../../fleet/advertising/advertisement-of.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import type { Router } from "../router.ts";
import { readOwnPlaces } from "./own-places.ts";
import { speakOnceUp } from "./speak-once-up.ts";
import { startLines } from "./start-lines.ts";
import { localUrl } from "./urls.ts";

/** What speaking for a router that has just started needs. */
export interface Speaking {
  readonly router: Pick<Router, "address" | "fleet" | "fleetId">;
  readonly settings: RouterSettings;
  readonly commands: OwnCommands;
  /** An agent of this machine is being started, too. */
  readonly withAgent: boolean;
  /** Where this machine's Ollama is to be. */
  readonly ollamaUrl: string;
  readonly terminal: Terminal;
  readonly print: (lines: string) => void;
  readonly log: Logger;
}

/** What speaks until it is told to end. */
export interface Voice {
  readonly stop: () => Promise<void>;
  readonly kill: () => void;
}

/** Prints the first lines at once and the others when they are known; nobody waits for them. */
export function speak(speaking: Speaking): Voice {
  const { router, settings, commands, withAgent, ollamaUrl, terminal, print } = speaking;
  const { address, fleet } = router;
  const page = { paint: paintFor(terminal), width: lineWidth(terminal) };
  const places = readOwnPlaces(address.host);
  print(startLines({ settings, address, places, commands, homeDir: homedir() }, page));
  const agentCommand = withAgent ? undefined : `${commands.herd} up`;
  void speakOnceUp({ fleet, port: address.port, localUrl: localUrl(address), ollamaUrl, agentCommand, page, print });
  return withAgent ? nameOthers(speaking) : { stop: () => Promise.resolve(), kill: () => undefined };
}

/** The agent here always joins this router: whoever meant another one is told how. The code is loaded only now. */
function nameOthers({ router, settings, commands, log }: Speaking): Voice {
  let isOver = !settings.mdns || !isBeyondLoopback(settings.host);
  let end = (): void => undefined;
  const finish = (): void => {
    isOver = true;
    end();
  };
  const lookout = {
    fleetId: router.fleetId,
    herdNode: commands.herdNode,
    type: settings.mdnsType,
    log: log.child({ logger: "voice" }),
  };
  const started = isOver
    ? Promise.resolve()
    : import("./tell-other-routers.ts").then(({ tellOtherRouters }) => {
        if (!isOver) end = tellOtherRouters(lookout);
      });
  void started.catch((error: unknown) => log.warn({ exception: error }, "other routers cannot be looked for by mDNS"));
  return { stop: async () => finish(), kill: finish };
}
