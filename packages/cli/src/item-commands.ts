import { CERTIFICATE_FLAGS, certificateRequest } from "./certificate-flags.ts";
import { command } from "./command.ts";
import { CommandError } from "./failure.ts";
import type { Flags, FlagValues } from "./flags.ts";
import type { Choice } from "./sealed-file/sealed-file.ts";
import type { ReadOptions } from "./values/read-values.ts";
import type { ValueArguments } from "./values/value-source.ts";

const CHOICE_FLAGS = {
  name: { value: "[NAMESPACE/]NAME", help: "the SealedSecret of a file with several" },
  document: { value: "NUMBER", help: "the same, by its document, from 1" },
} as const satisfies Flags;

const VALUE_FLAGS = {
  "from-file": {
    value: "[KEY=]FILE",
    many: true,
    help: "value from a file, byte for byte; KEY is the file's name where it is left out. A folder stands for the files in it",
  },
  "from-env-file": { value: "FILE", many: true, help: "values from lines of KEY=VALUE" },
  generate: {
    value: "KEY[:LENGTH[:CHARACTERS]]",
    many: true,
    help: "value that nobody sees: 32 of alphanumeric, letters, digits, hex, base64url or ascii",
  },
  confirm: { help: "ask for each value twice" },
  chomp: { help: "leave out one line end at the end of a value from a file or stdin" },
  "allow-empty": { help: "take an empty value" },
} as const satisfies Flags;

const NAMESPACE_FLAG = {
  namespace: {
    short: "n",
    value: "NAMESPACE",
    env: "SEALED_SECRETS_NAMESPACE",
    help: "namespace to seal for where the file names none",
  },
} as const satisfies Flags;

const KEY_HELP = "KEY asks for its value, which is not shown; KEY=- reads it from stdin; KEY=VALUE is seen by others";

export const SET = command({
  name: "set",
  summary: "add items to a sealed file, or replace their values; the certificate is enough",
  operand: { name: "FILE KEY", help: `the file, or - for stdin to stdout. ${KEY_HELP}` },
  examples: [
    "sealwright set db.yaml password                    asks for the value",
    "vault read -field=key app | sealwright set db.yaml api-key=-",
    "sealwright set db.yaml --from-file tls.key=server.key",
    "sealwright set db.yaml --generate password:40",
    "kubectl get sealedsecret db -o yaml | sealwright set - password > db.yaml",
  ],
  flags: { ...VALUE_FLAGS, ...CHOICE_FLAGS, ...NAMESPACE_FLAG, ...CERTIFICATE_FLAGS },
  async run([path, ...keys], flags, io, isGiven) {
    const values = valueArguments(keys, [], flags);
    if (path === undefined) throw usage("no file was named", "set");
    if (isEmpty(values)) throw usage("no item was named", "set");
    const [{ setItems }, { readValueSources }] = await Promise.all([
      import("./commands/set.ts"),
      import("./values/value-source.ts"),
    ]);
    const request = {
      path,
      choice: choiceOf(flags, "set"),
      sources: await readValueSources(values, io),
      options: readOptions(flags),
      namespace: flags.namespace,
      certificate: certificateRequest(flags, isGiven),
    };
    await setItems(request, io);
  },
});

export const RM = command({
  name: "rm",
  summary: "take items out of a sealed file; no certificate is needed",
  operand: { name: "FILE KEY", help: "the file, or - for stdin to stdout; and the items" },
  examples: ["sealwright rm db.yaml old-password", "sealwright rm all.yaml --name shop/database user"],
  flags: CHOICE_FLAGS,
  async run([path, ...items], flags, io) {
    if (path === undefined) throw usage("no file was named", "rm");
    if (items.length === 0) throw usage("no item was named", "rm");
    const { removeItems } = await import("./commands/rm.ts");
    await removeItems({ path, choice: choiceOf(flags, "rm"), items }, io);
  },
});

export const RENAME = command({
  name: "rename",
  summary: "give an item of a sealed file another name; no certificate is needed",
  operand: { name: "FILE OLD NEW", help: "the file, or - for stdin to stdout; and the names" },
  examples: ["sealwright rename db.yaml pasword password"],
  flags: CHOICE_FLAGS,
  async run([path, item, to, ...more], flags, io) {
    if (path === undefined || item === undefined || to === undefined || more.length > 0) {
      throw usage("it takes a file, an item and its new name", "rename");
    }
    const { renameItem } = await import("./commands/rename.ts");
    await renameItem({ path, choice: choiceOf(flags, "rename"), item, to }, io);
  },
});

