import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { CommandError } from "../../src/failure.ts";
import { filesFrom } from "../../src/files.ts";
import type { Io } from "../../src/io.ts";
import { inPieces } from "../../src/manifest-parts.ts";
import type { Dialogue } from "../../src/terminal/dialogue.ts";
import { type ApiServerDouble, type Mood, startDouble, TOKEN } from "../api-server-double.ts";
import type { TestKeys } from "../keys.ts";
import type { EmbeddedFile } from "./script.ts";

/** The next run's stdin. */
export interface Stdin {
  readonly bytes: Uint8Array;
  readonly isTerminal: boolean;
}

/** Characters: more than this a Secret cannot hold. */
const MEBIBYTE = "x".repeat(1024 * 1024);

/** A folder of its own for one script, and all that its programs can see from there. */
export class World {
  readonly folder: string;
  readonly keys: TestKeys;
  readonly env: Record<string, string> = {};
  /** Milliseconds, one by one, that the programs would have waited. */
  readonly slept: number[] = [];
  /** What the API server was asked. */
  readonly asked: string[] = [];
  /** Whether what the next programs write is seen on a terminal. */
  isOnScreen = false;
  /** What the API server answers beside: see the double. */
  readonly served = new Map<string, string>();
  stdin: Stdin = { bytes: new Uint8Array(), isTerminal: false };
  /** Whether Ctrl-C is pressed while a program holds it. */
  interrupted = new AbortController().signal;
  /** What somebody at the terminal of the next run types, line by line; null where there is no terminal. */
  answers: string[] | null = null;
  #now = new Date();
  #isClockSet = false;
  /** A server that is slow, or asks to come back later: a process would really wait. */
  #takesTime = false;
  readonly #variables = new Map([
    ["version", manifest.version],
    ["escape", "\u001b"],
    ["line-separator", "\u2028"],
    ["mebibyte", MEBIBYTE],
  ]);
  readonly #doubles: ApiServerDouble[] = [];
  readonly #silence = new AbortController();

  private constructor(folder: string, keys: TestKeys) {
    this.folder = folder;
    this.keys = keys;
  }

  static async create(keys: TestKeys, files: readonly EmbeddedFile[]): Promise<World> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "sealwright-cli-")));
    const world = new World(folder, keys);
    // No machine has a kubeconfig there.
    world.env["HOME"] = join(folder, "home");
    for (const [name, pem] of Object.entries(keys.certificates)) await world.#write(name, pem);
    await world.#write("key.pem", keys.privateKey);
    await world.#write("old-key.pem", keys.oldKey);
    await world.#write("weak-key.pem", keys.weakKey);
    world.#variables.set("key64", Buffer.from(keys.privateKey).toString("base64"));
    world.#variables.set("old-cert64", Buffer.from(keys.certificates["old-cert.pem"] ?? "").toString("base64"));
    world.#variables.set("cert64", Buffer.from(keys.certificates["cert.pem"] ?? "").toString("base64"));
    world.#variables.set("fingerprint", keys.ring.newest?.fingerprint ?? "");
    world.#variables.set("hint", keys.ring.newest?.fingerprint.slice("SHA256:".length, "SHA256:".length + 12) ?? "");
    world.#variables.set("begins", keys.ring.newest?.certificate.notBefore.toISOString().slice(0, 10) ?? "");
    for (const { name, bytes } of files) await world.#write(name, bytes);
    return world;
  }

  /** Whether the next run's world has what a process of its own could not be given: a clock, a terminal, Ctrl-C, time that passes at once. */
  get isStaged(): boolean {
    const hasTerminal = this.stdin.isTerminal || this.isOnScreen || this.answers !== null;
    return hasTerminal || this.interrupted.aborted || this.#isClockSet || this.#takesTime;
  }

  /** @param now null is the real time again */
  setClock(now: Date | null): void {
    this.#now = now ?? new Date();
    this.#isClockSet = now !== null;
  }

  /** Starts a double of the API server and writes `kube/config` for it: {server}, {host}, over TLS {https}, and {closed} where nobody listens. */
  async startCluster(mood: Mood): Promise<void> {
    const { certificates, server, ring } = this.keys;
    this.#takesTime = mood === "silent" || mood === "busy";
    const onRequest = (line: string) => void this.asked.push(line);
    // A request that stays without an answer is one that runs out of time, at once.
    const onSilence = () => this.#silence.abort(new DOMException("", "TimeoutError"));
    const plain = await startDouble({ mood, certificates, ring, served: this.served, onSilence, onRequest });
    const secure = await startDouble({ mood, certificates, ring, tls: server, onRequest });
    this.#doubles.push(plain, secure);
    const closed = await startDouble({ mood, certificates, ring });
    await closed.stop();
    this.#variables.set("server", plain.origin).set("host", new URL(plain.origin).host);
    this.#variables.set("https", secure.origin).set("closed", closed.origin);
    await this.#write("kube/config", this.fill(KUBECONFIG));
  }

  /** The text with its variables filled in. */
  fill(text: string): string {
    const filled = [...this.#variables].reduce((known, [name, value]) => known.replaceAll(`{${name}}`, value), text);
    return filled.replaceAll("{folder}", this.folder);
  }

  /** What `main` gets; what it writes is passed on. */
  io(written: (stream: "stdout" | "stderr" | "screen", text: string) => void): Io {
    const { bytes, isTerminal } = this.stdin;
    const { isOnScreen } = this;
    return {
      stdin: { isTerminal, read: async () => bytes, chunks: () => inPieces(bytes) },
      stdout: {
        isTerminal: isOnScreen,
        columns: isOnScreen ? 80 : undefined,
        write: async (text) => written("stdout", text),
      },
      stderr: { isTerminal: isOnScreen, write: async (text) => written("stderr", text) },
      env: this.env,
      clock: {
        now: () => this.#now,
        timeout: (milliseconds) => AbortSignal.any([this.#silence.signal, AbortSignal.timeout(milliseconds)]),
        // Nobody waits in a test: what a program would have waited is only written down.
        sleep: async (milliseconds) => void this.slept.push(milliseconds),
      },
      files: filesFrom(this.folder),
      terminal: {
        open: async () => (this.answers === null ? null : fakeDialogue(this.answers, written)),
        page: async () => false,
      },
      holdInterrupt: () => ({ signal: this.interrupted, release: () => undefined }),
      undoAtSignal: () => () => undefined,
    };
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async close(): Promise<void> {
    await Promise.all(this.#doubles.map((double) => double.stop()));
    await rm(this.folder, { recursive: true });
  }

  async #write(name: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(this.path(name)), { recursive: true });
    await writeFile(this.path(name), content);
  }
}

/** Ends with Ctrl-D when all lines are typed; `^C` is the key. */
function fakeDialogue(answers: string[], written: (stream: "screen", text: string) => void): Dialogue {
  const answer = async (question: string) => {
    written("screen", `${question}\n`);
    const typed = answers.shift() ?? null;
    if (typed === "^C") throw new CommandError({ code: "interrupted" });
    return typed;
  };
  const paint = (text: string) => text;
  return {
    paint,
    say: async (text) => written("screen", text),
    ask: answer,
    askHidden: answer,
    close: () => undefined,
  };
}

const contextOf = (cluster: string, user: string, namespace?: string) => ({ cluster, user, namespace });

/** One context that works, named `works`, and one for each way not to. */
const KUBECONFIG = JSON.stringify({
  "current-context": "works",
  clusters: [
    { name: "plain", cluster: { server: "{server}/" } },
    { name: "secure", cluster: { server: "{https}" } },
    { name: "insecure", cluster: { server: "{https}", "insecure-skip-tls-verify": true } },
    { name: "closed", cluster: { server: "{closed}" } },
    { name: "no-url", cluster: { server: "nowhere" } },
  ],
  users: [
    { name: "alice", user: { token: TOKEN } },
    { name: "mallory", user: { token: "another" } },
    { name: "eve", user: { token: TOKEN, as: "dave", "as-groups": ["a", "b"], "as-user-extra": { Team: ["shop"] } } },
    { name: "file", user: { tokenFile: "token" } },
    { name: "no-file", user: { "client-certificate": "missing.crt", "client-key": "missing.key" } },
    { name: "plugin", user: { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "./no-such-plugin" } } },
  ],
  contexts: [
    { name: "works", context: contextOf("plain", "alice", "team-a") },
    { name: "impersonating", context: contextOf("plain", "eve") },
    { name: "token-file", context: contextOf("plain", "file") },
    { name: "wrong-token", context: contextOf("plain", "mallory") },
    { name: "no-file", context: contextOf("plain", "no-file") },
    { name: "plugin", context: contextOf("plain", "plugin") },
    { name: "untrusted", context: contextOf("secure", "alice") },
    { name: "insecure", context: contextOf("insecure", "alice") },
    { name: "closed", context: contextOf("closed", "alice") },
    { name: "no-url", context: contextOf("no-url", "alice") },
    { name: "no-cluster", context: contextOf("missing", "alice") },
  ],
});
