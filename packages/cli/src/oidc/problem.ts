/** Why a login by an `oidc` auth-provider is none, or is none any more. */
export type OidcProblem =
  /** The kubeconfig does not say at which issuer, or as which client. */
  | { readonly code: "login_incomplete"; readonly context: string }
  | { readonly code: "id_token_unreadable"; readonly context: string }
  /** It has ended, and there is no refresh-token. */
  | { readonly code: "login_ended"; readonly context: string }
  /** It has ended, and the issuer does not take the refresh-token. */
  | { readonly code: "renewal_refused"; readonly context: string }
  /** What answers there is no issuer, or gives no id-token. */
  | { readonly code: "issuer_unusable"; readonly context: string; readonly url: string };
