import { describe, expect, test } from "vitest";
import { type Config, NothingToRun, readConfig } from "../src/config.ts";
import { NO_POLICY } from "../src/policy.ts";

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

test("the defaults are the Go controller's, but where those hurt: no slow client, no end of retries", () => {
  expect(config()).toMatchObject({
    allNamespaces: true,
    additionalNamespaces: [],
    keyPrefix: "sealed-secrets-key",
    keySize: 4096,
    keyTtl: 87_600 * 3_600_000,
    keyOrderPriority: "CertNotBefore",
    myCn: "",
    keyRenewPeriod: 720 * 3_600_000,
    keyCutoffTime: null,
    privatekeyAnnotations: {},
    privatekeyLabels: {},
    acceptDeprecatedV1Data: true,
    updateStatus: true,
    skipRecreate: false,
    keepSecrets: false,
    recreateSecrets: false,
    policy: NO_POLICY,
    oldGcBehavior: false,
    listenAddr: { host: undefined, port: 8080 },
    listenMetricsAddr: { host: undefined, port: 8081 },
    readTimeout: 120_000,
    writeTimeout: 120_000,
    rateLimit: 2,
    rateLimitBurst: 2,
    metricsOmitSecretLabels: false,
    logFormat: "text",
    logLevel: "info",
    logInfoToStdout: true,
  });
  expect(config()).toMatchObject({ requestRate: null, maxUnsealRetries: null, kstatusConditions: true, warnings: [] });
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
    [["--tls-cert-file=/c", "--tls-key-file=/k"], { tls: { certFile: "/c", keyFile: "/k" } }],
    [["--tls-cert-file=", "--tls-key-file="], { tls: null }],
    [["--keep-secrets", "--recreate-secrets=true"], { keepSecrets: true, recreateSecrets: true }],
    [
      ["--deny-types=kubernetes.io/service-account-token", "--allow-scopes", "strict,namespace-wide"],
      {
        policy: {
          ...NO_POLICY,
          denyTypes: ["kubernetes.io/service-account-token"],
          allowScopes: ["strict", "namespace-wide"],
        },
      },
    ],
    [
      ["--allow-types=Opaque,kubernetes.io/*", "--allow-labels=team", "--allow-annotations=-"],
      {
        policy: {
          ...NO_POLICY,
          allowTypes: ["Opaque", "kubernetes.io/*"],
          allowLabels: ["team"],
          allowAnnotations: ["-"],
        },
      },
    ],
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
    [["--key-renew-period=0"], { keyRenewPeriod: 0 }],
    [["--key-renew-period", "720h30m"], { keyRenewPeriod: 2_593_800_000 }],
    [["--key-cutoff-time="], { keyCutoffTime: null }],
    [["--privatekey-labels=a=1,b=x=y,,c="], { privatekeyLabels: { a: "1", b: "x=y", c: "" } }],
    [["--privatekey-annotations", "team/owner=me"], { privatekeyAnnotations: { "team/owner": "me" } }],
    [["--max-unseal-retries=0"], { maxUnsealRetries: 0 }],
    [["--max-unseal-retries=-1"], { maxUnsealRetries: 0 }],
    [
      ["--update-status=false", "--skip-recreate", "--old-gc-behavior"],
      { updateStatus: false, skipRecreate: true, oldGcBehavior: true },
    ],
    [["--accept-deprecated-v1-data=false"], { acceptDeprecatedV1Data: false }],
    [["--watch-for-secrets"], {}],
    [["--kstatus-conditions=false"], { kstatusConditions: false }],
    [["--kubeclient-qps=20"], { requestRate: { perSecond: 20, burst: 10 } }],
    [["--kubeclient-qps=0.5", "--kubeclient-burst=1"], { requestRate: { perSecond: 0.5, burst: 1 } }],
    [["--kubeclient-burst=50"], { requestRate: { perSecond: 5, burst: 50 } }],
    [["--kubeclient-qps=0"], { requestRate: { perSecond: 5, burst: 10 } }],
    [["--kubeclient-qps", "-1"], { requestRate: null }],
    [["--listen-metrics-addr=127.0.0.1:9000"], { listenMetricsAddr: { host: "127.0.0.1", port: 9000 } }],
    [["--read-timeout=0", "--write-timeout=1m30s"], { readTimeout: 0, writeTimeout: 90_000 }],
    [["--rate-limit=10", "--rate-limit-burst=0"], { rateLimit: 10, rateLimitBurst: 0 }],
    [["--metrics-omit-secret-labels"], { metricsOmitSecretLabels: true }],
    [["--shards=4", "--lease-name", "mine"], { shards: 4, leaseName: "mine" }],
    [["--leader-elect=false"], { leaderElect: false }],
    [
      ["--lease-duration=1m", "--renew-deadline=40s", "--retry-period=5s"],
      { leaseDuration: 60_000, renewDeadline: 40_000, retryPeriod: 5_000 },
    ],
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

test("replicas share the work unless told otherwise, and hand over in less than 15 s", () => {
  expect(config()).toMatchObject({ leaderElect: true, shards: 1, leaseDuration: 12_000 });
  expect(config().leaseName).toBeUndefined();
});

test.each([
  [["--shards=0"], "--shards"],
  [["--shards=33"], "--shards"],
  [["--shards=2", "--leader-elect=false"], "--shards needs --leader-elect"],
  [["--lease-name=-x"], "--lease-name"],
  [["--lease-name=X"], "--lease-name"],
  [["--lease-duration=1500ms"], "whole seconds"],
  [["--lease-duration=0"], "--lease-duration"],
  [["--lease-duration=8s"], "--lease-duration must be more than --renew-deadline"],
  [["--renew-deadline=3s"], "--renew-deadline must be twice the --retry-period"],
])("Leases that could not work are refused on one line: %j", (argv, text) => {
  const { message, exitCode } = refusal(argv);
  expect(message).toContain(text);
  expect(message).toMatch(/^error: [^\n]+\n$/);
  expect(exitCode).toBe(2);
});

describe("--key-cutoff-time", () => {
  test.each([
    ["Mon, 14 Oct 2024 21:45:30 +0200", "2024-10-14T19:45:30.000Z"],
    ["Thu, 29 Feb 2024 00:00:00 -0730", "2024-02-29T07:30:00.000Z"],
    ["Mon, 31 Dec 2029 23:59:59 -0100", "2030-01-01T00:59:59.000Z"],
  ])("is read as Go's RFC1123Z: %s", (text, time) => {
    expect(config(["--key-cutoff-time", text]).keyCutoffTime).toEqual(new Date(time));
  });

  test.each([
    "2024-10-14T21:45:30Z",
    "Mon, 14 Oct 2024 21:45:30 GMT",
    "14 Oct 2024 21:45:30 +0200",
    "Wed, 31 Apr 2024 00:00:00 +0000",
    "Mon, 14 Oct 2024 25:00:00 +0000",
    "Mon, 14 Okt 2024 21:45:30 +0200",
  ])("is refused by its name: %s", (text) => {
    expect(refusal(["--key-cutoff-time", text]).message).toContain("--key-cutoff-time");
  });
});

describe("warnings", () => {
  test("name --rotate-period, which stands for --key-renew-period where that is not given", () => {
    const { keyRenewPeriod, warnings } = config(["--rotate-period=1h"]);
    expect(keyRenewPeriod).toBe(3_600_000);
    expect(warnings).toEqual([expect.stringContaining("--rotate-period")]);
    expect(config(["--rotate-period=1h", "--key-renew-period=2h"]).keyRenewPeriod).toBe(7_200_000);
    expect(config(["--rotate-period=0"]).keyRenewPeriod).toBe(0);
  });

  test("name the flags of Go's logging library, which have no effect", () => {
    const argv = ["-v=2", "--logtostderr", "--stderrthreshold=INFO", "--log_dir", "/tmp", "--vmodule=a=1"];
    expect(config(argv).warnings).toEqual(
      ["v", "vmodule", "stderrthreshold", "log_dir", "logtostderr"].map((name) =>
        expect.stringContaining(`--${name} `),
      ),
    );
    expect(config(["-v", "4"], { SEALED_SECRETS_ALSOLOGTOSTDERR: "true" }).warnings).toHaveLength(2);
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
    [["--key-renew-period=-1h"], "--key-renew-period"],
    [["--key-renew-period=30d"], "--key-renew-period"],
    [["--rotate-period=soon"], "--rotate-period"],
    [["--key-prefix=Keys"], "--key-prefix"],
    [["--key-prefix="], "--key-prefix"],
    [["--privatekey-labels=a"], "--privatekey-labels"],
    [["--privatekey-annotations==b"], "--privatekey-annotations"],
    [["--max-unseal-retries=many"], "--max-unseal-retries"],
    [["--kubeclient-qps=fast"], "--kubeclient-qps"],
    [["--kubeclient-burst=-1"], "--kubeclient-burst"],
    [["--rate-limit=0"], "--rate-limit"],
    [["--rate-limit=1.5"], "--rate-limit"],
    [["--rate-limit-burst=-1"], "--rate-limit-burst"],
    [["--read-timeout=-1s"], "--read-timeout"],
    [["--listen-metrics-addr=8081"], "--listen-metrics-addr"],
    [["--update-status=perhaps"], "--update-status"],
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
