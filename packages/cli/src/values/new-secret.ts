import { createPrivateKey, X509Certificate } from "node:crypto";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import type { ItemProblem } from "../items/problem.ts";
import { type ReadOptions, readValues } from "./read-values.ts";
import { readValueSources, type ValueArguments, type ValueSource } from "./value-source.ts";

/** What kubectl calls the types that it makes, and what Kubernetes does. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ["generic", "Opaque"],
  ["tls", "kubernetes.io/tls"],
  ["docker-registry", "kubernetes.io/dockerconfigjson"],
  ["ssh-auth", "kubernetes.io/ssh-auth"],
  ["basic-auth", "kubernetes.io/basic-auth"],
]);

/** The item that a file is for where the type has only one. */
const FILE_ITEMS: ReadonlyMap<string, string> = new Map([
  ["docker-registry", ".dockerconfigjson"],
  ["ssh-auth", "ssh-privatekey"],
]);

const DEFAULT_SERVER = "https://index.docker.io/v1/";

/** Flags that belong to one type. */
export interface TypeFlags {
  readonly "tls-cert": string | undefined;
  readonly "tls-key": string | undefined;
  readonly username: string | undefined;
  readonly "docker-server": string | undefined;
  readonly "docker-username": string | undefined;
  readonly "docker-password": string | undefined;
  readonly "docker-email": string | undefined;
}

const TYPE_OF_FLAG: Readonly<Record<keyof TypeFlags, string>> = {
  "tls-cert": "tls",
  "tls-key": "tls",
  username: "basic-auth",
  "docker-server": "docker-registry",
  "docker-username": "docker-registry",
  "docker-password": "docker-registry",
  "docker-email": "docker-registry",
};

/** A Secret to be made, and where its values come from. */
export interface NewSecret {
  readonly name: string;
  /** As Kubernetes calls it. */
  readonly type: string;
  readonly sources: readonly ValueSource[];
  readonly docker: DockerLogin | null;
  /** Of which files a TLS Secret is made, for a message. */
  readonly tls: { readonly certificate: string; readonly key: string } | null;
}

export interface DockerLogin {
  readonly server: string;
  readonly username: string;
  readonly email: string | undefined;
}

export interface NewSecretArguments {
  readonly name: string;
  /** As it was given: kubectl's word, or a type of Kubernetes. */
  readonly type: string;
  readonly values: ValueArguments;
  readonly flags: TypeFlags;
}

/** @throws CommandError `usage`, `items` with what is wrong with the type, its flags, a folder or a generator */
export async function newSecret({ name, type, values, flags }: NewSecretArguments, io: Io): Promise<NewSecret> {
  const known = TYPES.get(type) ?? (/^[A-Z]|[/]/.test(type) ? type : undefined);
  if (known === undefined) throw refusal({ code: "type_unknown", type });
  for (const [flag, needed] of Object.entries(TYPE_OF_FLAG)) {
    if (flags[flag as keyof TypeFlags] !== undefined && needed !== type) {
      throw refusal({ code: "flag_of_other_type", flag, type: needed });
    }
  }
  const sources = await readValueSources(values, io, FILE_ITEMS.get(type));
  const secret = { name, type: known, sources, docker: null, tls: null };
  switch (type) {
    case "tls":
      return withTlsFiles(secret, flags);
    case "docker-registry":
      return sources.length > 0 ? secret : withDockerLogin(secret, flags);
    case "basic-auth":
      return { ...secret, sources: [...loginSources(sources, flags.username), ...sources] };
    default:
      return secret;
  }
}

/** The values by item. @throws CommandError as `readValues`, and `items` with what is wrong with a TLS key */
export async function readNewSecret(
  { sources, docker, tls }: NewSecret,
  options: ReadOptions,
  io: Io,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const values = await readValues(sources, options, io);
  if (tls !== null) assertTlsPair(values, tls);
  return docker === null ? values : new Map([[".dockerconfigjson", dockerConfig(docker, values.get(PASSWORD))]]);
}

const PASSWORD = "password";

function withTlsFiles(secret: NewSecret, flags: TypeFlags): NewSecret {
  const { "tls-cert": certificate, "tls-key": key } = flags;
  if (certificate === undefined) throw refusal({ code: "flag_missing", flag: "tls-cert", type: "tls" });
  if (key === undefined) throw refusal({ code: "flag_missing", flag: "tls-key", type: "tls" });
  const files = [
    { from: "file", item: "tls.crt", path: certificate },
    { from: "file", item: "tls.key", path: key },
  ] as const;
  return { ...secret, sources: [...files, ...secret.sources], tls: { certificate, key } };
}

function withDockerLogin(secret: NewSecret, flags: TypeFlags): NewSecret {
  const username = flags["docker-username"];
  if (username === undefined) throw refusal({ code: "flag_missing", flag: "docker-username", type: "docker-registry" });
  return {
    ...secret,
    sources: [passwordSource(flags["docker-password"])],
    docker: { server: flags["docker-server"] ?? DEFAULT_SERVER, username, email: flags["docker-email"] },
  };
}

function passwordSource(value: string | undefined): ValueSource {
  if (value === undefined) return { from: "prompt", item: PASSWORD };
  if (value === "-") return { from: "stdin", item: PASSWORD };
  return { from: "argument", item: PASSWORD, value, isPublic: false };
}

/** What no other argument gives is asked for. */
function loginSources(given: readonly ValueSource[], username: string | undefined): readonly ValueSource[] {
  const isGiven = (item: string) => given.some((source) => "item" in source && source.item === item);
  const fromFile = given.some(({ from }) => from === "environment file");
  const name: readonly ValueSource[] =
    username === undefined
      ? isGiven("username") || fromFile
        ? []
        : [{ from: "prompt", item: "username" }]
      : [{ from: "argument", item: "username", value: username, isPublic: true }];
  return isGiven(PASSWORD) || fromFile ? name : [...name, { from: "prompt", item: PASSWORD }];
}

/** As kubectl writes it. */
function dockerConfig({ server, username, email }: DockerLogin, password: Uint8Array = new Uint8Array()): Uint8Array {
  const text = Buffer.from(password).toString("utf-8");
  const auth = Buffer.from(`${username}:${text}`).toString("base64");
  const login = { username, password: text, ...(email === undefined ? {} : { email }), auth };
  return Buffer.from(JSON.stringify({ auths: { [server]: login } }));
}

/** A key of another certificate would be noticed by those who connect, and by nobody before. */
function assertTlsPair(
  values: ReadonlyMap<string, Uint8Array>,
  { certificate, key }: { readonly certificate: string; readonly key: string },
): void {
  const [crt, pem] = [values.get("tls.crt"), values.get("tls.key")].map((bytes) => Buffer.from(bytes ?? []));
  if (crt === undefined || pem === undefined) return;
  const parsed = attempt(() => new X509Certificate(crt));
  if (parsed === null) throw refusal({ code: "tls_certificate_unreadable", path: certificate });
  const parsedKey = attempt(() => createPrivateKey(pem));
  if (parsedKey === null) throw refusal({ code: "tls_key_unreadable", path: key });
  if (!parsed.checkPrivateKey(parsedKey)) throw refusal({ code: "tls_key_mismatch", certificate, key });
}

/** OpenSSL's own words may quote what it was given. */
function attempt<T>(action: () => T): T | null {
  try {
    return action();
  } catch {
    return null;
  }
}

function refusal(problem: ItemProblem): CommandError {
  return new CommandError({ code: "items", problem });
}
