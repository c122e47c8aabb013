/**
 * Manifests as text, with the meaning that Kubernetes gives them: `@sealwright/core/kubernetes-yaml`.
 *
 * @module kubernetes-yaml
 */

export { type ManifestDocument, readManifests } from "./read-manifests.ts";
export { ManifestRewriteError } from "./rewrite/rewrite-error.ts";
export { rewriteManifest } from "./rewrite/rewrite-manifest.ts";
export { type ManifestPosition, ManifestSyntaxError, type ManifestSyntaxErrorCode } from "./syntax-error.ts";
export { type ManifestFormat, type WriteManifestOptions, writeManifest } from "./write-manifest.ts";
