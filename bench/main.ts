// Measures the way of a request: directly, through nginx and through herd, in one run on this machine.
// npm run bench -- [--seconds N] [--rounds N]
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { measureGateway } from "./gateway.ts";
import { measureStart } from "./start-up.ts";
import { missingPrograms } from "./support/programs.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "5" }, rounds: { type: "string", default: "3" } },
});
const plan = { seconds: Number(values.seconds), rounds: Number(values.rounds) };

const missing = missingPrograms(["nginx", "wrk"]);
if (missing.length > 0) {
  console.error(`bench: ${missing.join(" and ")} must be installed first (Debian: apt-get install nginx-light wrk)`);
  process.exitCode = 2;
} else {
  console.log(
    `${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), Node ${process.version}, ${plan.rounds} rounds of ${plan.seconds} s\n`,
  );
  console.log(await measureGateway(plan));
  console.log(await measureStart(plan.rounds));
}
