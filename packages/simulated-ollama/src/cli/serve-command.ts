import type { Command } from "commander";
import type { SimulatedMachine, SimulatedModel, SimulatedOllamaOptions } from "../options.ts";
import { startSimulatedOllama } from "../start-simulated-ollama.ts";
import { endOnSignal, failToStart } from "./end-process.ts";
import { readModel } from "./read-model.ts";
import { readNumber, readSeconds } from "./read-number.ts";

interface Flags {
  readonly host: string;
  readonly port: number;
  readonly model?: readonly SimulatedModel[];
  readonly pullable?: readonly SimulatedModel[];
  readonly load?: readonly string[];
  readonly origin?: readonly string[];
  readonly numParallel: number;
  readonly maxLoaded: number;
  readonly maxQueue: number;
  readonly keepAlive: number;
  readonly version: string;
  readonly decode?: number;
  readonly prefill?: number;
  readonly disk?: number;
  readonly diskSize?: number;
  readonly network?: number;
  readonly memory?: number;
  readonly vram?: number;
  readonly timeScale: number;
  readonly offline: boolean;
  readonly control: boolean;
}

/**
 * `simulated-ollama`: serves until SIGTERM or SIGINT, which cut open streams as they do those of Ollama: the connection
 * ends before the answer does.
 */
export function describeServe(command: Command): Command {
  command.description("An HTTP server that behaves as a recorded Ollama, without any model in it.");
  describeModels(command);
  describeMachine(command);
  return command
    .option("--version <text>", "version to behave like and to report", "0.24.0")
    .option("--time-scale <factor>", "stretches simulated times; 1 = as described, 0 = instant", readNumber, 1)
    .option("--origin <pattern>", "a web page's origin that may call, as in OLLAMA_ORIGINS; repeatable", collectText)
    .option("--offline", "pulls and pushes find no network", false)
    .option("--control", "serve /__simulated/state, /__simulated/fault and /__simulated/runner", false)
    .action(async (flags: Flags) => {
      const server = await startSimulatedOllama(toOptions(flags)).catch(failToStart);
      endOnSignal(server.kill);
      console.log(`simulated Ollama ${flags.version} listening on ${server.url}`);
    });
}

function describeModels(command: Command): void {
  command
    .option(
      "--model <name:sizeGB>",
      "a model on the disk; repeatable (default: three small recorded ones)",
      collectModel,
    )
    .option(
      "--pullable <name:sizeGB>",
      "a model that can be pulled; repeatable (default: a dozen known ones)",
      collectModel,
    )
    .option("--load <name>", "load this model from the start; repeatable", collectText)
    .option("--num-parallel <count>", "answers that one model writes at a time", readNumber, 1)
    .option("--max-loaded <count>", "models that are loaded at a time", readNumber, 3)
    .option("--max-queue <count>", "requests that may wait for a load", readNumber, 512)
    .option(
      "--keep-alive <seconds>",
      "how long a model stays loaded after its last request; -1 = for ever",
      readSeconds,
      300,
    );
}

function describeMachine(command: Command): void {
  command
    .option("--decode <tokens>", "tokens per second of one answer", readNumber)
    .option("--prefill <tokens>", "tokens per second of reading a prompt", readNumber)
    .option("--disk <bytes>", "bytes per second of loading a model", readNumber)
    .option("--disk-size <GB>", "room for models", readNumber)
    .option("--network <bytes>", "bytes per second of pulling a model", readNumber)
    .option("--memory <GB>", "memory of the machine", readNumber)
    .option("--vram <GB>", "memory of the graphics card; 0 = none", readNumber);
}

function toOptions(flags: Flags): SimulatedOllamaOptions {
  const { host, port, numParallel, version, timeScale, control, maxQueue } = flags;
  return {
    ...{ host, port, numParallel, version, timeScale, control, maxQueue },
    machine: toMachine(flags),
    maxLoadedModels: flags.maxLoaded,
    keepAliveMs: flags.keepAlive * 1000,
    isOffline: flags.offline,
    loaded: flags.load ?? [],
    origins: flags.origin ?? [],
    ...(flags.model === undefined ? {} : { models: flags.model }),
    ...(flags.pullable === undefined ? {} : { catalogue: flags.pullable }),
  };
}

/** Only what was given: the rest keeps its default. */
function toMachine(flags: Flags): Partial<SimulatedMachine> {
  const given = {
    decodeTokensPerSecond: flags.decode,
    prefillTokensPerSecond: flags.prefill,
    diskBytesPerSecond: flags.disk,
    networkBytesPerSecond: flags.network,
    diskBytes: bytesOf(flags.diskSize),
    memoryBytes: bytesOf(flags.memory),
    vramBytes: bytesOf(flags.vram),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function bytesOf(gigabytes: number | undefined): number | undefined {
  return gigabytes === undefined ? undefined : gigabytes * 1e9;
}

function collectModel(text: string, before: readonly SimulatedModel[] = []): readonly SimulatedModel[] {
  return [...before, readModel(text)];
}

function collectText(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
