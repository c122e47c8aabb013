import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Server } from "node:http";
import { Server as HttpsServer } from "node:https";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import type { Log } from "../log.ts";

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate, with those of the authorities between, and its key, both in PEM. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

/** Clients of the last ten years speak it; Node's default, written down. */
export function secureContext({ cert, key }: TlsPair): SecureContextOptions {
  return { cert, key, minVersion: "TLSv1.2" };
}

/** Reads both files, and sees that they belong together. Throws an Error that names the flag and file at fault; it quotes neither. */
export async function readTlsPair({ certFile, keyFile }: TlsFiles): Promise<TlsPair> {
  const [certAt, keyAt] = [`--tls-cert-file: ${certFile}`, `--tls-key-file: ${keyFile}`];
  const [cert, key] = await Promise.all([textOf(certFile, certAt), textOf(keyFile, keyAt)]);
  const certificate = orSay(() => new X509Certificate(cert), `${certAt} holds no certificate in PEM`);
  const privateKey: KeyObject = orSay(
    () => createPrivateKey(key),
    `${keyAt} holds no private key in PEM, or one with a password`,
  );
  if (!certificate.checkPrivateKey(privateKey))
    throw new Error(`${keyAt} is not the key of the certificate in ${certFile}`);
  orSay(
    () => createSecureContext(secureContext({ cert, key })),
    `${certAt} cannot be served: its chain or its key is not fit for TLS`,
  );
  return { cert, key };
}

export interface FollowOptions {
  readonly files: TlsFiles;
  /** What the server has from the start. */
  readonly pair: TlsPair;
  readonly server: Server;
  readonly log: Log;
  /** Milliseconds between two looks. */
  readonly every?: number;
}

/** Looking is two small reads, and needs no word from the kernel about mounts whose symbolic links are exchanged. */
const LOOK_EVERY = 10_000;

/** Serves what the files hold, within seconds of their change; what cannot be served is logged, and the former pair stays. Returns what ends it. */
export function followTls({ files, pair, server, log, every = LOOK_EVERY }: FollowOptions): () => void {
  let served = pair;
  let failing = { message: "", looks: 0 };
  const look = async () => {
    try {
      const found = await readTlsPair(files);
      failing = { message: "", looks: 0 };
      if (found.cert === served.cert && found.key === served.key) return;
      served = found;
      if (server instanceof HttpsServer) server.setSecureContext(secureContext(found));
      log.info("The TLS certificate is another now", {
        notAfter: new X509Certificate(found.cert).validToDate.toISOString(),
      });
    } catch (error) {
      const { message } = error as Error;
      failing = { message, looks: message === failing.message ? failing.looks + 1 : 1 };
      // Once may be a look in the middle of a change; twice is no accident.
      if (failing.looks === 2) log.error("The TLS certificate cannot be loaded: the former one stays", { message });
    }
  };
  const timer = setInterval(look, every);
  timer.unref();
  return () => clearInterval(timer);
}

async function textOf(file: string, at: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new Error(`${at} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** OpenSSL's own words quote nothing, but tell nobody which file is meant. */
function orSay<T>(action: () => T, message: string): T {
  try {
    return action();
  } catch {
    throw new Error(message);
  }
}
