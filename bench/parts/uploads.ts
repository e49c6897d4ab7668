import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { MODEL } from "../load/chat.ts";
import { type FileOrder, lengthOf, sendFile, type UploadSight } from "../load/upload.ts";
import { startBackend } from "../processes/start-program.ts";
import { type MemorySight, watchMemory } from "../processes/watch-memory.ts";
import { withCleanup } from "../processes/with-cleanup.ts";
import type { Findings, Table, Target } from "../report/findings.ts";
import { inTurn, startThreeWays, type Way, type WayName, wayNames } from "../stage/three-ways.ts";
import { median, sum } from "../statistics.ts";
import type { Part, Plan } from "./part.ts";

const MB = 1e6;
const MIB = 2 ** 20;

/** Uploads of one kind, which a router serves that has served nothing before. */
interface Case {
  readonly title: string;
  /** For the sentence about memory. */
  readonly short: string;
  readonly atOnce: number;
  /** One after the other, each time so many at once. */
  readonly turns: number;
  readonly file: () => FileOrder;
}

/** What a case took on one way in one round. */
interface Sample {
  readonly way: WayName;
  readonly tookMs: number;
  readonly cpuMs: number;
  readonly mib: number;
  readonly lost: number;
}

interface CaseResult {
  readonly of: Case;
  readonly samples: readonly Sample[];
  /** Of herd, one for each round. */
  readonly memory: readonly MemorySight[];
}

/** Files that pass through: how fast, and in how much memory. */
export const uploads: Part = {
  name: "uploads",
  title: "Uploads: a model's file and recordings to be transcribed",
  programs: ["nginx"],
  isLong: false,
  measure: async (plan) => {
    const results: CaseResult[] = [];
    for (const one of casesOf(plan)) results.push(await measureCase(one, plan));
    return findingsOf(results, plan);
  },
};

const extentOf = ({ isShort }: Plan) =>
  isShort
    ? { rounds: 1, fileBytes: 128 * MB, recordingBytes: 5 * MB, recordings: 2, settleS: 0.3 }
    : { rounds: 3, fileBytes: 2000 * MB, recordingBytes: 25 * MB, recordings: 8, settleS: 5 };

function casesOf(plan: Plan): readonly Case[] {
  const { fileBytes, recordingBytes, recordings } = extentOf(plan);
  const [large, small] = [`${fileBytes / MB} MB`, `${recordingBytes / MB} MB`];
  const file = (): FileOrder => recordingOf(recordingBytes);
  return [
    {
      title: `A file of ${large}, POST /api/blobs`,
      short: `a file of ${large}`,
      atOnce: 1,
      turns: 1,
      file: () => blobOf(fileBytes),
    },
    {
      title: `${AT_ONCE} files of ${fileBytes / AT_ONCE / MB} MB at once`,
      short: `${AT_ONCE} files of ${fileBytes / AT_ONCE / MB} MB at once`,
      atOnce: AT_ONCE,
      turns: 1,
      file: () => blobOf(fileBytes / AT_ONCE),
    },
    {
      title: `${recordings} recordings of ${small} one after the other, POST /v1/audio/transcriptions`,
      short: `${recordings} recordings of ${small} one after the other`,
      atOnce: 1,
      turns: recordings,
      file,
    },
    {
      title: `${AT_ONCE} recordings of ${small} at once`,
      short: `${AT_ONCE} recordings of ${small} at once`,
      atOnce: AT_ONCE,
      turns: 1,
      file,
    },
  ];
}

const AT_ONCE = 8;

/** Nobody looks whether the digest is that of the file: the backend drops what it is sent. */
const blobOf = (bytes: number): FileOrder => ({
  path: `/api/blobs/sha256:${randomBytes(32).toString("hex")}`,
  contentType: "application/octet-stream",
  before: "",
  after: "",
  bytes,
});

/** A form as clients send it, the file first. */
const recordingOf = (bytes: number): FileOrder => ({
  path: "/v1/audio/transcriptions",
  contentType: "multipart/form-data; boundary=part-of-a-form",
  before:
    '--part-of-a-form\r\nContent-Disposition: form-data; name="file"; filename="talk.wav"\r\nContent-Type: audio/wav\r\n\r\n',
  after: `\r\n--part-of-a-form\r\nContent-Disposition: form-data; name="model"\r\n\r\n${MODEL}\r\n--part-of-a-form--\r\n`,
  bytes,
});