export const EDIT = command({
  name: "edit",
  summary: "change items of a sealed file in a session in the terminal; no value is ever in a file",
  operand: { name: "FILE", help: "the file" },
  examples: ["sealwright edit db.yaml"],
  flags: { ...CHOICE_FLAGS, ...NAMESPACE_FLAG, ...CERTIFICATE_FLAGS },
  async run([path, ...more], flags, io, isGiven) {
    if (path === undefined || more.length > 0) throw usage("it takes one file", "edit");
    const { editInTerminal } = await import("./commands/edit.ts");
    const { namespace } = flags;
    const request = {
      path,
      choice: choiceOf(flags, "edit"),
      namespace,
      certificate: certificateRequest(flags, isGiven),
    };
    await editInTerminal(request, io);
  },
});

export const CREATE = command({
  name: "create",
  summary: "make a SealedSecret of new values, which are on no disk",
  operand: { name: "NAME KEY", help: KEY_HELP },
  examples: [
    "sealwright create database user password -w db.yaml          asks for both values",
    "sealwright create database --from-literal user=shop --generate password",
    "sealwright create web --type tls --tls-cert web.crt --tls-key web.key",
    "sealwright create pull --type docker-registry --docker-server ghcr.io --docker-username me",
    "sealwright create deploy --type ssh-auth --from-file ~/.ssh/deploy",
    "sealwright create login --type basic-auth --username admin",
  ],
  flags: {
    type: {
      value: "TYPE",
      fallback: "generic",
      help: "generic, tls, docker-registry, ssh-auth, basic-auth, or a type of your own such as example.com/token",
    },
    "from-literal": {
      value: "KEY=VALUE",
      many: true,
      help: "value that others see: in the history and among processes",
    },
    ...VALUE_FLAGS,
    "tls-cert": { value: "FILE", help: "certificate of a tls Secret, and those that signed it" },
    "tls-key": { value: "FILE", help: "its private key" },
    username: { value: "NAME", help: "of a basic-auth Secret; the password is asked for" },
    "docker-server": { value: "SERVER", help: "of a docker-registry Secret, instead of Docker Hub" },
    "docker-username": { value: "NAME", help: "of a docker-registry Secret; the password is asked for" },
    "docker-password": { value: "PASSWORD", help: "instead of being asked for; - reads it from stdin" },
    "docker-email": { value: "ADDRESS", help: "of a docker-registry Secret" },
    scope: {
      value: "SCOPE",
      env: "SEALED_SECRETS_SCOPE",
      help: "strict, namespace-wide or cluster-wide, instead of strict",
    },
    namespace: {
      short: "n",
      value: "NAMESPACE",
      env: "SEALED_SECRETS_NAMESPACE",
      help: "namespace, instead of the context's",
    },
    output: { short: "o", value: "FORMAT", fallback: "yaml", help: "yaml or json" },
    write: { short: "w", value: "FILE", help: "file to make, instead of stdout" },
    force: { help: "put it in the place of a file that is there" },
    ...CERTIFICATE_FLAGS,
  },
  async run([name, ...keys], flags, io, isGiven) {
    if (name === undefined) throw usage("no name was given", "create");
    const [{ createSealed }, { newSecret }] = await Promise.all([
      import("./commands/create.ts"),
      import("./values/new-secret.ts"),
    ]);
    const values = valueArguments(keys, flags["from-literal"], flags);
    const secret = await newSecret({ name, type: flags.type, values, flags }, io);
    if (secret.sources.length === 0) throw usage("no item was named", "create");
    const request = {
      secret,
      options: readOptions(flags),
      scope: flags.scope,
      namespace: flags.namespace,
      format: flags.output,
      output: flags.write,
      force: flags.force,
      certificate: certificateRequest(flags, isGiven),
    };
    await createSealed(request, io);
  },
});

function valueArguments(
  keys: readonly string[],
  literals: readonly string[],
  flags: FlagValues<typeof VALUE_FLAGS>,
): ValueArguments {
  return {
    keys,
    literals,
    files: flags["from-file"],
    environmentFiles: flags["from-env-file"],
    generators: flags.generate,
  };
}

function isEmpty(values: ValueArguments): boolean {
  return Object.values(values).every((given: readonly string[]) => given.length === 0);
}

function readOptions(flags: FlagValues<typeof VALUE_FLAGS>): ReadOptions {
  return { allowEmpty: flags["allow-empty"], confirm: flags.confirm, chomp: flags.chomp };
}

function choiceOf({ name, document }: FlagValues<typeof CHOICE_FLAGS>, command: string): Choice {
  if (document !== undefined && !/^[1-9][0-9]{0,6}$/.test(document)) {
    throw usage("--document is a number, from 1", command);
  }
  return { name, document: document === undefined ? undefined : Number(document) };
}

function usage(message: string, command: string): CommandError {
  return new CommandError({ code: "usage", message, hint: `sealwright ${command} --help shows what there is` });
}
