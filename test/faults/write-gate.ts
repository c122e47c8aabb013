import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, Agent as HttpsAgent, request as httpsRequest, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Cluster } from "../cluster/cluster.ts";
import { Authority } from "../cluster/pki.ts";

/** A request that changes something. */
export interface Write {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** `namespace/name` of what is changed; of an event, of what it is about. */
  readonly about: string;
}

/**
 * What becomes of a write: `pass`; `hold` it until the gate is opened, so that the API server has not heard of it; or `withhold` the
 * answer, for ever, to what the API server has done.
 */
export type Verdict = "pass" | "hold" | "withhold";

interface Held {
  readonly write: Write;
  readonly go: () => void;
}

const READING = ["GET", "HEAD"];

/** Stands between a controller and its API server, and decides of each write whether it gets through. */
export class WriteGate {
  /** To be put into a cluster's place: `{ ...cluster, ...gate.access }`. */
  readonly access: Pick<Cluster, "server" | "certificateAuthority">;
  readonly #server: Server;
  readonly #agent: HttpsAgent;
  readonly #behind: string;
  #judge: (write: Write, before: number) => Verdict = () => "pass";
  #passed: Write[] = [];
  #held: Held[] = [];
  #withheld: Write[] = [];

  private constructor(server: Server, certificateAuthority: string, behind: Cluster) {
    this.#server = server;
    this.#agent = new HttpsAgent({ keepAlive: true, ca: behind.certificateAuthority });
    this.#behind = behind.server;
    this.access = { server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, certificateAuthority };
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      this.#take(request, response).catch(() => response.destroy());
    });
  }

  static async before(cluster: Cluster): Promise<WriteGate> {
    const authority = await Authority.create();
    const { key, certificate } = await authority.issue({ commonName: "gate", ipAddresses: ["127.0.0.1"] });
    const server = createServer({ key, cert: certificate });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new WriteGate(server, authority.identity.certificate, cluster);
  }

  /** What got through since the last `judgeBy`. */
  get passed(): readonly Write[] {
    return this.#passed;
  }

  /** What waits, and what was done without an answer since the last `judgeBy`. */
  get stopped(): readonly Write[] {
    return [...this.#held.map(({ write }) => write), ...this.#withheld];
  }

  /**
   * Begins to count anew.
   *
   * @param judge asked about each write, with how many about the same object got through before
   */
  judgeBy(judge: (write: Write, before: number) => Verdict): void {
    this.#judge = judge;
    this.#passed = [];
    this.#withheld = [];
  }

  /** Lets through what waits, and whatever comes. */
  open(): void {
    const waiting = this.#held;
    this.#held = [];
    this.judgeBy(() => "pass");
    for (const { write, go } of waiting) {
      this.#passed.push(write);
      go();
    }
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    this.#agent.destroy();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (READING.includes(request.method ?? "")) {
      this.#forward(request, response, null);
      return;
    }
    const body = Buffer.concat((await request.toArray()) as Buffer[]);
    const write = writeOf(request, body);
    const verdict = this.#judge(write, this.#passed.filter(({ about }) => about === write.about).length);
    const go = () => this.#forward(request, response, body);
    if (verdict === "hold") {
      const held = { write, go };
      this.#held.push(held);
      // Whoever is killed has never sent it.
      response.on("close", () => {
        this.#held = this.#held.filter((other) => other !== held);
      });
    } else if (verdict === "withhold") {
      this.#forward(request, null, body, () => this.#withheld.push(write));
    } else {
      this.#passed.push(write);
      go();
    }
  }

  /** @param response null where nobody is to hear the answer */
  #forward(
    request: IncomingMessage,
    response: ServerResponse | null,
    body: Buffer | null,
    onAnswer: () => void = () => {},
  ): void {
    const { method, headers } = request;
    const onward = httpsRequest(this.#behind + request.url, { method, headers, agent: this.#agent });
    response?.on("close", () => onward.destroy());
    onward.on("error", () => response?.destroy());
    onward.on("response", (answer) => {
      onAnswer();
      if (response === null) {
        answer.resume();
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.on("error", () => response.destroy()).pipe(response);
    });
    onward.end(body ?? undefined);
  }
}

interface Body {
  readonly metadata?: { readonly name?: string };
  readonly involvedObject?: { readonly name: string };
}

function writeOf({ method = "", url = "" }: IncomingMessage, body: Buffer): Write {
  const path = url.split("?", 1)[0] ?? "";
  const [, namespace = "", named] = /\/namespaces\/([^/]+)\/[^/]+(?:\/([^/]+))?/.exec(path) ?? [];
  const { metadata, involvedObject } = body.length === 0 ? ({} as Body) : (JSON.parse(body.toString("utf8")) as Body);
  return { method, path, about: `${namespace}/${involvedObject?.name ?? named ?? metadata?.name ?? ""}` };
}
