import manifest from "../package.json" with { type: "json" };

/** Of the package, and of every program in it. */
export const VERSION: string = manifest.version;
