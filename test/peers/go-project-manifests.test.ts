import { expect, it } from "vitest";
import { goProjectManifests } from "./go-project-manifests.ts";

it("puts the Go project's controller into the namespace that it is asked for, and nowhere else", () => {
  const manifests = goProjectManifests("vault");
  expect(JSON.stringify(manifests)).not.toContain("kube-system");
  const places = manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? "-"}`);
  expect(places).toContain("ServiceAccount vault");
  expect(places).toContain("ClusterRole -");
  expect(manifests.find(({ kind }) => kind === "ClusterRoleBinding")).toMatchObject({
    subjects: [{ namespace: "vault" }],
  });
});
