import { lookAtOllama, seekTools, type ToolSearch } from "@herd/shared/this-machine";
import type { ModelSnapshot } from "../../domain/fleet-snapshot.ts";
import { foundLines, toolLines } from "./found-lines.ts";
import type { Page } from "./lines.ts";
import type { FleetWindow } from "./tell-fleet.ts";
import { modelToTry, tryLine } from "./try-line.ts";

/** What is said after the first lines. */
export interface LaterLines {
  readonly fleet: FleetWindow;
  /** Port of the router itself. */
  readonly port: number;
  readonly localUrl: string;
  /** Where this machine's Ollama is to be. */
  readonly ollamaUrl: string;
  /** The command that starts an agent here; undefined when one is being started. */
  readonly agentCommand: string | undefined;
  readonly page: Page;
  readonly print: (lines: string) => void;
  /** Where to look for tools. Default: their usual ports. */
  readonly search?: ToolSearch;
}

/** Longest that Ollama's answer is waited for, ms; the router serves meanwhile. */
const ANSWER_MS = 400;

/** Says what is on this machine, and then, as soon as the fleet has a model, a command to try it with. Never rejects. */
export async function speakOnceUp(lines: LaterLines): Promise<void> {
  const { fleet, port, localUrl, ollamaUrl, agentCommand, page, print, search } = lines;
  const ownPorts = [port, Number(new URL(ollamaUrl).port)];
  const [ollama, tools] = await Promise.all([
    lookAtOllama(ollamaUrl, ANSWER_MS),
    seekTools({ except: ownPorts, ...search }),
  ]);
  print(foundLines({ ollama, ollamaUrl, agentCommand }, page) + toolLines(tools, page));
  const model = await firstModel(fleet);
  // A command that is to be copied stands on a line of its own, whole.
  print(`${page.paint("  Try", "quiet")}\n${tryLine(model, localUrl, process.platform)}\n`);
}

/** Loaded models and their capabilities are known a little after their names, ms. */
const SETTLING_MS = 1_500;

function firstModel(fleet: FleetWindow): Promise<ModelSnapshot> {
  return new Promise((resolve) => {
    let isSettling = false;
    const look = (): void => {
      if (isSettling || modelToTry(fleet.snapshot()) === undefined) return;
      isSettling = true;
      setTimeout(() => {
        const model = modelToTry(fleet.snapshot());
        isSettling = model !== undefined;
        if (model !== undefined) resolve(model);
      }, SETTLING_MS).unref();
    };
    fleet.onNews(look);
    look();
  });
}
