import {
  createTemplateEngine,
  type SealedSecret,
  type Secret,
  secretManifest,
  unseal,
  wipeSecret,
} from "@sealwright/core";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { STDIN, within } from "../manifest.ts";
import { manifestText } from "../manifest-text.ts";
import { openingKeys } from "../private-keys/opening-keys.ts";
import type { KeyFiles } from "../private-keys/read-private-keys.ts";
import { environmentText } from "../recovery/environment-text.ts";
import { workTreeOf } from "../recovery/work-tree.ts";
import { readSealedSources } from "../sealed-file/sealed-sources.ts";

export interface UnsealRequest {
  /** Paths, or `-` for stdin. */
  readonly inputs: readonly string[];
  /** Private keys at hand. */
  readonly keys: KeyFiles;
  /** As it was given. */
  readonly format: string;
  /** The file to make, for its owner alone; stdout where absent. */
  readonly output: string | undefined;
  /** Write it also where Git would find it. */
  readonly force: boolean;
  /** Leave out what the templates would add. */
  readonly asSealed: boolean;
}

/** Opens SealedSecrets with private keys at hand: all of them, or nothing is written. */
export async function unsealAll(request: UnsealRequest, io: Io): Promise<void> {
  const { inputs, output } = request;
  const format = readForm(request.format);
  if (inputs.includes(STDIN) && request.keys.paths.includes(STDIN)) {
    throw usage("stdin can be the SealedSecret or the key, not both");
  }
  if (output !== undefined && !request.force) await mustBeOutsideGit(output, io);
  const ring = await openingKeys(request.keys, io);
  const located = await readSealedSources(inputs, io);
  const templates = createTemplateEngine();
  const secrets: Secret[] = [];
  try {
    for (const { manifest, sealed } of located) {
      const { secret } = await within(manifest, () =>
        unseal(request.asSealed ? bare(sealed) : sealed, ring, { templates, acceptDeprecatedData: true }),
      );
      secrets.push(secret);
    }
    const text = textOf(secrets, format);
    await (output === undefined ? io.stdout.write(text) : io.files.replace(output, text, "owner"));
  } finally {
    templates.close();
    for (const secret of secrets) wipeSecret(secret);
  }
}

const FORMS = ["yaml", "json", "env"] as const;
type Form = (typeof FORMS)[number];

function readForm(text: string): Form {
  const form = FORMS.find((known) => known === text);
  if (form !== undefined) return form;
  throw usage(`unknown output format ${JSON.stringify(text)}`, `it is ${FORMS.join(", ")}`);
}

function textOf(secrets: readonly Secret[], form: Form): string {
  if (form === "env") return environmentText(secrets);
  return manifestText(secrets.map(secretManifest), form, { firstSeparator: false });
}

/** Plaintext that Git finds is soon on other machines. */
async function mustBeOutsideGit(path: string, io: Io): Promise<void> {
  const workTree = await workTreeOf(path, io);
  if (workTree === null) return;
  throw new CommandError({ code: "recovery", problem: { code: "inside_work_tree", path, workTree } });
}

/** The object without the items that its template makes of the others. */
function bare(sealed: SealedSecret): SealedSecret {
  const { data: _rendered, ...template } = sealed.spec.template ?? {};
  return { ...sealed, spec: { ...sealed.spec, template } };
}

function usage(message: string, hint = "sealwright unseal --help shows what there is"): CommandError {
  return new CommandError({ code: "usage", message, hint });
}
