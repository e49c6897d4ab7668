import { InvalidArgumentError } from "commander";

/** Reads a number of 0 or more. Throws commander's error for anything else. */
export function readNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("expected a number of 0 or more");
  return value;
}

/** Reads a number of seconds; a negative one means for ever. */
export function readSeconds(text: string): number {
  return text.startsWith("-") ? -readNumber(text.slice(1)) : readNumber(text);
}
