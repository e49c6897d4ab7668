import { expect, test } from "vitest";
import { readWrk } from "./wrk.ts";

const output = `Running 4s test @ http://127.0.0.1:23434/api/chat
  1 threads and 10 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.52ms    2.11ms  28.50ms   91.14%
    Req/Sec     9.87k     1.02k   11.90k    70.00%
  Latency Distribution
     50%  812.00us
     75%    1.61ms
     90%    3.61ms
     99%    1.05s
  39412 requests in 4.01s, 38.10MB read
`;

test("wrk's own words are read, in whatever unit it chose", () => {
  const read = readWrk(`${output}Requests/sec:   9823.61\n`);
  expect(read).toEqual({ requests: 39_412, requestsPerSecond: 9823.61, p50: 0.812, p99: 1050, errors: 0 });
});

test("bad answers and broken connections count as errors", () => {
  const more = "  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 100\n";
  expect(readWrk(output + more).errors).toBe(110);
});

test("what wrk did not print is not made up", () => {
  const { p50, p99, requests } = readWrk("unable to connect");
  expect([p50, p99, requests]).toEqual([Number.NaN, Number.NaN, 0]);
});