function measureCase(one: Case, plan: Plan): Promise<CaseResult> {
  return withCleanup(async (cleanup) => {
    const { rounds, settleS } = extentOf(plan);
    const backend = cleanup.keep(await startBackend(2));
    const stage = await startThreeWays(cleanup, backend.ports, MODEL);
    await pause(settleS * 1000);
    const samples: Sample[] = [];
    const memory: MemorySight[] = [];
    for (let round = 0; round < rounds; round += 1) {
      plan.say(`${one.short}, round ${round + 1} of ${rounds}`);
      for (const way of inTurn(stage.ways, round)) {
        const watch = watchMemory(stage.herd.pid);
        samples.push(await takeSample(one, way));
        const sight = watch.stop();
        if (way.name === "herd") memory.push(sight);
      }
    }
    return { of: one, samples, memory };
  });
}

async function takeSample(one: Case, way: Way): Promise<Sample> {
  const before = { at: performance.now(), cpu: way.cpuMs() };
  const sights: UploadSight[] = [];
  const order = one.file();
  for (let turn = 0; turn < one.turns; turn += 1) {
    const many = Array.from({ length: one.atOnce }, () => sendFile(way.port, order));
    sights.push(...(await Promise.all(many)));
  }
  const isWhole = ({ status, arrivedBytes }: UploadSight): boolean => status < 300 && arrivedBytes === lengthOf(order);
  return {
    way: way.name,
    tookMs: performance.now() - before.at,
    cpuMs: way.cpuMs() - before.cpu,
    mib: (sights.length * lengthOf(order)) / MIB,
    lost: sights.filter((sight) => !isWhole(sight)).length,
  };
}

function findingsOf(results: readonly CaseResult[], plan: Plan): Findings {
  const { rounds, settleS } = extentOf(plan);
  const lost = sum(results.flatMap(({ samples }) => samples.map((sample) => sample.lost)));
  return {
    setup: [
      `Sent piece by piece as fast as they are taken, each on a connection of its own, to a backend that reads and drops them; ${rounds} rounds, the ways in turns. Each kind has a router of its own that has served nothing before; its resident memory (VmRSS) is looked at 20 times a second, from ${settleS} s after its nodes have joined.`,
    ],
    tables: [...results.map(tableOf), memoryTable(results)],
    targets: results.map(targetOf),
    notes: [
      "herd passes a model's file on as it comes, and puts a recording aside on disk until it knows the model, which may stand behind it; nginx passes on both as they come, direct the backend reads them itself.",
      ...(lost === 0 ? [] : [`${lost} uploads did not arrive whole.`]),
    ],
    failures: lost,
  };
}

function tableOf({ of, samples }: CaseResult): Table {
  const middle = (way: WayName, read: (sample: Sample) => number): number =>
    median(samples.filter((sample) => sample.way === way).map(read));
  return {
    title: of.title,
    head: ["way", "MiB/s", "took, ms", "longer than direct, ms per MiB", "CPU between, ms per MiB"],
    rows: wayNames.map((way) => {
      const msPerMib = middle(way, ({ tookMs, mib }) => tookMs / mib);
      const direct = middle("direct", ({ tookMs, mib }) => tookMs / mib);
      return [
        way,
        1000 / msPerMib,
        middle(way, ({ tookMs }) => tookMs),
        msPerMib - direct,
        middle(way, ({ cpuMs, mib }) => cpuMs / mib),
      ];
    }),
  };
}

const beforeOf = ({ memory }: CaseResult): number => memory[0]?.beforeMib ?? Number.NaN;
const mostOf = ({ memory }: CaseResult): number => Math.max(...memory.map(({ mostMib }) => mostMib));

const memoryTable = (results: readonly CaseResult[]): Table => ({
  title: "Resident memory of herd",
  head: ["what", "before the first, MiB", "the most in the first round, MiB", "the most in any, MiB", "growth, MiB"],
  rows: results.map((result) => [
    result.of.short,
    beforeOf(result),
    result.memory[0]?.mostMib ?? Number.NaN,
    mostOf(result),
    mostOf(result) - beforeOf(result),
  ]),
});

const targetOf = (result: CaseResult): Target => ({
  what: `growth of herd's resident memory, ${result.of.short}`,
  bound: 40,
  measured: mostOf(result) - beforeOf(result),
  unit: "MiB",
  side: "upper",
});
