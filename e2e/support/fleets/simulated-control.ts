import { ask, askJson, type Target } from "../clients/http-call.ts";

/** What a simulated Ollama in another process tells about itself. */
export interface SimulatedState {
  readonly inFlight: number;
  readonly loadedModels: readonly string[];
  readonly received: readonly { readonly path: string; readonly closedByClientAt: number | null }[];
}

/** Reads its state through its control route. */
export const simulatedState = (target: Target): Promise<SimulatedState> =>
  askJson(target, { path: "/__simulated/state" });

/** Switches a fault on; null switches all off. @throws Error when it is none. */
export async function setFault(target: Target, fault: object | null): Promise<void> {
  const { status, text } = await ask(target, { path: "/__simulated/fault", body: JSON.stringify(fault) });
  if (status !== 200) throw new Error(`the fault was refused: ${text}`);
}
