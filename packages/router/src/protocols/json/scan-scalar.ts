import { isDigit, MINUS, PLUS, POINT, ZERO } from "./ascii.ts";
import { type Scan, stop } from "./scan.ts";

const LETTER_E = 0x65;

/** Takes the word `true`, `false` or `null` that starts at the scan's position. */
export const scanWord = (scan: Scan, word: "true" | "false" | "null"): boolean => {
  for (let index = 1; index < word.length; index += 1) {
    scan.at += 1;
    if (scan.body[scan.at] !== word.charCodeAt(index)) {
      return stop(scan, `in literal ${word} (expecting '${word.charAt(index)}')`);
    }
  }
  scan.at += 1;
  return true;
};

/** Takes the number that starts at the scan's position; after a leading zero the number is over. */
export const scanNumber = (scan: Scan): boolean => {
  if (scan.body[scan.at] === MINUS) scan.at += 1;
  if (scan.body[scan.at] === ZERO) scan.at += 1;
  else if (!scanDigits(scan, "in numeric literal")) return false;
  return scanFraction(scan) && scanExponent(scan);
};

const scanFraction = (scan: Scan): boolean => {
  if (scan.body[scan.at] !== POINT) return true;
  scan.at += 1;
  return scanDigits(scan, "after decimal point in numeric literal");
};

const scanExponent = (scan: Scan): boolean => {
  const letter = scan.body[scan.at];
  if (letter === undefined || (letter | 0x20) !== LETTER_E) return true;
  scan.at += 1;
  const sign = scan.body[scan.at];
  if (sign === PLUS || sign === MINUS) scan.at += 1;
  return scanDigits(scan, "in exponent of numeric literal");
};

const scanDigits = (scan: Scan, expectation: string): boolean => {
  if (!isDigit(scan.body[scan.at])) return stop(scan, expectation);
  while (isDigit(scan.body[scan.at])) scan.at += 1;
  return true;
};
