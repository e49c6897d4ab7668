/** The process that listens on a TCP port of this machine. */
export interface PortHolder {
  readonly pid: number;
  /** Short name of its program. */
  readonly program: string;
  /** Its command line, arguments divided by blanks; undefined when it is not told. */
  readonly command?: string | undefined;
  /** How long it has been running, seconds; undefined when it is not told. */
  readonly runningS?: number | undefined;
  /** Its environment as the system shows it (`NAME=value`, divided by NUL); undefined when it may not be read. */
  readonly environment?: string | undefined;
}

/** Which port is meant. */
export interface SoughtPort {
  readonly port: number;
  /** IPv4 address on which it must be served; absent: any. Heeded on Linux only. */
  readonly address?: string;
  /** Default: this machine's. */
  readonly platform?: NodeJS.Platform;
  /** Linux's folder of processes; default `/proc`. */
  readonly procFolder?: string;
}
