/** A contract's pair of examples: the first must be accepted by its schema, the second rejected. Used by docs and tests. */
export interface ContractExamples {
  readonly accepted: unknown;
  readonly rejected: unknown;
}
