import { InvalidArgumentError } from "commander";
import { show } from "../asking/look.ts";
import type { Command, Flag } from "../frame/command.ts";
import { choiceFlag, countFlag, jsonFlag, routerUrlFlag, showingOf } from "../frame/usual-flags.ts";
import { lookAtRun, lookAtRuns } from "./bench-looks.ts";
import { compareRuns } from "./compare-runs.ts";
import { cancelBench, startBench } from "./run-bench.ts";

const csvFlag: Flag = { syntax: "--csv", meaning: "as CSV, for a spreadsheet" };

/** A flag that takes names separated by commas. */
const namesFlag = (syntax: string, meaning: string, completes: Flag["completes"]): Flag => ({
  syntax,
  meaning,
  ...(completes === undefined ? {} : { completes }),
  read: (typed) => {
    const names = typed.split(",").map((name) => name.trim());
    if (names.every((name) => name !== "")) return names;
    throw new InvalidArgumentError("They must be names, separated by commas.");
  },
});

const RUN = {
  name: "RUN",
  meaning: "id of a run, as herd bench list tells it; latest for the newest",
  completes: "runs",
} as const;

const list: Pick<Command, "flags" | "run"> = {
  flags: [countFlag("--limit <count>", "how many (20 unless told)", [1, 500]), csvFlag, jsonFlag, routerUrlFlag],
  run: (order) => show(order.shell, () => lookAtRuns(order), showingOf(order)),
};

/** `herd bench …`. */
export const benchCommands: readonly Command[] = [
  {
    words: ["bench"],
    summary: "measure the fleet, and compare with earlier times",
    ...list,
    examples: [
      ["herd bench", "earlier runs"],
      ["herd bench start", "measure what is in memory now"],
      ["herd bench compare latest RUN", "what has become faster or slower"],
    ],
  },
  {
    words: ["bench", "start"],
    summary: "measure the fleet, and show how far it is",
    about:
      "quick measures the models in memory, full also those on the disks, custom what is named. The load on each machine rises until it gets no faster. Its requests are tagged and count nowhere as use. Ctrl-C ends the measuring, too, unless --detach was given.",
    flags: [
      choiceFlag("--mode <mode>", "quick, full or custom (quick unless told)", ["quick", "full", "custom"]),
      countFlag("--duration <seconds>", "time for measuring each machine (60 unless told)", [1, 3600]),
      namesFlag("--types <list>", "kinds of models: llm, embed, image (llm unless told)", ["llm", "embed", "image"]),
      namesFlag("--models <list>", "only these, separated by commas", "models"),
      namesFlag("--nodes <list>", "only these machines, separated by commas", "nodes"),
      countFlag("--concurrency <count>", "most requests at once on one machine and model (16 unless told)", [1, 64]),
      countFlag("--output-tokens <count>", "tokens that one answer may have (64 unless told)", [1, 4096]),
      { syntax: "--pull", meaning: "models that a named machine lacks are pulled first" },
      { syntax: "--detach", meaning: "start it and do not wait for its end" },
      jsonFlag,
      routerUrlFlag,
    ],
    examples: [
      ["herd bench start", "what is in memory, one minute for each machine"],
      ["herd bench start --mode full --duration 120", "what is on the disks, too"],
      ["herd bench start --mode custom --models gemma3:4b --nodes mac-mini,pc", "one model on two machines"],
    ],
    exits: [[1, "no router answered, one is running already, or it failed"]],
    run: startBench,
  },
  {
    words: ["bench", "list"],
    summary: "earlier runs, newest first",
    ...list,
    examples: [
      ["herd bench list", "as a table"],
      ["herd bench list --csv > runs.csv", "for a spreadsheet"],
    ],
  },
  {
    words: ["bench", "show"],
    summary: "one run: each model, each machine, and where it was saturated",
    arguments: [RUN],
    flags: [csvFlag, jsonFlag, routerUrlFlag],
    examples: [
      ["herd bench show latest", "the newest"],
      ["herd bench show latest --json", "with all numbers, for programs"],
    ],
    run: (order) => show(order.shell, () => lookAtRun(order), showingOf(order)),
  },
  {
    words: ["bench", "cancel"],
    summary: "end the run that is under way",
    flags: [jsonFlag, routerUrlFlag],
    examples: [["herd bench cancel", "what was measured so far is kept"]],
    run: cancelBench,
  },
  {
    words: ["bench", "compare"],
    summary: "two runs side by side, with the change in per cent",
    arguments: [RUN, { ...RUN, name: "OTHER" }],
    flags: [jsonFlag, routerUrlFlag],
    examples: [["herd bench compare RUN latest", "an earlier one with the newest"]],
    run: (order) => show(order.shell, () => compareRuns(order), showingOf(order)),
  },
];
