/** How this router is called, and how its commands are typed where it was started. */
export interface Reach {
  /** URL for programs on the router's own machine. */
  readonly ownUrl: string;
  /** URL for other machines. */
  readonly lanUrl: string;
  /** What `herd` and `herd-node` are typed as, for example `npm run herd --`. */
  readonly herd: string;
  readonly herdNode: string;
}

/** Stands in commands for the router as other machines call it. */
export const ROUTER = "ROUTER:11435";
/** Where commands look for the router by themselves. */
const USUAL_URL = /^http:\/\/(localhost|127\.0\.0\.1):11435$/;

/**
 * A command as it can be typed here: checks write it for a usual router, and this one may listen elsewhere or run from a
 * checkout. @param reach undefined leaves the command as it is
 */
export function typedCommand(command: string, reach: Reach | undefined): string {
  if (reach === undefined) return command;
  const placed = placedFix(command, reach);
  if (/^herd-node\b/.test(placed)) return placed.replace(/^herd-node/, () => reach.herdNode);
  if (!/^herd [a-z]/.test(placed)) return placed.replace(/^herd (?=-)/, () => `${reach.herd} `);
  return asked(placed, reach).replace(/^herd/, () => reach.herd);
}

/** A sentence in which the router is named as other machines call it. */
export const placedFix = (fix: string, reach: Reach | undefined): string =>
  reach === undefined ? fix : fix.replaceAll(ROUTER, reach.lanUrl.replace(/^http:\/\//, ""));

/** Words behind a `--` are no flags; one between quotes belongs to a name. */
function asked(command: string, { ownUrl }: Reach): string {
  if (USUAL_URL.test(ownUrl)) return command;
  const [, order = command, words = ""] = /^((?:\\.|[^'\\]|'[^']*')*?)( -- .*)?$/s.exec(command) ?? [];
  return `${order} --router-url ${ownUrl}${words}`;
}
