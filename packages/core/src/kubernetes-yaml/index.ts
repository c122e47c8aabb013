export { type ManifestDocument, readManifests } from "./read-manifests.ts";
export { ManifestRewriteError } from "./rewrite/rewrite-error.ts";
export { rewriteManifest } from "./rewrite/rewrite-manifest.ts";
export { ManifestSyntaxError, type ManifestSyntaxErrorCode } from "./syntax-error.ts";
export { type ManifestFormat, type WriteManifestOptions, writeManifest } from "./write-manifest.ts";
