/**
 * Fills a data folder with the history of a busy fleet, written by the router's own recorder:
 * `node --conditions=herd-source bench/programs/make-history.ts --folder DIR [--rows 1000000] [--days 7]`.
 */
import { parseArgs } from "node:util";
import { fillHistory } from "../records/fill-history.ts";
import { assembleRouter } from "../stage/assembled-router.ts";

const { values } = parseArgs({
  options: {
    folder: { type: "string" },
    rows: { type: "string", default: "1000000" },
    days: { type: "string", default: "7" },
  },
});
if (values.folder === undefined) throw new Error("--folder says where the database is to be made");

const router = assembleRouter({ folder: values.folder });
const { traces } = router.stores;
await fillHistory(
  { record: (trace) => traces.record(trace), counts: () => traces.counts() },
  { rows: Number(values.rows), days: Number(values.days) },
);
const { written, dropped } = traces.counts();
router.stop();
console.log(`${written} requests written, ${dropped} dropped: ${values.folder}/latency.db`);
