import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ApiClient } from "../api-client.ts";
import { CREDENTIAL_FILES } from "./credentials.ts";
import { ETCD_URL } from "./etcd.ts";
import { Part } from "./part.ts";
import type { Reaper } from "./reaper.ts";

export interface ApiServerOptions {
  readonly program: string;
  readonly folder: string;
  readonly reaper: Reaper;
  readonly port: number;
  /** Where the pod network listens. */
  readonly podNetworkSocket: string;
  readonly admin: ApiClient;
  /** More flags. */
  readonly args: readonly string[];
}

/** It lives for seconds and makes most of its garbage while it starts: a sixth of the time of that, for a hundred megabytes. */
const FEW_COLLECTIONS = { ...process.env, GOGC: "400" };

const EGRESS_FILE = "egress.json";

export async function apiServer({
  program,
  folder,
  reaper,
  port,
  podNetworkSocket,
  admin,
  args,
}: ApiServerOptions): Promise<Part> {
  await writeFile(join(folder, EGRESS_FILE), JSON.stringify(egressThrough(podNetworkSocket)));
  return new Part({
    name: "kube-apiserver",
    program,
    folder,
    reaper,
    env: FEW_COLLECTIONS,
    args: [
      `--etcd-servers=${ETCD_URL}`,
      `--egress-selector-config-file=${EGRESS_FILE}`,
      "--bind-address=127.0.0.1",
      "--advertise-address=127.0.0.1",
      `--secure-port=${port}`,
      `--tls-cert-file=${CREDENTIAL_FILES.serverCertificate}`,
      `--tls-private-key-file=${CREDENTIAL_FILES.serverKey}`,
      `--client-ca-file=${CREDENTIAL_FILES.certificateAuthority}`,
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-signing-key-file=${CREDENTIAL_FILES.tokenKey}`,
      `--service-account-key-file=${CREDENTIAL_FILES.tokenPublicKey}`,
      "--service-cluster-ip-range=10.96.0.0/16",
      "--authorization-mode=RBAC",
      "--disable-admission-plugins=ServiceAccount",
      "--endpoint-reconciler-type=none",
      ...args,
    ],
    ready: () => answersReady(admin),
  });
}

function egressThrough(udsName: string): object {
  return {
    apiVersion: "apiserver.k8s.io/v1beta1",
    kind: "EgressSelectorConfiguration",
    egressSelections: [
      { name: "cluster", connection: { proxyProtocol: "HTTPConnect", transport: { uds: { udsName } } } },
    ],
  };
}

async function answersReady(client: ApiClient): Promise<boolean> {
  try {
    return (await client.request("GET", "/readyz")).status === 200;
  } catch {
    return false;
  }
}
