import { goQuote } from "../../json/go-quote.ts";
import { readMediaType } from "./media-type.ts";

/** What the head of a part says of it; both texts empty where it says nothing. */
export interface PartHead {
  /** Name of the form's field; a part without one is passed over. */
  readonly name: string;
  /** Not empty for a file. */
  readonly filename: string;
}

/** What Go's server says to a head that it cannot read. */
export interface HeadProblem {
  readonly problem: string;
}

const FIELD_NAME = /^[!#$%&'*+.^`|~\w -]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what no header's value may hold
const BAD_VALUE = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** Reads the lines of a part's head, without their ends, as Go's `textproto` does. */
export function readPartHead(lines: readonly string[]): PartHead | HeadProblem {
  const first = lines[0] ?? "";
  if (/^[ \t]/.test(first)) return { problem: `malformed MIME header initial line: ${goQuote(first.slice(0, 80))}` };
  const headers = headersIn(lines);
  for (const header of headers) {
    const problem = problemOf(header);
    if (problem !== undefined) return { problem };
  }
  const disposition = headers.find(({ whole }) => /^content-disposition:/i.test(whole))?.whole ?? "";
  return headOf(disposition.slice(disposition.indexOf(":") + 1).trim());
}

interface Header {
  readonly firstLine: string;
  /** With the lines that continue it. */
  readonly whole: string;
}

function problemOf({ firstLine, whole }: Header): string | undefined {
  if (!firstLine.includes(":")) return `malformed MIME header: missing colon: ${goQuote(firstLine)}`;
  const at = whole.indexOf(":");
  const isGood = FIELD_NAME.test(whole.slice(0, at)) && !BAD_VALUE.test(whole.slice(at + 1));
  return isGood ? undefined : `malformed MIME header line: ${goQuote(whole)}`;
}

function headOf(disposition: string): PartHead {
  const read = readMediaType(disposition);
  if (read?.type !== "form-data") return { name: "", filename: "" };
  return { name: read.parameters.get("name") ?? "", filename: read.parameters.get("filename") ?? "" };
}

/** Lines that begin with white space continue the one before. */
function headersIn(lines: readonly string[]): readonly Header[] {
  const headers: Header[] = [];
  for (const line of lines) {
    const last = /^[ \t]/.test(line) ? headers.pop() : undefined;
    const text = line.replace(/^[ \t]+|[ \t]+$/g, "");
    headers.push(
      last === undefined
        ? { firstLine: line, whole: text }
        : { firstLine: last.firstLine, whole: `${last.whole} ${text}` },
    );
  }
  return headers;
}
