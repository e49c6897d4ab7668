import { startReplayNode } from "./replay-node.ts";

/** Runs a replay node on the port that is the only argument. */
const { port } = await startReplayNode(Number(process.argv[2]));
process.stdout.write(`replay node listening on http://127.0.0.1:${port}\n`);
