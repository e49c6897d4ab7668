/** What follows the flags in the help of each command: examples that work as they stand, and exit codes. */
export const herdExamples = `
Examples:
  herd                      run the router
  herd up                   run the router and the agent of this machine
  herd up --port 12000      the same on another port
  herd status               the machines and what they do
  herd explain              why the newest request went where it went
  herd status --help        more about one command

Every setting: docs/reference/configuration.md
From a checkout, commands are typed as:  npm run herd -- status

Exit codes: 0 well · 1 something failed · 2 wrong use or bad setting
            3 port taken, or this router runs already · 4 data folder or database unusable`;

export const upExamples = `
Examples:
  herd up
  herd up --port 12000 --data-dir ~/.fleet-manager-2
  herd up --host 127.0.0.1          for this machine alone

Exit codes: as those of herd; the router goes on when the agent of this machine ends.`;

export const statusExamples = `
Examples:
  herd status
  herd status --port 12000                      the router of this machine on another port
  herd status --router-url http://router:11435  another machine's router
  herd status --json                            everything that is known, for programs
  NO_COLOR=1 herd status                        without colours; a pipe gets none anyway

Exit codes: 0 the router answered, whatever state the machines are in · 1 none answered · 2 wrong use`;

export const explainExamples = `
Examples:
  herd explain                                  the newest request
  herd explain 01HXYZ                           the request with this X-Request-Id
  herd explain --json --router-url router

Exit codes: 0 explained · 1 no router answered, or it keeps no decision for that request · 2 wrong use`;
