import { type Certificate, printable, SealwrightError } from "@sealwright/core";
import { type Cluster, type ClusterRequest, clusterError, withCluster, withoutOffline } from "../cluster/cluster.ts";
import { reachController } from "../controller-service.ts";
import { CHECKS, type Check, type CheckName, type Finding, ok } from "../doctor/check.ts";
import { examineCertificate, examineLocalCertificate, servedCertificate } from "../doctor/examine-certificate.ts";
import {
  examineCrd,
  examineKeys,
  examineSealedSecrets,
  examineVersions,
  serverVersion,
} from "../doctor/examine-cluster.ts";
import { examineRights } from "../doctor/rights.ts";
import { CommandError, type ControllerService } from "../failure.ts";
import type { Io } from "../io.ts";
import { jsonText } from "../list-format.ts";
import { explainError } from "../render-error.ts";
import { type Colour, painter } from "../terminal/colour.ts";
import { table } from "../terminal/table.ts";

export interface DoctorRequest {
  readonly cluster: ClusterRequest;
  readonly controller: ControllerService;
  /** Of somebody who seals here, to be compared with the controller's. */
  readonly certificate: string | undefined;
  readonly format: "text" | "json";
}

/**
 * Looks at everything between here and the controller, and says what to do about whatever is not right. No check stops another one,
 * but for those that cannot be made without it.
 *
 * @throws CommandError `cluster` with `checks_failed` where any fails; warnings are none
 */
export async function examine(request: DoctorRequest, io: Io): Promise<void> {
  const checks = await makeChecks(request, io);
  await io.stdout.write(request.format === "json" ? jsonText({ checks }) : textOf(checks, io));
  const count = checks.filter(({ status }) => status === "fail").length;
  if (count > 0) throw clusterError({ code: "checks_failed", count });
}

/** The checks as they are made; in the end, there is something of each. */
class Report {
  readonly checks: Check[] = [];

  /** @returns what the look came to, or null where it failed: then that is a finding of its own */
  async attempt<T>(
    name: CheckName,
    look: () => Promise<T>,
    findingsOf: (found: T) => readonly Finding[],
  ): Promise<T | null> {
    try {
      const found = await look();
      this.checks.push(...findingsOf(found).map((finding) => ({ name, ...finding })));
      return found;
    } catch (error) {
      if (!(error instanceof CommandError || error instanceof SealwrightError)) throw error;
      const { error: message, hint: mend } = explainError(withoutOffline(error));
      this.checks.push({ name, status: "fail", message, mend });
      return null;
    }
  }

  skip(name: CheckName, message: string): void {
    this.checks.push({ name, status: "skip", message, mend: null });
  }

  /** A look that came to nothing, and did not fail either. */
  skipUnlessSaid(name: CheckName, message: string): void {
    if (this.checks.every((check) => check.name !== name)) this.skip(name, message);
  }

  /** All of them, in their order. */
  complete(): readonly Check[] {
    const made = new Set(this.checks.map(({ name }) => name));
    for (const name of CHECKS) if (!made.has(name)) this.skip(name, "nothing can be said without an API server");
    return this.checks.toSorted((a, b) => CHECKS.indexOf(a.name) - CHECKS.indexOf(b.name));
  }
}

async function makeChecks(request: DoctorRequest, io: Io): Promise<readonly Check[]> {
  const report = new Report();
  const look = () => withCluster(request.cluster, io, (cluster) => examineCluster(cluster, request, report, io));
  await report.attempt("kubeconfig", look, () => []);
  return report.complete();
}

async function examineCluster(cluster: Cluster, request: DoctorRequest, report: Report, io: Io): Promise<void> {
  const { controller } = request;
  const { name } = cluster.context;
  const context = name === "" ? "" : `context ${printable(name)}, `;
  report.checks.push({ name: "kubeconfig", ...ok(`${context}${cluster.server.origin}`) });
  const look = () => serverVersion(cluster);
  const version = await report.attempt("API server", look, (found) => [ok(`Kubernetes ${found}`)]);
  if (version === null) return;
  await report.attempt("CRD", () => examineCrd(cluster), one);
  const served = await examineController(cluster, request, report, io);
  await report.attempt("versions", () => examineVersions(cluster, controller), one);
  await report.attempt(
    "rights",
    () => examineRights(cluster, controller, served?.port ?? ""),
    (found) => found,
  );
  const keys = await report.attempt(
    "keys",
    () => examineKeys(cluster, controller, served?.certificate?.fingerprint ?? null),
    (found) => found ?? [],
  );
  if (keys === null) report.skipUnlessSaid("keys", "you may not look at them");
  const sealedSecrets = await report.attempt(
    "SealedSecrets",
    () => examineSealedSecrets(cluster),
    (found) => (found === null ? [] : [found]),
  );
  if (sealedSecrets === null) report.skipUnlessSaid("SealedSecrets", "you may not look at them in all namespaces");
}

interface Served {
  readonly port: string;
  readonly certificate: Certificate | null;
}

async function examineController(
  cluster: Cluster,
  { controller: service, certificate: location, cluster: { kubeconfig } }: DoctorRequest,
  report: Report,
  io: Io,
): Promise<Served | null> {
  const reach = () => reachController(service, cluster.server);
  const reached = await report.attempt("controller", reach, () => [ok(`Service ${service.namespace}/${service.name}`)]);
  if (reached === null) {
    report.skip("certificate", "the controller serves it, and cannot be reached");
    return null;
  }
  const now = io.clock.now();
  const certificate = await report.attempt(
    "certificate",
    () => servedCertificate(reached),
    (served) => [examineCertificate(served, now)],
  );
  if (certificate !== null && location !== undefined) {
    const place = { controller: service, cluster: kubeconfig };
    await report.attempt("certificate", () => examineLocalCertificate(location, certificate, place, io), one);
  }
  return { port: reached.port, certificate };
}

function one(finding: Finding): readonly Finding[] {
  return [finding];
}

const COLOURS: Readonly<Record<Check["status"], Colour | null>> = {
  ok: null,
  warn: "yellow",
  fail: "red",
  skip: "cyan",
};

function textOf(checks: readonly Check[], io: Io): string {
  const paint = painter(io.stdout, io.env);
  const colours: (Colour | null)[] = [];
  const rows = checks.flatMap(({ name, status, message, mend }) => {
    colours.push(COLOURS[status], ...(mend === null ? [] : [null]));
    return [[status, name, message], ...(mend === null ? [] : [["", "", `mend: ${mend}`]])];
  });
  return table(["STATE", "CHECK", "FOUND"], rows, io.stdout.columns ?? null, (text, row, column) => {
    const colour = column === 0 ? (colours[row] ?? null) : null;
    return colour === null ? text : paint(text, colour);
  });
}
