/** What stands for all values beyond the bound. */
export const OTHER = "other";

/** Longest value of a label, characters. */
const LONGEST = 200;
/** Control characters and what stands between lines: they would move a terminal's cursor, or break a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are to be found.
const CONTROLS = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/g;

/** A value as it may stand in a label: bounded, well-formed, without control characters. */
export function cleanLabel(value: string): string {
  const short = value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
  return short.toWellFormed().replace(CONTROLS, "\ufffd");
}

/**
 * What is kept for each value of a label, for so many values at most: newcomers beyond the bound share one place, `other`,
 * so that names from outside can never fill the memory, nor the database of whoever collects.
 */
export class LabelBook<Account> {
  readonly #most: number;
  readonly #create: (label: string, index: number) => Account;
  readonly #accounts = new Map<string, Account>();
  #other: Account | undefined;

  /** @param most values with a place of their own. @param create makes the account of a label; index counts from 0. */
  constructor(most: number, create: (label: string, index: number) => Account) {
    this.#most = most;
    this.#create = create;
  }

  /** The account of a value. */
  of(value: string): Account {
    return this.#accounts.get(value) ?? this.#open(value);
  }

  /** What all values beyond the bound share. */
  other(): Account {
    this.#other ??= this.#create(OTHER, this.#most);
    return this.#other;
  }

  all(): readonly Account[] {
    return this.#other === undefined ? [...this.#accounts.values()] : [...this.#accounts.values(), this.#other];
  }

  #open(value: string): Account {
    const label = cleanLabel(value);
    // Two values that look alike once they are clean are one: a label must not be told twice.
    const alike = label === value ? undefined : this.#accounts.get(label);
    if (alike !== undefined) return alike;
    if (label === OTHER || this.#accounts.size >= this.#most) return this.other();
    const account = this.#create(label, this.#accounts.size);
    this.#accounts.set(label, account);
    return account;
  }
}
