export type { AgentDependencies, RunningAgent } from "./running-agent.ts";
export type { AgentSettings } from "./settings/settings.ts";
export { startAgent } from "./start.ts";
