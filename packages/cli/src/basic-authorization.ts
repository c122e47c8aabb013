/** A name, and the password that shows it to be right. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** The header of RFC 7617. */
export function basicAuthorization({ user, password }: Login): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}
