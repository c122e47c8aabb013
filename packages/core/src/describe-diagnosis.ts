import { describeFailure, printable } from "./describe.ts";
import type { ConditionFinding, KeyUsed, Place, Verdict } from "./diagnose.ts";
import type { ItemFinding, ObjectFinding } from "./inspect.ts";
import type { Binding } from "./scope.ts";

/** Words for what is public: one line, without a value. */
export function describeFinding(finding: ObjectFinding | ItemFinding): string {
  switch (finding.code) {
    case "missing_name":
      return "metadata.name is missing";
    case "missing_namespace":
      return `metadata.namespace is missing, and the scope ${finding.scope} needs one`;
    case "impossible_name":
      return "Kubernetes takes no such name or namespace, so nothing sealed to it can open";
    case "two_scopes":
      return "it is annotated as namespace-wide and as cluster-wide: cluster-wide counts";
    case "scope_ignored":
      return `the annotation ${finding.annotation} counts only with the value "true"`;
    case "template_scope":
      return `its scope is ${finding.object} and its template's is ${finding.template}: only the first counts`;
    case "template_name":
      return `it is called ${printable(finding.object)} and its template ${printable(finding.template)}: was it renamed?`;
    case "template_namespace":
      return `its namespace is ${printable(finding.object)} and its template's ${printable(finding.template)}: was it moved?`;
    case "deprecated_data":
      return "spec.data is the format of before 2018";
    case "conflicting_data":
      return "spec.encryptedData and the deprecated spec.data cannot be used together";
    case "no_items":
      return "nothing is sealed in it";
    case "not_base64":
    case "too_short":
      return describeFailure(finding.code);
    case "key_length":
      return `sealed to a key of ${finding.bits} bits, which fits no key`;
    case "invalid_item_name":
      return "Kubernetes takes no item of this name";
    case "hint_outdated":
      return "its hint is about an earlier value: another tool has exchanged it since";
    case "hinted_elsewhere":
      return `sealed to ${describeBinding(finding.binding)}, as its hint says`;
    case "hinted_key":
      return "sealed to another key, as its hint says";
  }
}

/** Words for an item in an object's status. */
export function describeConditionFinding(finding: ConditionFinding): string {
  if (finding.code !== "opens_elsewhere") return describeFailure(finding.code);
  return `cannot be decrypted here; it is sealed to ${describeBinding(finding.binding)}`;
}

/** Words for a key holder. A candidate is told by its place among them alone. */
export function describeVerdict(verdict: Verdict): string {
  switch (verdict.verdict) {
    case "opens":
      return `opens${verdict.place === null ? "" : ` only as sealed to ${describePlace(verdict.place)}`} with ${describeKey(verdict.key)}`;
    case "altered":
      return `was altered after it was sealed to ${describePlace(verdict.place)} and ${describeKey(verdict.key)}`;
    case "no_key_of_that_length":
      return `sealed to a key of ${verdict.bits} bits, and no key here has that length`;
    case "not_base64":
    case "too_short":
    case "no_key_opens":
    case "not_tried":
      return describeFailure(verdict.verdict);
  }
}

function describePlace(place: Place | null): string {
  if (place === null) return "this object";
  return place.from === "candidate" ? `candidate ${place.index + 1}` : describeBinding(place.binding);
}

function describeBinding({ scope, namespace, name }: Binding): string {
  switch (scope) {
    case "strict":
      return `the name ${printable(name)} in the namespace ${printable(namespace)} (strict)`;
    case "namespace-wide":
      return `the namespace ${printable(namespace)} (namespace-wide)`;
    case "cluster-wide":
      return "no name or namespace (cluster-wide)";
  }
}

function describeKey({ fingerprint, retired }: KeyUsed): string {
  return `the ${retired ? "retired " : ""}key ${fingerprint}`;
}
