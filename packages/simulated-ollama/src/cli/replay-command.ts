import type { Command } from "commander";
import { startReplay } from "../recorded/start-replay.ts";
import { endOnSignal, failToStart } from "./end-process.ts";
import { readNumber } from "./read-number.ts";

interface ReplayFlags {
  readonly host: string;
  readonly port: number;
  readonly timeScale: number;
}

/** `simulated-ollama replay <folder>`: answers recorded requests with the recorded bytes. */
export function describeReplay(command: Command): Command {
  return command
    .description("Answer recorded requests with the recorded bytes; everything else is a 501.")
    .argument("<folder>", "folder with one JSON file per recorded exchange")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <number>", "port to listen on; 0 = any free one", readNumber, 0)
    .option("--time-scale <factor>", "stretches recorded times; 1 = as recorded, 0 = at once", readNumber, 0)
    .action(async (folder: string, flags: ReplayFlags) => {
      const replay = await startReplay({ folder, ...flags }).catch(failToStart);
      endOnSignal(replay.close);
      console.log(`replay of ${replay.names.length} exchanges listening on ${replay.url}`);
    });
}
