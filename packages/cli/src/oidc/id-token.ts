/** Milliseconds before its end from which a token counts as ended, as in client-go: clocks differ. */
const MARGIN = 10_000;

/**
 * Whether an id-token (RFC 7519) holds for some time yet. Its signature is for the API server to check.
 *
 * @returns null where it is no token
 */
export function isValid(idToken: string, now: Date): boolean | null {
  const parts = idToken.split(".");
  if (parts.length !== 3) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? "", "base64url").toString());
    if (typeof claims !== "object" || claims === null) return null;
    const { exp } = claims as { readonly exp?: unknown };
    return typeof exp === "number" && now.getTime() + MARGIN < exp * 1_000;
  } catch {
    return null;
  }
}
