import type { HybridFile } from "../vector-files.ts";
import { goCrypto, goCryptoSource } from "./go-crypto.ts";
import type { KeyName, TestKeys } from "./keys.ts";

const WANTED: readonly {
  readonly name: string;
  readonly key: KeyName;
  readonly label: string;
  readonly value: string;
}[] = [
  { name: "no label, no bytes", key: "rsa-2048", label: "", value: "" },
  { name: "no label, one byte", key: "rsa-2048", label: "", value: "\u0000" },
  { name: "a namespace, one block", key: "rsa-2048", label: "payments", value: "0123456789abcdef" },
  {
    name: "a namespace and a name, a block and a byte",
    key: "rsa-2048",
    label: "payments/database",
    value: "0123456789abcdef0",
  },
  { name: "a label of UTF-8", key: "rsa-2048", label: "Zahlungen/übergabe-🦭", value: "text" },
  { name: "a label longer than the key", key: "rsa-2048", label: "n".repeat(300), value: "text" },
  { name: "4096 bits", key: "rsa-4096", label: "payments/database", value: "correct horse battery staple" },
];

export function makeHybridFile(keys: TestKeys): HybridFile {
  const asked = WANTED.map(({ name, key, label, value }) => ({
    name,
    key,
    label: base64(label),
    value: base64(value),
  }));
  const { values } = goCrypto({ values: asked.map((one) => ({ ...one, privateKey: keys[one.key].privateKey })) });
  return {
    about:
      "Single sealed values with their labels, and the session keys that the Go project drew for them. Bytes are base64.",
    source: goCryptoSource("HybridEncrypt"),
    vectors: asked.map((one, index) => ({ ...one, sessionKey: "", sealed: "", ...values[index] })),
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
