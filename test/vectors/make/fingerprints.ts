import type { FingerprintsFile } from "../vector-files.ts";
import type { OpenSsl } from "./openssl.ts";

export function makeFingerprintsFile(openssl: OpenSsl): FingerprintsFile {
  const vector = (name: string, ...flags: string[]) => {
    const privateKey = openssl.rsaKey(2048, ...flags);
    return { name, privateKey, ...openssl.fingerprint(privateKey) };
  };
  return {
    about: "RSA keys and their OpenSSH fingerprints. The keys are for these tests alone.",
    source: openssl.sshKeygenSource("ssh-keygen -y -f key.pem > key.pem.pub; ssh-keygen -l -f key.pem.pub"),
    vectors: [vector("exponent 65537"), vector("exponent 3", "-3")],
  };
}
