/** What is known of the router itself. */
export interface RouterFacts {
  readonly version: string;
}
