import { createSealingKey, KEY_LABEL, printable, readCertificate, SealwrightError } from "@sealwright/core";
import { type Cluster, type ClusterRequest, fieldsOf, textOf, withCluster } from "../../cluster/cluster.ts";
import { secretsIn } from "../../cluster/resource.ts";
import { reachController } from "../../controller-service.ts";
import { CommandError, type ControllerService } from "../../failure.ts";
import type { Io } from "../../io.ts";
import { keyError } from "../../keys/age-file.ts";
import { ACTIVE, type KeySecret, newestOf, readKeySecrets } from "../../keys/key-secret.ts";
import { type GivenSettings, type KeySettings, readKeySettings } from "../../keys/key-settings.ts";
import { warn } from "../../warning.ts";

export interface KeyRotateRequest {
  readonly cluster: ClusterRequest;
  readonly controller: ControllerService;
  readonly settings: GivenSettings;
}

/** Certificates tell the time in seconds. */
const SECOND = 1_000;
/** Seconds that a controller has to notice a new key. */
const PATIENCE = 15;

/** Makes a new sealing key with the caller's own rights, as the controller makes one: it counts as soon as it is stored. */
export async function rotateKeys(
  { cluster: request, controller, settings: given }: KeyRotateRequest,
  io: Io,
): Promise<void> {
  await withCluster(request, io, async (cluster) => {
    const settings = await readKeySettings(cluster, controller, given);
    const { namespace } = controller;
    const newest = newestOf(await readKeySecrets(cluster, { namespace, prefix: settings.prefix }));
    const notBefore = beginOf(io.clock.now(), newest);
    const notAfter = new Date(notBefore.getTime() + settings.validFor);
    const pem = await createSealingKey({ bits: settings.bits, commonName: settings.commonName, notBefore, notAfter });
    const created = await cluster.create(secretsIn(namespace), manifestOf(pem, namespace, settings));
    const name = textOf(fieldsOf(created?.["metadata"])["name"]);
    if (created === null) throw keyError({ code: "names_taken", names: [settings.prefix], namespace });
    const { fingerprint } = await readCertificate(pem.certificate);
    await io.stdout.write(`${printable(namespace)}/${printable(name)} created  ${fingerprint}\n`);
    if (await isServed(cluster, controller, fingerprint, io)) return;
    await warn(
      `the controller does not seal with it yet. The Go project's sees a new key when it is restarted: kubectl -n ${namespace} rollout restart deployment ${controller.name}`,
      io,
    );
  });
}

type Pem = Awaited<ReturnType<typeof createSealingKey>>;

function manifestOf({ privateKey, certificate }: Pem, namespace: string, settings: KeySettings): object {
  const { prefix, labels, annotations } = settings;
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace, generateName: prefix, annotations, labels: { ...labels, [KEY_LABEL]: ACTIVE } },
    type: "kubernetes.io/tls",
    data: { "tls.key": base64(privateKey), "tls.crt": base64(certificate) },
  };
}

/** Now, or the second after the newest key's begin if that is this very one: else nobody could tell which is the newer. */
function beginOf(now: Date, newest: KeySecret | null): Date {
  const next = (newest?.certificate?.notBefore.getTime() ?? Number.NEGATIVE_INFINITY) + SECOND;
  const ahead = next - now.getTime();
  if (ahead > SECOND) throw keyError({ code: "clock_behind", name: newest?.name ?? "" });
  return ahead > 0 ? new Date(next) : now;
}

async function isServed(cluster: Cluster, service: ControllerService, fingerprint: string, io: Io): Promise<boolean> {
  try {
    const controller = await reachController(service, cluster.server);
    for (let second = 0; second < PATIENCE; second += 1) {
      const served = await readCertificate(new TextDecoder().decode(await controller.get("/v1/cert.pem")));
      if (served.fingerprint === fingerprint) return true;
      await io.clock.sleep(SECOND);
    }
    return false;
  } catch (error) {
    // Who may make keys need not be able to reach the controller, and the key is made.
    if (error instanceof CommandError || error instanceof SealwrightError) return false;
    throw error;
  }
}

function base64(pem: string): string {
  return Buffer.from(pem).toString("base64");
}
