import { Command, InvalidArgumentError } from "commander";
import type { SimulatedModel, SimulatedOllamaOptions } from "../options.ts";
import { startSimulatedOllama } from "../start-simulated-ollama.ts";
import { readModel } from "./read-model.ts";

interface Flags {
  readonly host: string;
  readonly port: number;
  readonly model?: readonly SimulatedModel[];
  readonly numParallel: number;
  readonly version: string;
  readonly decode?: number;
  readonly prefill?: number;
  readonly disk?: number;
  readonly timeScale: number;
  readonly load?: readonly string[];
  readonly control: boolean;
}

/**
 * Runs `simulated-ollama` with the arguments after the program's name, until SIGTERM or SIGINT, which cut open streams
 * as they do those of Ollama: the connection ends before the answer does.
 */
export async function runCommand(args: readonly string[]): Promise<void> {
  const flags = describeFlags()
    .parse([...args], { from: "user" })
    .opts<Flags>();
  const server = await startSimulatedOllama(toOptions(flags)).catch((error: unknown) => {
    console.error(`simulated-ollama cannot start: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  });
  const stop = () => void server.kill().then(() => process.exit(0));
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  console.log(`simulated Ollama ${flags.version} listening on ${server.url}`);
}

function describeFlags(): Command {
  return new Command("simulated-ollama")
    .description("An HTTP server that behaves as a recorded Ollama 0.24.0, without any model in it.")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <number>", "port to listen on; 0 = any free one", number, 0)
    .option(
      "--model <name:sizeGB>",
      "a model on the disk; repeatable (default: three small recorded ones)",
      collectModel,
    )
    .option("--load <name>", "load this model from the start; repeatable", collectText)
    .option("--num-parallel <count>", "answers that one model writes at a time", number, 1)
    .option("--version <text>", "version to report", "0.24.0")
    .option("--decode <tokens>", "tokens per second of one answer", number)
    .option("--prefill <tokens>", "tokens per second of reading a prompt", number)
    .option("--disk <bytes>", "bytes per second of loading a model", number)
    .option("--time-scale <factor>", "stretches simulated times; 1 = as described, 0 = instant", number, 1)
    .option("--control", "serve /__simulated/fault and /__simulated/state", false);
}

function toOptions(flags: Flags): SimulatedOllamaOptions {
  const { host, port, numParallel, version, timeScale, control } = flags;
  const machine = {
    ...(flags.decode === undefined ? {} : { decodeTokensPerSecond: flags.decode }),
    ...(flags.prefill === undefined ? {} : { prefillTokensPerSecond: flags.prefill }),
    ...(flags.disk === undefined ? {} : { diskBytesPerSecond: flags.disk }),
  };
  const models = flags.model === undefined ? {} : { models: flags.model };
  return { host, port, numParallel, version, timeScale, control, machine, loaded: flags.load ?? [], ...models };
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("expected a number of 0 or more");
  return value;
}

function collectModel(text: string, before: readonly SimulatedModel[] = []): readonly SimulatedModel[] {
  return [...before, readModel(text)];
}

function collectText(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
