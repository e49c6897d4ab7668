import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A program of the bench in a process of its own, which ends when this one does. */
export interface BenchProgram {
  readonly pid: number;
  /** Sends a message. */
  readonly tell: (message: object) => void;
  /** Its next message. Rejects when it ends before. */
  readonly hear: <Message>() => Promise<Message>;
  readonly stop: () => Promise<void>;
}

/** Starts a program of `bench/programs`. */
export function startProgram(name: "backend" | "stream-client", args: readonly string[] = []): BenchProgram {
  const child = fork(fileURLToPath(new URL(`../programs/${name}.ts`, import.meta.url)), [...args], {
    stdio: "inherit",
  });
  return {
    pid: child.pid ?? -1,
    tell: (message) => void child.send(message),
    hear: <Message>() => nextMessage<Message>(child, name),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function nextMessage<Message>(child: ChildProcess, name: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`the program ${name} has ended with ${code}`));
    child.once("exit", onExit);
    child.once("message", (message) => {
      child.removeListener("exit", onExit);
      resolve(message as Message);
    });
  });
}

/** The backend that streams, with so many ports. */
export async function startBackend(ports: number): Promise<BenchProgram & { readonly ports: readonly number[] }> {
  const program = startProgram("backend", [String(ports)]);
  const { ports: open } = await program.hear<{ readonly ports: readonly number[] }>();
  return { ...program, ports: open };
}
