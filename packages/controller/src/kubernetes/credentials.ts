import { createHash } from "node:crypto";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { HttpMethod, RequestContext } from "@kubernetes/client-node/dist/gen/http/http.js";
import { Agent, type Dispatcher } from "undici";

/** The client's own token lasts a minute there too; a projected token is renewed long before it ends. */
const LAST = 30_000;
/** A kubeconfig's program that is to give a token may hang. */
const LONGEST_READ = 30_000;

/** How to send a request as who we are: headers, and a pool of connections whose TLS fits. */
export interface Credential {
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher;
}

interface ReadCredential extends Credential {
  readonly tls: string;
  readonly readAt: number;
}

/**
 * Who we are to the API server, as the kubeconfig says: read again now and then, and when it was refused. All requests share one pool of
 * connections for as long as the certificates stay the same; a new authority or client certificate gets a new one.
 */
export class Credentials {
  readonly #follow: () => Promise<KubeConfig>;
  #from: KubeConfig;
  #config: PooledConfig;
  #current: ReadCredential | null = null;
  #reading: Promise<ReadCredential> | null = null;
  readonly #pools = new Set<Dispatcher>();

  /** @param follow the configuration at the moment, another object where it is another one */
  constructor(config: KubeConfig, follow: () => Promise<KubeConfig> = async () => config) {
    this.#follow = follow;
    this.#from = config;
    this.#config = new PooledConfig(config);
  }

  get server(): string {
    return (this.#config.getCurrentCluster()?.server ?? "").replace(/\/+$/, "");
  }

  /** Throws what reading files or running a program throws. */
  async get(): Promise<Credential> {
    const current = this.#current;
    if (current !== null && performance.now() - current.readAt < LAST) return current;
    this.#reading ??= inTime(this.#read()).finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  /**
   * Has a credential that was refused read anew, for a token may be revoked or renewed early. Does nothing where that has been done since:
   * many requests are refused together.
   */
  distrust(refused: Credential): void {
    if (this.#current !== refused) return;
    // Authenticators remember tokens, a refused one too, some of them for ever; those of a copy have none yet.
    this.#config = new PooledConfig(this.#config);
    this.#current = { ...this.#current, readAt: Number.NEGATIVE_INFINITY };
  }

  /** Cuts every connection. */
  async destroy(): Promise<void> {
    await Promise.all([...this.#pools].map((pool) => pool.destroy()));
  }

  async #read(): Promise<ReadCredential> {
    const from = await this.#follow();
    if (from !== this.#from) this.#config = new PooledConfig(from);
    this.#from = from;
    const config = this.#config;
    const context = new RequestContext(this.server, HttpMethod.GET);
    await config.applySecurityAuthentication(context);
    const headers = Object.entries(context.getHeaders()).map(([name, value]) => [name.toLowerCase(), value]);
    const { tls } = config;
    const dispatcher = this.#poolFor(tls, context);
    this.#current = { headers: Object.fromEntries(headers), dispatcher, tls, readAt: performance.now() };
    return this.#current;
  }

  #poolFor(tls: string, context: RequestContext): Dispatcher {
    const before = this.#current;
    if (before?.tls === tls) return before.dispatcher;
    const pool = context.getDispatcher() ?? new Agent();
    this.#pools.add(pool);
    // What goes on there may end: a watch is begun anew within minutes.
    void before?.dispatcher.close().finally(() => this.#pools.delete(before.dispatcher));
    return pool;
  }
}

/** A kubeconfig that tells when connections would have to be made with other certificates. */
class PooledConfig extends KubeConfig {
  /** A digest of what connections are made with. */
  tls = "";

  constructor({ clusters, contexts, users, currentContext }: KubeConfig) {
    super();
    this.loadFromOptions({ clusters, contexts, users, currentContext });
  }

  override createDispatcherOptions(...args: Parameters<KubeConfig["createDispatcherOptions"]>) {
    const options = super.createDispatcherOptions(...args);
    this.tls = createHash("sha256").update(JSON.stringify(options)).digest("base64");
    return options;
  }
}

async function inTime<T>(reading: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("the credentials were not read in time")), LONGEST_READ);
  return Promise.race([reading, late.promise]).finally(() => clearTimeout(timer));
}
