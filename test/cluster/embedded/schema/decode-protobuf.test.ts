import { describe, expect, test } from "vitest";
import { decodeProtobuf, ProtobufError } from "./decode-protobuf.ts";

// Objects as kube-apiserver v1.36.3 gave them, in protobuf and in JSON.
const VECTORS: readonly (readonly [protobuf: string, json: object])[] = [
  [
    "azhzAAoMCgJ2MRIGU2VjcmV0Em4KVwoIcGJzZWNyZXQSABoHZGVmYXVsdCIAKiQ2OWE4ZmFiZC0zYzg2LTRmMWYtODljNC1hZDNjYzMyMzFiNDIyBDE4OTc4" +
      "AEIICJTDhtgGEABaBgoBYRIBYhIJCgNhLmISAgD/GgZPcGFxdWUoARoAIgA=",
    {
      kind: "Secret",
      apiVersion: "v1",
      metadata: {
        name: "pbsecret",
        namespace: "default",
        uid: "69a8fabd-3c86-4f1f-89c4-ad3cc3231b42",
        resourceVersion: "1897",
        creationTimestamp: "2026-11-21T13:50:12Z",
        labels: { a: "b" },
      },
      immutable: true,
      data: { "a.b": "AP8=" },
      type: "Opaque",
    },
  ],
  [
    "azhzAAofChZjb29yZGluYXRpb24uazhzLmlvL3YxEgVMZWFzZRJkCk4KB3BibGVhc2USABoHZGVmYXVsdCIAKiRkMmNhODg3MS1kZjcxLTQ5NTYtYjExMy03" +
      "MmU3MWE0MjUxYzgyBDE5MDA4AEIICJTDhtgGEAASEgoCbWUQDyIKCIDy1soGEKDCHhoAIgA=",
    {
      kind: "Lease",
      apiVersion: "coordination.k8s.io/v1",
      metadata: {
        name: "pblease",
        namespace: "default",
        uid: "d2ca8871-df71-4956-b113-72e71a4251c8",
        resourceVersion: "1900",
        creationTimestamp: "2026-11-21T13:50:12Z",
      },
      spec: { holderIdentity: "me", leaseDurationSeconds: 15, renewTime: "2026-01-01T00:00:00.000500Z" },
    },
  ],
  [
    "azhzAAoNCgJ2MRIHU2VydmljZRLbAQpQCglwYnNlcnZpY2USABoHZGVmYXVsdCIAKiRkNDg3NmNmMS05MjE0LTQ0MDMtYjAyZC1hZjlhOTRlZTkyZjUyBDE5" +
      "MDM4AEIICJTDhtgGEAASggEKGAoBYRIDVENQGFAiCggBEAAaBGh0dHAoAAoVCgFiEgNUQ1AYUSIHCAAQkT8aACgAEggKA2FwcBIBeBoETm9uZSIJQ2x1c3Rl" +
      "cklQOgROb25lQgBSAFoAYABoAIoBC1NpbmdsZVN0YWNrkgEETm9uZZoBBElQdjSyAQdDbHVzdGVyGgIKABoAIgA=",
    {
      kind: "Service",
      apiVersion: "v1",
      metadata: {
        name: "pbservice",
        namespace: "default",
        uid: "d4876cf1-9214-4403-b02d-af9a94ee92f5",
        resourceVersion: "1903",
        creationTimestamp: "2026-11-21T13:50:12Z",
      },
      spec: {
        ports: [
          { name: "a", protocol: "TCP", port: 80, targetPort: "http" },
          { name: "b", protocol: "TCP", port: 81, targetPort: 8081 },
        ],
        selector: { app: "x" },
        clusterIP: "None",
        clusterIPs: ["None"],
        type: "ClusterIP",
        sessionAffinity: "None",
        ipFamilies: ["IPv4"],
        ipFamilyPolicy: "SingleStack",
        internalTrafficPolicy: "Cluster",
      },
      status: { loadBalancer: {} },
    },
  ],
];

describe("Kubernetes' protobuf", () => {
  test.for(VECTORS)("says the same as JSON (%#)", ([protobuf, json]) => {
    expect(decodeProtobuf(Buffer.from(protobuf, "base64"))).toEqual(json);
  });

  test.for<[what: string, bytes: Buffer]>([
    ["nothing", Buffer.alloc(0)],
    ["JSON", Buffer.from("{}")],
    ["a kind that is not built in", Buffer.from("k8s\0\n\x0c\n\x02v1\x12\x06Widget\x12\0", "latin1")],
    ["what ends too early", Buffer.from(VECTORS[0]?.[0] ?? "", "base64").subarray(0, 60)],
    ["a field that the kind does not have", Buffer.from("k8s\0\n\x0c\n\x02v1\x12\x06Secret\x12\x02\x78\x01", "latin1")],
  ])("is refused for %s", ([, bytes]) => {
    expect(() => decodeProtobuf(bytes)).toThrow(ProtobufError);
  });
});
