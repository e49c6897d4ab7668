/** Stands for the router's address where this browser knows only a loopback one. */
const PLACEHOLDER = "THIS-HOST";
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/;

/** The line that makes another machine join. */
export interface JoinCommand {
  readonly text: string;
  /** The text holds a placeholder, because other machines cannot reach the router under the name this browser uses. */
  readonly hasPlaceholder: boolean;
  /** What stands in for the router's address. */
  readonly placeholder: string;
}

/** Builds the line from the address under which this browser reached the router. */
export function joinCommand(address: Pick<URL, "protocol" | "hostname" | "port">): JoinCommand {
  const hasPlaceholder = LOOPBACK.test(address.hostname);
  const host = hasPlaceholder ? PLACEHOLDER : address.hostname;
  const port = address.port === "" ? "" : `:${address.port}`;
  return {
    text: `herd-node --router-url ${address.protocol}//${host}${port}`,
    hasPlaceholder,
    placeholder: PLACEHOLDER,
  };
}
