import { Command } from "commander";
import { readNumber } from "./read-number.ts";
import { describeReplay } from "./replay-command.ts";
import { describeServe } from "./serve-command.ts";

/** Runs `simulated-ollama` with the arguments after the program's name, until SIGTERM or SIGINT. */
export async function runCommand(args: readonly string[]): Promise<void> {
  await describeCommands().parseAsync([...args], { from: "user" });
}

/** Flags after the name of a subcommand are its own. */
function describeCommands(): Command {
  const program = describeServe(new Command("simulated-ollama").enablePositionalOptions());
  program
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <number>", "port to listen on; 0 = any free one", readNumber, 0);
  return program.addCommand(describeReplay(new Command("replay")));
}
