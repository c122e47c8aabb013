import { invalid, methodNotAllowed, notFound } from "../api-error.ts";
import { asObject, asString, type JsonObject } from "../json.ts";
import { timestamp } from "../kube-object.ts";
import { invalidValue } from "../rules/cause.ts";
import type { Store } from "../store/store.ts";
import type { ApiRequest } from "./api-request.ts";
import type { Authenticator, User } from "./authentication.ts";
import type { Reply } from "./reply.ts";
import { AUDIENCE, type ServiceAccountTokens } from "./service-account-tokens.ts";

/** A question that is answered and not stored. */
export interface Review {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const AUTHORIZATION = { group: "authorization.k8s.io", version: "v1" };
const AUTHENTICATION = { group: "authentication.k8s.io", version: "v1" };

export const reviews: readonly Review[] = [
  { ...AUTHENTICATION, plural: "selfsubjectreviews", kind: "SelfSubjectReview", namespaced: false },
  { ...AUTHENTICATION, plural: "tokenreviews", kind: "TokenReview", namespaced: false },
  { ...AUTHORIZATION, plural: "localsubjectaccessreviews", kind: "LocalSubjectAccessReview", namespaced: true },
  { ...AUTHORIZATION, plural: "selfsubjectaccessreviews", kind: "SelfSubjectAccessReview", namespaced: false },
  { ...AUTHORIZATION, plural: "selfsubjectrulesreviews", kind: "SelfSubjectRulesReview", namespaced: false },
  { ...AUTHORIZATION, plural: "subjectaccessreviews", kind: "SubjectAccessReview", namespaced: false },
];

const MIN_TOKEN_SECONDS = 600;
const DEFAULT_TOKEN_SECONDS = 3600;

/** Answers questions about who somebody is (truly) and what he may do (everything). */
export class ReviewHandlers {
  readonly #authenticator: Authenticator;
  readonly #tokens: ServiceAccountTokens;
  readonly #store: Store;

  constructor(authenticator: Authenticator, tokens: ServiceAccountTokens, store: Store) {
    this.#authenticator = authenticator;
    this.#tokens = tokens;
    this.#store = store;
  }

  async review(review: Review, request: ApiRequest): Promise<Reply> {
    if (request.method !== "POST") throw methodNotAllowed();
    const body = await request.object(review.kind);
    const apiVersion = `${review.group}/${review.version}`;
    const answer = this.#answer(review.kind, asObject(body["spec"]), request.user);
    return { status: 201, body: { kind: review.kind, apiVersion, metadata: {}, ...answer } };
  }

  #answer(kind: string, spec: JsonObject, user: User): JsonObject {
    if (kind === "SelfSubjectReview") {
      return { metadata: { creationTimestamp: timestamp() }, status: { userInfo: renderUser(user) } };
    }
    if (kind === "TokenReview") return { spec, status: this.#reviewToken(asString(spec["token"])) };
    if (kind === "SelfSubjectRulesReview") {
      const resourceRules = [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }];
      return {
        spec: {},
        status: { resourceRules, nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }], incomplete: false },
      };
    }
    return { spec, status: { allowed: true } };
  }

  #reviewToken(token: string): JsonObject {
    const user = this.#authenticator.userOfToken(token);
    if (user === null) return { user: {}, error: "invalid bearer token" };
    return { authenticated: true, user: renderUser(user), audiences: [AUDIENCE] };
  }

  /** POST to the `token` of a ServiceAccount. */
  async requestToken(namespace: string, name: string, request: ApiRequest): Promise<Reply> {
    if (request.method !== "POST") throw methodNotAllowed();
    const { spec } = await request.object("TokenRequest");
    const account = this.#store.collection("serviceaccounts").get(namespace, name);
    if (account === null) throw notFound({ group: "", kind: "serviceaccounts", name });
    const seconds = Number(asObject(spec)["expirationSeconds"] ?? DEFAULT_TOKEN_SECONDS);
    if (seconds < MIN_TOKEN_SECONDS) {
      const cause = invalidValue("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes");
      throw invalid({ group: AUTHENTICATION.group, kind: "TokenRequest" }, [cause]);
    }
    const { uid = "" } = account.metadata;
    const expires = new Date(Date.now() + seconds * 1000);
    const token = this.#tokens.issue({ namespace, name, uid }, expires);
    const body = {
      kind: "TokenRequest",
      apiVersion: `${AUTHENTICATION.group}/${AUTHENTICATION.version}`,
      metadata: { name, namespace, uid, creationTimestamp: timestamp() },
      spec: { audiences: [AUDIENCE], expirationSeconds: seconds, boundObjectRef: null },
      status: { token, expirationTimestamp: timestamp(expires) },
    };
    return { status: 201, body };
  }
}

function renderUser({ username, groups, uid, extra }: User): JsonObject {
  return {
    username,
    groups: [...groups],
    ...(uid === undefined ? {} : { uid }),
    ...(extra === undefined ? {} : { extra: { ...extra } }),
  };
}
