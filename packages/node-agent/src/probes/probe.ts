/** Measures one thing once. `undefined`: this machine does not tell. */
export type Probe<Reading> = () => Promise<Reading | undefined>;
