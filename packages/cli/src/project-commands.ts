import { CERTIFICATE_FLAGS, CONTROLLER_FLAGS, certificateRequest, controllerRequest } from "./certificate-flags.ts";
import { command } from "./command.ts";
import { KEY_FILE_FLAGS, keyFiles } from "./key-file-flags.ts";

const OUTPUT_FLAG = { write: { short: "w", value: "FILE", help: "file to replace, instead of stdout" } } as const;

const FORM_FLAG = { output: { short: "o", value: "FORMAT", fallback: "text", help: "text or json" } } as const;

const PIN_FLAG = {
  fingerprint: { value: "SHA256:...", help: "the only certificate to accept, by the fingerprint of its key" },
} as const;

const NAMES = { name: "NAME", help: "certificates of .sealwright.yaml; without any, all of them" } as const;

export const INIT = command({
  name: "init",
  summary: "fetch the certificate and write .sealwright.yaml, which says how a project's Secrets are sealed",
  examples: [
    "sealwright init                                      asks for what it needs",
    "sealwright init --context production --name prod     from a cluster",
    "sealwright init --cert https://example.com/cert.pem --namespace shop --yes",
  ],
  flags: {
    name: { value: "NAME", help: "what the certificate is called in the project" },
    file: { value: "FILE", help: "where the certificate is kept, instead of NAME.pem" },
    ...PIN_FLAG,
    paths: { value: "PATTERN", many: true, help: "paths that the rule is for; may be repeated. All, unless told" },
    namespace: { short: "n", value: "NAMESPACE", help: "namespace of all Secrets of these paths" },
    scope: { value: "SCOPE", help: "strict (which is usual), namespace-wide or cluster-wide" },
    seal: { value: "PATTERN", many: true, help: "files of plaintext; may be repeated. *.secret.yaml, unless told" },
    yes: { help: "ask nothing: what no flag says is as usual" },
    ...CERTIFICATE_FLAGS,
  },
  async run(_operands, flags, io, isGiven) {
    const { initProject } = await import("./commands/init.ts");
    await initProject({ ...flags, certificate: certificateRequest(flags, isGiven) }, io);
  },
});

export const VERIFY = command({
  name: "verify",
  summary: "find what is wrong with SealedSecrets, offline, and Secrets that are not sealed",
  operand: {
    name: "PATH",
    help: "files, folders and patterns of YAML or JSON; - is stdin. The folder here, unless told",
  },
  examples: [
    "sealwright verify                              the whole project",
    "sealwright verify --output github .            findings at their lines of a pull request",
    "sealwright verify -o sarif -w verify.sarif .   for code scanning",
    "sealwright verify --cluster db.sealed.yaml     asks the controller whether it opens",
  ],
  flags: {
    output: { short: "o", value: "FORMAT", fallback: "text", help: "text, json, sarif or github" },
    ...OUTPUT_FLAG,
    strict: { help: "fail on warnings, too" },
    cert: { value: "FILE|URL", help: "certificate that all must be sealed to, instead of the project's" },
    ...KEY_FILE_FLAGS,
    cluster: { help: "ask the controller in the cluster whether it can open them" },
    ...CONTROLLER_FLAGS,
  },
  async run(operands, flags, io) {
    const { verify } = await import("./commands/verify.ts");
    const request = controllerRequest(flags);
    await verify(
      {
        inputs: operands.length === 0 ? ["."] : operands,
        form: flags.output,
        write: flags.write,
        certificate: flags.cert === undefined ? null : { ...request, location: flags.cert },
        keys: keyFiles(flags),
        controller: flags.cluster ? request : null,
        strict: flags.strict,
      },
      io,
    );
  },
});

const FETCH_FLAGS = { ...OUTPUT_FLAG, ...PIN_FLAG, ...CERTIFICATE_FLAGS } as const;

export const CERT = command({
  name: "cert",
  summary: "print the certificate that seals, as PEM; or what one of the commands below says",
  flags: FETCH_FLAGS,
  async run(_operands, flags, io, isGiven) {
    const { fetchCertificates } = await import("./commands/cert.ts");
    const { write: output, fingerprint } = flags;
    await fetchCertificates({ certificate: certificateRequest(flags, isGiven), names: [], output, fingerprint }, io);
  },
});

export const CERT_FETCH = command({
  name: "cert fetch",
  summary: "fetch a certificate: the project's into their files, or any as PEM to stdout",
  operand: { name: "NAME", help: "certificates of .sealwright.yaml; without any, the one that the flags say" },
  examples: [
    "sealwright cert fetch -w cluster.pem   from the cluster of the kubeconfig",
    "sealwright cert fetch production       anew, into the file of .sealwright.yaml",
  ],
  flags: FETCH_FLAGS,
  async run(names, flags, io, isGiven) {
    const { fetchCertificates } = await import("./commands/cert.ts");
    const { write: output, fingerprint } = flags;
    await fetchCertificates({ certificate: certificateRequest(flags, isGiven), names, output, fingerprint }, io);
  },
});

export const CERT_SHOW = command({
  name: "cert show",
  summary: "print fingerprint, name, dates and key size of certificates",
  operand: NAMES,
  examples: ["sealwright cert show", "sealwright cert show --cert cluster.pem --output json"],
  flags: { ...FORM_FLAG, ...CERTIFICATE_FLAGS },
  async run(names, flags, io, isGiven) {
    const { showCertificates } = await import("./commands/cert.ts");
    await showCertificates({ certificate: certificateRequest(flags, isGiven), names, form: flags.output }, io);
  },
});

export const CERT_CHECK = command({
  name: "cert check",
  summary: "fail where a certificate has expired, soon will, or is not the one that is pinned",
  operand: NAMES,
  examples: ["sealwright cert check --expires-within 90d"],
  flags: {
    "expires-within": { value: "TIME", fallback: "30d", help: "how long it must still be valid: 30d, 12h" },
    ...FORM_FLAG,
    ...CERTIFICATE_FLAGS,
  },
  async run(names, flags, io, isGiven) {
    const { checkCertificates } = await import("./commands/cert.ts");
    await checkCertificates(
      {
        certificate: certificateRequest(flags, isGiven),
        names,
        form: flags.output,
        expiresWithin: flags["expires-within"],
      },
      io,
    );
  },
});

export const CERT_PIN = command({
  name: "cert pin",
  summary: "write the fingerprint of a project's certificate into .sealwright.yaml: sealing takes no other",
  operand: { name: "NAME", help: "a certificate of .sealwright.yaml; may be left out where it has one" },
  examples: ["sealwright cert pin production --fingerprint SHA256:..."],
  flags: PIN_FLAG,
  async run(names, { fingerprint }, io) {
    const { pinCertificate } = await import("./commands/cert.ts");
    await pinCertificate({ names, fingerprint }, io);
  },
});
