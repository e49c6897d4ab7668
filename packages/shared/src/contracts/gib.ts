import { z } from "zod";

/** A size in GiB. One exbibyte is the bound: what is larger is a mistake, and would be no finite number of bytes. */
export const gib = z
  .number()
  .nonnegative()
  .max(2 ** 30);
