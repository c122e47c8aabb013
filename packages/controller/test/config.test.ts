import { describe, expect, test } from "vitest";
import { type Config, NothingToRun, readConfig } from "../src/config.ts";

function config(argv: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): Config {
  return readConfig(argv, environment, "1.2.3");
}

/** What is printed instead of running. */
function refusal(argv: readonly string[], environment: Readonly<Record<string, string>> = {}): NothingToRun {
  try {
    config(argv, environment);
  } catch (error) {
    if (error instanceof NothingToRun) return error;
    throw error;
  }
  throw new Error("it would run");
}

test("the defaults are the Go controller's", () => {
  expect(config()).toMatchObject({
    allNamespaces: true,
    additionalNamespaces: [],
    keyPrefix: "sealed-secrets-key",
    keySize: 4096,
    keyTtl: 87_600 * 3_600_000,
    keyOrderPriority: "CertNotBefore",
    myCn: "",
    listenAddr: { host: undefined, port: 8080 },
    logFormat: "text",
    logLevel: "info",
    logInfoToStdout: true,
  });
  expect(config().kubeconfig).toBeUndefined();
  expect(config().labelSelector).toBeUndefined();
});

test("nobody changes it afterwards", () => {
  expect(Object.isFrozen(config())).toBe(true);
});

describe("a flag", () => {
  test.each<[string[], Partial<Config>]>([
    [["--kubeconfig", "/k", "--context", "c"], { kubeconfig: "/k", context: "c" }],
    [["--label-selector=a=b,c!=d"], { labelSelector: "a=b,c!=d" }],
    [["--key-prefix=key"], { keyPrefix: "key" }],
    [["--key-size", "2048"], { keySize: 2048 }],
    [["--key-ttl", "1h30m"], { keyTtl: 5_400_000 }],
    [["--key-ttl=720h0m0s"], { keyTtl: 2_592_000_000 }],
    [["--key-order-priority", "SecretCreationTimestamp"], { keyOrderPriority: "SecretCreationTimestamp" }],
    [["--my-cn", "seal.example.com"], { myCn: "seal.example.com" }],
    [["--log-format=json", "--log-level=WARN"], { logFormat: "json", logLevel: "warn" }],
    [["--log-info-stdout=false"], { logInfoToStdout: false }],
    [["--additional-namespaces", "a,b, c,,a"], { additionalNamespaces: ["a", "b", "c"] }],
    [["--additional-namespaces="], { additionalNamespaces: [] }],
  ])("%j", (argv, expected) => {
    expect(config(argv)).toMatchObject(expected);
  });

  test.each([
    [["--all-namespaces"], true],
    [["--all-namespaces=true"], true],
    [["--all-namespaces=1"], true],
    [["--all-namespaces=T"], true],
    [["--all-namespaces=false"], false],
    [["--all-namespaces=FALSE"], false],
    [["--all-namespaces=0"], false],
  ])("that is a boolean, as Go reads it: %j", (argv, value) => {
    expect(config(argv).allNamespaces).toBe(value);
  });

  test.each([
    [":8080", { host: undefined, port: 8080 }],
    ["127.0.0.1:0", { host: "127.0.0.1", port: 0 }],
    ["localhost:65535", { host: "localhost", port: 65_535 }],
    ["[::1]:8080", { host: "::1", port: 8080 }],
    ["[fd00::1]:80", { host: "fd00::1", port: 80 }],
  ])("that is an address: %s", (text, listenAddr) => {
    expect(config(["--listen-addr", text]).listenAddr).toEqual(listenAddr);
  });
});

describe("the environment", () => {
  test("stands in for a flag", () => {
    const environment = {
      SEALED_SECRETS_KEY_SIZE: "2048",
      SEALED_SECRETS_ALL_NAMESPACES: "false",
      SEALED_SECRETS_ADDITIONAL_NAMESPACES: "a,b",
      SEALED_SECRETS_LOG_FORMAT: "json",
      SEALED_SECRETS_LISTEN_ADDR: "[::1]:9000",
      SEALED_SECRETS_MY_CN: "cn",
    };
    expect(config([], environment)).toMatchObject({
      keySize: 2048,
      allNamespaces: false,
      additionalNamespaces: ["a", "b"],
      logFormat: "json",
      listenAddr: { host: "::1", port: 9000 },
      myCn: "cn",
    });
  });

  test("gives way to the flag", () => {
    expect(config(["--key-size=3072"], { SEALED_SECRETS_KEY_SIZE: "2048" }).keySize).toBe(3072);
    expect(config(["--all-namespaces"], { SEALED_SECRETS_ALL_NAMESPACES: "false" }).allNamespaces).toBe(true);
  });

  test("may hold what no flag is called: service links put things there", () => {
    const links = { SEALED_SECRETS_PORT: "tcp://10.0.0.1:8080", SEALED_SECRETS_VERSION: "1", PATH: "/bin" };
    expect(config([], links)).toEqual(config());
  });
});

describe("a bad value is refused by its name", () => {
  test.each([
    [["--key-size=4095"], "--key-size"],
    [["--key-size=1024"], "--key-size"],
    [["--key-size=many"], "--key-size"],
    [["--key-ttl=1d"], "--key-ttl"],
    [["--key-ttl=-1h"], "--key-ttl"],
    [["--key-ttl=0"], "--key-ttl"],
    [["--key-ttl=99999999999h"], "--key-ttl"],
    [["--key-order-priority=Newest"], "--key-order-priority"],
    [["--listen-addr=8080"], "--listen-addr"],
    [["--listen-addr=:65536"], "--listen-addr"],
    [["--listen-addr=::1:8080"], "--listen-addr"],
    [["--log-format=xml"], "--log-format"],
    [["--log-level=loud"], "--log-level"],
    [["--all-namespaces=maybe"], "--all-namespaces"],
    [["--kubeconfig"], "--kubeconfig"],
    [["--no-such-flag"], "--no-such-flag"],
  ])("%j", (argv, flag) => {
    const { message, exitCode } = refusal(argv);
    expect(message).toContain(flag);
    expect(message).toMatch(/^error: /);
    expect(exitCode).toBe(2);
  });

  test("also an argument that belongs to no flag", () => {
    expect(refusal(["serve"]).exitCode).toBe(2);
  });

  test.each([
    ["SEALED_SECRETS_KEY_SIZE", "1024", "--key-size"],
    ["SEALED_SECRETS_LOG_FORMAT", "xml", "--log-format"],
    ["SEALED_SECRETS_ALL_NAMESPACES", "maybe", "--all-namespaces"],
  ])("%s=%s, with the variable's too", (variable, value, flag) => {
    const { message, exitCode } = refusal([], { [variable]: value });
    expect(message).toMatch(/^error: /);
    expect(message).toContain(variable);
    expect(message).toContain(flag);
    expect(exitCode).toBe(2);
  });
});

test("--help names every flag and the environment, and is no failure", () => {
  const { message, exitCode } = refusal(["--help"]);
  expect(exitCode).toBe(0);
  for (const flag of ["--kubeconfig", "--key-ttl", "--listen-addr", "--additional-namespaces", "SEALED_SECRETS_"]) {
    expect(message).toContain(flag);
  }
});

test("--version says which, and is no failure", () => {
  expect(refusal(["--version"])).toMatchObject({ message: "controller version: 1.2.3\n", exitCode: 0 });
});
