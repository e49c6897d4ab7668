/** How the commands of this product are typed where this process was started. */
export interface OwnCommands {
  readonly herd: string;
  readonly herdNode: string;
}

const OWN_SCRIPTS: ReadonlySet<string | undefined> = new Set(["start", "herd", "herd-node"]);

/** In a checkout the commands are scripts of npm, which names the running one in the environment. */
export function ownCommands(env: Readonly<Record<string, string | undefined>>): OwnCommands {
  const isScript = OWN_SCRIPTS.has(env["npm_lifecycle_event"]);
  return isScript
    ? { herd: "npm run herd --", herdNode: "npm run herd-node --" }
    : { herd: "herd", herdNode: "herd-node" };
}
