import { type AgentSettings, startAgent } from "@herd/node-agent";

/**
 * Runs an agent on a machine whose clock is wrong. Arguments: how far it is ahead (s), then the agent's settings as JSON.
 */
const [, , aheadS = "0", settings = "{}"] = process.argv;
const print = (sentence: string): boolean => process.stdout.write(`${sentence}\n`);

await startAgent(JSON.parse(settings) as AgentSettings, {
  print,
  environment: process.env,
  wallClock: () => Date.now() + Number(aheadS) * 1000,
});
