import { harmlessText } from "@herd/shared/terminal";
import { holderWords, type PortHolding } from "@herd/shared/this-machine";
import type { OwnCommands } from "../../cli/own-commands.ts";

/** A port that another program has, and what this router was to be. */
export interface TakenPortFacts {
  readonly port: number;
  readonly holding: PortHolding;
  /** A port that is free now; undefined when none was found. */
  readonly freePort: number | undefined;
  readonly commands: OwnCommands;
  /** The agent of this machine was to run, too. */
  readonly withAgent: boolean;
}

/** What there is to know and to do, a line each. */
export interface Advice {
  readonly problem: string;
  /** Each a sentence, or a label and a command. */
  readonly fixes: readonly string[];
  /** What was to be started runs already. */
  readonly isRunningAlready?: boolean;
}

/** Who has the port, and what can be done about it. */
export function portTaken(facts: TakenPortFacts): Advice {
  const { port, holding } = facts;
  return {
    problem: `port ${port} is taken by ${folderOf(holding) ?? holderWords(holding)}`,
    fixes: [...fixesFor(facts), ...elsewhere(facts)],
  };
}

function fixesFor({ port, holding, commands }: TakenPortFacts): readonly string[] {
  const { server, holder } = holding;
  const stop = holder === undefined ? "Stop it where it runs" : `Stop it:         ${stopCommand(holder.pid)}`;
  switch (server?.kind) {
    case "herd":
      return [`Use that one:    ${commands.herd} status --port ${port}`];
    case "herd-predecessor":
      return [`${stop}`, "This product then takes its place: port, database and machines are taken over."];
    case "ollama":
      return ["Herd stands in front of Ollama, each on a port of its own; this Ollama can stay where it is."];
    case "ollama-proxy":
      return [stop];
    case undefined:
      return holder === undefined ? [`See who it is:   ${searchCommand(port)}`] : [stop];
    default:
      return [stop];
  }
}

/** The way that is always open: another port. */
function elsewhere({ port, holding, freePort, commands, withAgent }: TakenPortFacts): readonly string[] {
  if (freePort === undefined) return [`Another port:    ${commands.herd} --port PORT`];
  const command = `${commands.herd}${withAgent ? " up" : ""} --port ${freePort}`;
  const isOllama = holding.server?.kind === "ollama" && withAgent;
  return [
    `Another port:    ${command}`,
    ...(isOllama ? [`and for its agent, before that command:  FLEET_NODE_OLLAMA_HOST=http://127.0.0.1:${port}`] : []),
  ];
}

/** A router's data folder is known by how it was started. */
function folderOf(holding: PortHolding): string | undefined {
  if (holding.server?.kind !== "herd") return undefined;
  const { command = "", environment = "" } = holding.holder ?? {};
  const variable = (name: string): string | undefined =>
    environment
      .split("\0")
      .find((line) => line.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  const home = variable("HOME");
  const usual = home === undefined ? undefined : `${home}/.fleet-manager`;
  const folder = /--data-dir[= ](\S+)/.exec(command)?.[1] ?? variable("FLEET_DATA_DIR") ?? usual;
  const words = holderWords(holding);
  return folder === undefined ? words : `${words.replace(/\)$/, "")}, data folder ${harmlessText(folder)})`;
}

const stopCommand = (pid: number): string => (process.platform === "win32" ? `taskkill /PID ${pid}` : `kill ${pid}`);

function searchCommand(port: number): string {
  if (process.platform === "win32") return `netstat -ano | findstr :${port}`;
  return process.platform === "darwin" ? `sudo lsof -nP -iTCP:${port} -sTCP:LISTEN` : `sudo ss -ltnp sport = :${port}`;
}
