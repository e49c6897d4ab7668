/** The error text for a `top_logprobs` out of range. */
export function badTopLogprobs(value: number | undefined): string | undefined {
  return value !== undefined && (value < 0 || value > 20) ? "top_logprobs must be between 0 and 20" : undefined;
}
