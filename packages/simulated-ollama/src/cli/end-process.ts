/** Calls `stop` at the first SIGTERM or SIGINT and ends the process when it has settled. */
export function endOnSignal(stop: () => Promise<void>): void {
  const end = () => void stop().then(() => process.exit(0));
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
}

/** Says why the program cannot start, and ends it. */
export function failToStart(error: unknown): never {
  console.error(`simulated-ollama cannot start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
