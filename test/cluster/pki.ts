import { generateKeyPair, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import forge from "node-forge";

export interface Identity {
  /** PEM */
  readonly certificate: string;
  /** PEM, PKCS#8 */
  readonly key: string;
}

export interface Subject {
  readonly commonName: string;
  /** Kubernetes reads a client certificate's organisations as groups. */
  readonly organizations?: readonly string[];
  /** DNS names and IP addresses that a server answers for. */
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
}

/** A certificate authority that lives as long as a test cluster. */
export class Authority {
  readonly identity: Identity;

  private constructor(identity: Identity) {
    this.identity = identity;
  }

  static async create(commonName = "sealwright-test-ca"): Promise<Authority> {
    const key = await newKey();
    const certificate = draft(key, { commonName }, [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, digitalSignature: true, critical: true },
    ]);
    certificate.setIssuer(certificate.subject.attributes);
    return new Authority(signed(certificate, key, key));
  }

  /** Signs a certificate that serves as server and client alike. */
  async issue(subject: Subject): Promise<Identity> {
    const key = await newKey();
    const certificate = draft(key, subject, [
      { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
      { name: "extKeyUsage", serverAuth: true, clientAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          ...(subject.dnsNames ?? []).map((value) => ({ type: 2, value })),
          ...(subject.ipAddresses ?? []).map((ip) => ({ type: 7, ip })),
        ],
      },
    ]);
    const authority = forge.pki.certificateFromPem(this.identity.certificate);
    certificate.setIssuer(authority.subject.attributes);
    return signed(certificate, key, this.identity.key);
  }
}

async function newKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function draft(keyPem: string, subject: Subject, extensions: object[]): forge.pki.Certificate {
  const key = forge.pki.privateKeyFromPem(keyPem);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(key.n, key.e);
  certificate.serialNumber = `01${randomBytes(15).toString("hex")}`;
  certificate.validity.notBefore = new Date(Date.now() - 3_600_000);
  certificate.validity.notAfter = new Date(Date.now() + 7 * 86_400_000);
  certificate.setSubject([
    { name: "commonName", value: subject.commonName },
    ...(subject.organizations ?? []).map((value) => ({ name: "organizationName", value })),
  ]);
  certificate.setExtensions(extensions);
  return certificate;
}

function signed(certificate: forge.pki.Certificate, keyPem: string, signerPem: string): Identity {
  certificate.sign(forge.pki.privateKeyFromPem(signerPem), forge.md.sha256.create());
  return { certificate: forge.pki.certificateToPem(certificate), key: keyPem };
}
