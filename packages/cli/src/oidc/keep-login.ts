import { ManifestRewriteError, readManifests, rewriteManifest } from "@sealwright/core/kubernetes-yaml";
import { fieldsOf } from "../cluster/cluster.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import type { Fields, UserEntry } from "../kubeconfig.ts";
import { readEncoded, writeEncoded } from "../sealed-file/encoded-text.ts";
import { warn } from "../warning.ts";

/**
 * Writes what has changed of a login into the kubeconfig that it came from, and leaves all else of the file as it is. Where that cannot be,
 * it is told: an issuer may take each refresh-token only once.
 */
export async function keepLogin({ path, name }: UserEntry, changes: Fields, io: Io): Promise<void> {
  try {
    const known = readEncoded(await io.files.read(path));
    const [document] = readManifests(known?.text ?? "");
    if (known === null || document === undefined) return await tell(path, io);
    const text = rewriteManifest(known.text, document.index, withLogin(fieldsOf(document.value), name, changes));
    await io.files.replace(path, writeEncoded({ ...known, text }));
  } catch (error) {
    if (!(error instanceof CommandError) && !(error instanceof ManifestRewriteError)) throw error;
    await tell(path, io);
  }
}

function withLogin(kubeconfig: Fields, name: string, changes: Fields): Fields {
  const { users } = kubeconfig;
  if (!Array.isArray(users)) return kubeconfig;
  const changed = users.map((entry: unknown) => {
    const { name: itsName, user, ...rest } = fieldsOf(entry);
    if (itsName !== name) return entry;
    const provider = fieldsOf(fieldsOf(user)["auth-provider"]);
    const config = { ...fieldsOf(provider["config"]), ...changes };
    return { ...rest, name, user: { ...fieldsOf(user), "auth-provider": { ...provider, config } } };
  });
  return { ...kubeconfig, users: changed };
}

function tell(path: string, io: Io): Promise<void> {
  return warn(`the renewed login cannot be written into ${path}: the next command may have to be told a new one`, io);
}
