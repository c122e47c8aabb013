import { mkdtemp, rm, symlink, unlink, writeFile } from "node:fs/promises";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type PeerCertificate } from "node:tls";
import { KeyRing } from "@sealwright/core";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { close, createHttpServer, listen } from "../../src/http/server.ts";
import { followTls, readTlsPair } from "../../src/http/tls.ts";
import { holds } from "../doubles/holds.ts";
import { type Identity, newIdentity } from "../doubles/identity.ts";
import { recordingLog } from "../doubles/recording-log.ts";

let first: Identity;
let second: Identity;
let folder: string;
let files: { readonly certFile: string; readonly keyFile: string };

beforeAll(async () => {
  [first, second] = await Promise.all([newIdentity("first.example"), newIdentity("second.example")]);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwright-tls-"));
  files = { certFile: join(folder, "tls.crt"), keyFile: join(folder, "tls.key") };
});
afterEach(() => rm(folder, { recursive: true }));

function write({ cert, key }: Identity): Promise<unknown> {
  return Promise.all([writeFile(files.certFile, cert), writeFile(files.keyFile, key)]);
}

describe("a pair that cannot be served", () => {
  test.each<[string, () => Promise<unknown>, RegExp]>([
    ["without its certificate", () => writeFile(files.keyFile, first.key), /--tls-cert-file: \S+tls\.crt .*ENOENT/],
    ["without its key", () => writeFile(files.certFile, first.cert), /--tls-key-file: \S+tls\.key .*ENOENT/],
    ["whose certificate is none", () => write({ ...first, cert: "x" }), /tls\.crt holds no certificate/],
    ["whose key is none", () => write({ ...first, key: "x" }), /tls\.key holds no private key/],
    ["of two that do not belong together", () => write({ ...first, key: second.key }), /tls\.key is not the key of/],
  ])("%s is an error that names the file", async (_, prepare, message) => {
    await prepare();
    const error = await readTlsPair(files).catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain("PRIVATE");
  });
});

describe("a server", () => {
  const log = recordingLog();
  let server: Server;
  let port: number;
  let unfollow: () => void;

  beforeEach(async () => {
    log.lines.length = 0;
    await write(first);
    const pair = await readTlsPair(files);
    server = createHttpServer({
      tls: pair,
      keys: { ring: new KeyRing([]) },
      ready: () => true,
      acceptDeprecatedData: true,
      rateLimit: { perSecond: 1_000, burst: 1_000 },
      readTimeout: 120_000,
      writeTimeout: 120_000,
      onAnswer: () => {},
    });
    ({ port } = await listen(server, { host: "127.0.0.1", port: 0 }));
    unfollow = followTls({ files, pair, server, log, every: 5 });
  });
  afterEach(async () => {
    unfollow();
    await close(server, 0);
  });

  /** The name in the certificate that is served, over that version of TLS. */
  function served(version: "TLSv1.1" | "TLSv1.2" | "TLSv1.3" = "TLSv1.3"): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { rejectUnauthorized: false, minVersion: version, maxVersion: version } as const;
      const socket = connect(port, "127.0.0.1", { ...options, ciphers: "DEFAULT@SECLEVEL=0" }, () => {
        const { subject } = socket.getPeerCertificate() as PeerCertificate;
        socket.end("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = "";
        socket.on("data", (chunk) => {
          answer += chunk;
        });
        socket.on("close", () => resolve(`${subject.CN} ${answer.split("\r\n", 1)[0]}`));
      });
      socket.on("error", reject);
    });
  }

  test("speaks TLS 1.2 and 1.3, and nothing older", async () => {
    expect(await served("TLSv1.2")).toBe("first.example HTTP/1.1 200 OK");
    expect(await served("TLSv1.3")).toBe("first.example HTTP/1.1 200 OK");
    await expect(served("TLSv1.1")).rejects.toThrow();
  });

  test("has another certificate once the files have, without a restart", async () => {
    await write(second);
    await holds(() => expect(log.lines.at(-1)).toMatchObject({ event: "The TLS certificate is another now" }));
    expect(await served("TLSv1.2")).toBe("second.example HTTP/1.1 200 OK");
    await expect(served("TLSv1.1")).rejects.toThrow();
  });

  test("and keeps the former one while they are damaged, of which it tells once", async () => {
    await writeFile(files.keyFile, "x");
    await holds(() =>
      expect(log.lines).toMatchObject([{ level: "error", message: expect.stringContaining("tls.key") }]),
    );
    expect(await served()).toContain("first.example");
    await write(second);
    await holds(() => expect(log.lines.at(-1)).toMatchObject({ level: "info" }));
    // A look between the writing of the two files may find another fault; of this one it has told once.
    expect(log.lines.filter(({ message }) => String(message).includes("holds no private key"))).toHaveLength(1);
    expect(await served()).toContain("second.example");
  });

  test("follows the links of a mounted Secret", async () => {
    const other = await mkdtemp(join(folder, "..data"));
    await writeFile(join(other, "tls.crt"), second.cert);
    await writeFile(join(other, "tls.key"), second.key);
    for (const [file, name] of [
      [files.certFile, "tls.crt"],
      [files.keyFile, "tls.key"],
    ] as const) {
      await unlink(file);
      await symlink(join(other, name), file);
    }
    await holds(() => expect(log.lines.at(-1)).toMatchObject({ level: "info" }));
    expect(await served()).toContain("second.example");
  });
});
