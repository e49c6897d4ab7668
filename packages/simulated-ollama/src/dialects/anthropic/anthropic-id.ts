/** `msg_` or `req_` and 24 hexadecimal digits; `random` gives numbers from 0 up to 1. */
export function anthropicId(kind: "msg" | "req", random: () => number): string {
  const digits = Array.from({ length: 24 }, () => Math.floor(random() * 16).toString(16));
  return `${kind}_${digits.join("")}`;
}
