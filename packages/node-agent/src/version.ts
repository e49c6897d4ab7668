/** Version of this agent, as in the package's package.json. */
export const AGENT_VERSION = "0.1.0";
