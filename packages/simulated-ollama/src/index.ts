export type { Fault, FaultScope, LoadFailure } from "./faults/fault.ts";
export { faultTexts } from "./faults/fault.ts";
export type { ReceivedRequest } from "./http/received.ts";
export type { SimulatedMachine, SimulatedModel, SimulatedOllamaOptions } from "./options.ts";
export { recordedModels } from "./options.ts";
export type { SimulatedOllama } from "./start-simulated-ollama.ts";
export { startSimulatedOllama } from "./start-simulated-ollama.ts";
export type { Surroundings } from "./surroundings.ts";
