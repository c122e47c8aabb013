/** What a condition's reason means, and what to do about it. */
export interface Meaning {
  readonly means: string;
  /** Null where nothing is to be done. */
  readonly advice: string | null;
}

const HEALS: string | null = "nothing at once: the controller tries again by itself";
const MAKE_ANEW = "kubectl delete the Secret, and the controller makes it anew";

/** Reasons of the `Synced` condition. The words are the controller's interface: none changes its meaning. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  Unsealed: { means: "the Secret is there, and what it should be", advice: null },
  Undecryptable: {
    means: "none of the controller's keys opens it under this name, namespace and scope",
    advice: "the findings above may tell why; else seal it again with the cluster's certificate: sealwright cert",
  },
  InvalidSealedSecret: {
    means: "the object is not of the right shape",
    advice: "put right the field that the message names",
  },
  NoSealingKey: { means: "the controller has no sealing key", advice: "restore its keys from a backup" },
  Unsupported: {
    means: "the object uses what this controller does not do",
    advice: "the message says what: leave it out, or seal it again",
  },
  InvalidTemplate: {
    means: "a template of spec.template.data is wrong",
    advice: "put right the template that the message names",
  },
  TemplateLimit: {
    means: "a template takes too much time or memory",
    advice: "make the template that the message names simpler",
  },
  TemplateThrottled: { means: "the templates of this namespace have used up their time", advice: HEALS },
  NotManaged: {
    means: "a Secret of that name exists and belongs to somebody else",
    advice: 'delete that Secret, or annotate it with sealedsecrets.bitnami.com/managed: "true" to hand it over',
  },
  Immutable: { means: "the Secret that is there is immutable", advice: MAKE_ANEW },
  TypeChange: { means: "the type of a Secret cannot change", advice: MAKE_ANEW },
  ForbiddenLabel: {
    means: "its Secret would be a sealing key, which no SealedSecret may make",
    advice: "leave out the label",
  },
  ForbiddenName: { means: "a Secret of that name counts as a sealing key", advice: "seal it under another name" },
  SecretRefused: {
    means: "the API server does not take the Secret",
    advice: "the message names the fields: seal what is right",
  },
  Forbidden: {
    means: "the controller may not write the Secret: RBAC, a quota, or a namespace that is ending",
    advice: "let the controller write Secrets there, or make room in the quota",
  },
  ApiUnavailable: { means: "the API server did not answer the controller", advice: HEALS },
  InternalError: { means: "the controller met what it did not expect", advice: "the controller's log says more" },
};

/** What the Go project's controller says, which gives no reason. */
const GO_MESSAGES: readonly (readonly [RegExp, string])[] = [
  [/no key could decrypt/, "Undecryptable"],
  [/already exists and is not managed/, "NotManaged"],
  [/immutable/, "Immutable"],
];

/** Null where nobody knows. */
export function meaningOf({ reason, message }: { readonly reason: string; readonly message: string }): Meaning | null {
  const known = MEANINGS[reason];
  if (known !== undefined) return known;
  const [, meant = ""] = GO_MESSAGES.find(([words]) => words.test(message)) ?? [];
  return MEANINGS[meant] ?? null;
}
