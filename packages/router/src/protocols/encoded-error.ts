/** An error as a whole HTTP reply. */
export interface EncodedError {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}
