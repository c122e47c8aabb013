/**
 * The SealedSecret format: seal, unseal, say why one does not open. No file, socket, clock or environment; Node, Bun and browsers.
 *
 * @module core
 */

export { assertValidAt, type Certificate, fingerprintOf, readCertificate, readCertificates } from "./certificate.ts";
export type { PrivateKey, PublicKey } from "./crypto/port.ts";
export { type AcceptsDeprecatedData, DEPRECATED_DATA } from "./deprecated-data.ts";
export { deriveKey } from "./derived-key.ts";
export { describeProblem, printable } from "./describe.ts";
export { describeConditionFinding, describeFinding, describeVerdict } from "./describe-diagnosis.ts";
export {
  type Candidate,
  type ConditionDiagnosis,
  type ConditionFinding,
  conditionOf,
  type DiagnoseOptions,
  diagnose,
  type KeyHolderDiagnosis,
  type KeyUsed,
  type Place,
  type Verdict,
} from "./diagnose.ts";
export { type Edit, type EditOptions, edit, type KeylessEdit, valueLength } from "./edit.ts";
export {
  type ItemFailure,
  type MissingPart,
  type Problem,
  type ProblemCode,
  SealwrightError,
  type TemplateLimit,
} from "./errors.ts";
export { HINTS_ANNOTATION, type Hint, keyOfHint, readHints } from "./hints.ts";
export {
  type InspectOptions,
  type ItemFinding,
  inspect,
  type ObjectFinding,
  type PublicDiagnosis,
  type Severity,
  severityOf,
} from "./inspect.ts";
export { assertItemName, isItemName } from "./item-name.ts";
export {
  KEY_LABEL,
  type KeyMaterial,
  type KeyOrder,
  type KeySource,
  readKeyMaterial,
  type UnreadableKey,
} from "./key-material.ts";
export { KeyRing } from "./keyring.ts";
export type { Limited } from "./limits.ts";
export type { ObjectMeta } from "./object-meta.ts";
export { OMIT_ANNOTATION } from "./omit.ts";
export { type Resealed, type ResealOptions, reseal } from "./reseal.ts";
export { type Annotations, type Binding, labelOf, readScope, SCOPES, type Scope, scopeOf } from "./scope.ts";
export { type SealOptions, seal, sealValue } from "./seal.ts";
export {
  bindingOf,
  readSealedSecret,
  SEALED_SECRET_API_VERSION,
  SEALED_SECRET_KIND,
  type SealedSecret,
  type SealedSecretSpec,
  type SecretTemplate,
} from "./sealed-secret.ts";
export {
  createSealingKey,
  type NewSealingKey,
  readPrivateKey,
  readSealingKey,
  type SealingKey,
  type SealingKeyPem,
  type UnsealingKey,
} from "./sealing-key.ts";
export { readSecret, type Secret, secretManifest, wipeSecret } from "./secret.ts";
export { createTemplateEngine } from "./template/create-engine.ts";
export type { RenderRequest, TemplateEngine, TemplateEngineOptions } from "./template/engine.ts";
export { hasTemplates } from "./template/template-data.ts";
export { createDecryptionThreads } from "./threads/create-decryption-threads.ts";
export type { DecryptionThreads, DecryptionThreadsOptions } from "./threads/decryption-threads.ts";
export { type Unsealed, type UnsealOptions, unseal } from "./unseal.ts";
export { unsealedItems, unsealedSecret } from "./unsealed-secret.ts";
