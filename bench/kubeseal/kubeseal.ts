import type { Bench } from "../bench.ts";
import { makeKeys, writeKeys } from "../core/inputs.ts";
import { oneDocument, oneDocumentThroughCluster } from "./one-document.ts";
import { sealFile, sealFileBySealwright, sealFlowFile, sealLargeValue, sealManyItems } from "./seal-file.ts";

export const kubeseal: Bench = {
  summary:
    "Our `kubeseal` as it is published, beside the Go project's, on the same file: what a person waits for, start and YAML included.",
  peers: ["kubeseal", "coreBench", "etcd", "kubeApiserver", "kubeControllerManager"],
  executable: true,

  async prepare(context) {
    const [pem] = await makeKeys(1);
    if (pem === undefined) throw new Error("no key");
    const { folder } = context;
    const keys = writeKeys(folder, "kubeseal-key", [pem]);
    return [
      oneDocument(context, keys),
      oneDocumentThroughCluster(context, keys, pem),
      sealFile(folder, keys),
      sealFileBySealwright(folder, keys),
      sealFlowFile(folder, keys),
      sealLargeValue(folder, keys),
      sealManyItems(folder, keys),
    ];
  },
};
