export { assertValidAt, type Certificate, fingerprintOf, readCertificate } from "./certificate.ts";
export type { PrivateKey, PublicKey } from "./crypto/port.ts";
export { describeProblem } from "./describe.ts";
export { type ItemFailure, type Problem, type ProblemCode, SealwrightError, type TemplateLimit } from "./errors.ts";
export { KeyRing } from "./keyring.ts";
export type { ObjectMeta } from "./object-meta.ts";
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
} from "./sealing-key.ts";
export { readSecret, type Secret, secretManifest } from "./secret.ts";
export { createTemplateEngine } from "./template/create-engine.ts";
export type { RenderRequest, TemplateEngine, TemplateEngineOptions } from "./template/engine.ts";
export { type Unsealed, type UnsealOptions, unseal } from "./unseal.ts";
