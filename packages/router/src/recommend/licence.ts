/** What a licence allows: `free` for any use, `restricted` to research or non-commercial use, `unknown` where nobody tells. */
export type LicenceKind = "free" | "restricted" | "unknown";

/** Words of licences that forbid to earn money with a model, or to use it in production. */
const RESTRICTED = /\bNC\b|non-?(?:commercial|production)|research/i;

/** Reads a licence's name as the list of models has it; terms like those of Llama or Gemma allow commercial use. */
export const licenceKind = (licence: string | undefined): LicenceKind =>
  licence === undefined ? "unknown" : RESTRICTED.test(licence) ? "restricted" : "free";
