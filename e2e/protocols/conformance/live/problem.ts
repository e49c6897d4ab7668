/** Why the suite cannot run, in a sentence for the one who called it. */
export class ConformanceProblem extends Error {}
