import type { Check, Finding } from "../check.ts";
import { type MadeFacts, makeFacts } from "./make-facts.ts";
import { mustBeWellFormed } from "./well-formed.ts";

/** What a check finds in facts that are healthy but for what is given; nothing where it does not apply. */
export function foundBy(check: Check, made: MadeFacts = {}): readonly Finding[] {
  const facts = makeFacts(made);
  const findings = check.appliesTo(facts) ? check.inspect(facts) : [];
  for (const finding of findings) mustBeWellFormed(finding);
  return findings;
}
