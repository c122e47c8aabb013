import type { TemplateEngine, TemplateEngineOptions } from "./engine.ts";
import { EngineWorker } from "./engine-worker.ts";
import type { TemplateHost } from "./host.ts";
import { Lane } from "./lane.ts";

/** Milliseconds for one template: a small one takes less than one. */
const DEADLINE = 250;
/** Milliseconds for one template that makes keys: an RSA key of 4096 bits takes seconds. */
const KEY_DEADLINE = 30_000;
/** What Kubernetes takes for a Secret, in bytes. */
const OUTPUT_LIMIT = 2 ** 20;
/** A template that calls one of these has its name in its text. */
const KEY_FUNCTION = /genPrivateKey|genCA|genSignedCert|genSelfSignedCert|derivePassword|bcrypt|htpasswd/;

/** What `createTemplateEngine` makes, on any host. */
export function engineOn(host: TemplateHost, options: TemplateEngineOptions): TemplateEngine {
  const module = onceLoaded(async () => {
    return WebAssembly.compile(await unpacked(host, options.module ?? (await host.readModule())));
  });
  const startWorker = async () => EngineWorker.start(host, await module(), options.worker);
  const quick = new Lane({ startWorker, outputLimit: OUTPUT_LIMIT, deadline: DEADLINE });
  const keys = new Lane({ startWorker, outputLimit: OUTPUT_LIMIT, deadline: KEY_DEADLINE });
  return {
    async render(request) {
      const makesKeys = [...request.templates.values()].some((text) => KEY_FUNCTION.test(text));
      return (makesKeys ? keys : quick).render(request);
    },
    close() {
      quick.close();
      keys.close();
    },
  };
}

/** What could not be loaded once may be there the next time. */
function onceLoaded<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}

/** A module, gzipped or not: servers may unpack what they are asked for. */
export async function unpacked(host: TemplateHost, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return gzipped ? host.gunzip(bytes) : new Uint8Array(bytes);
}
