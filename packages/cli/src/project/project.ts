import type { Scope } from "@sealwright/core";
import type { PathPattern } from "../paths/path-pattern.ts";
import { pathBelow } from "../paths/path-text.ts";
import { DEFAULT_SEAL } from "./defaults.ts";

/** The file that says how a project's Secrets are sealed. */
export const PROJECT_FILE = ".sealwright.yaml";

/** What a `.sealwright.yaml` says. It is about the files in its own folder and below. */
export interface Project {
  /** Of the file, as messages show it. */
  readonly path: string;
  /** Absolute: patterns and paths in the file start here. */
  readonly folder: string;
  readonly certificates: ReadonlyMap<string, ProjectCertificate>;
  readonly rules: readonly Rule[];
  /** What neither a search for Secrets to seal nor one for SealedSecrets to verify looks at. */
  readonly ignore: readonly PathPattern[];
}

/** A certificate of the project: where it is kept, where a new one comes from, and which one it must be. */
export interface ProjectCertificate {
  readonly name: string;
  /** Where it stands in the file, from 1. */
  readonly line: number;
  /** A path from the project's folder. */
  readonly file?: string;
  readonly url?: string;
  readonly cluster?: ProjectCluster;
  /** The only one that it may be. */
  readonly fingerprint?: string;
  /** Of its predecessors, whose keys still open what was sealed to them. */
  readonly previous: readonly string[];
  /** Of those whose keys are not to be trusted any more. */
  readonly retired: readonly string[];
}

/** A controller, by a context of everybody's own kubeconfig. */
export interface ProjectCluster {
  readonly context?: string;
  readonly controllerName?: string;
  readonly controllerNamespace?: string;
}

/** How the files of some paths are sealed; what is absent is for the flags, the manifest and the kubeconfig to say. */
export interface Rule {
  /** Where it stands in the file, from 1. */
  readonly line: number;
  /** None: every path. */
  readonly paths: readonly PathPattern[];
  /** A name among the project's certificates. */
  readonly certificate?: string;
  readonly namespace?: string;
  readonly scope?: Scope;
  /** Which files of a folder hold Secrets to seal. */
  readonly seal: readonly PathPattern[];
  readonly output: string;
}

/** The rule for a file, by its absolute path: the first that matches. */
export function ruleFor(project: Project, path: string): Rule | null {
  const below = pathBelow(project.folder, path);
  if (below === null) return null;
  return project.rules.find(({ paths }) => paths.length === 0 || paths.some((each) => each.matches(below))) ?? null;
}

export function isIgnored(project: Project, path: string): boolean {
  const below = pathBelow(project.folder, path);
  return below !== null && project.ignore.some((pattern) => pattern.matches(below));
}

/** Whether a search of a folder takes a file for one of Secrets to seal. */
export function holdsPlaintext(project: Project | null, path: string): boolean {
  if (project === null) return DEFAULT_SEAL.some((pattern) => pattern.matches(lastName(path)));
  const patterns = ruleFor(project, path)?.seal ?? DEFAULT_SEAL;
  const below = pathBelow(project.folder, path);
  return below !== null && patterns.some((pattern) => pattern.matches(below));
}

function lastName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}
