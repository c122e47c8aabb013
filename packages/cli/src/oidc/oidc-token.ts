import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { bytesOf, type Fields, type KubeContext, textOf } from "../kubeconfig.ts";
import { isValid } from "./id-token.ts";
import { issuerClient } from "./issuer.ts";
import { keepLogin } from "./keep-login.ts";
import type { OidcProblem } from "./problem.ts";
import { renewLogin } from "./renew-login.ts";

/**
 * The bearer token of a user with the auth-provider `oidc`, as client-go has it: the id-token while it holds, else a new one by the
 * refresh-token, which is kept in the kubeconfig.
 *
 * @throws CommandError `oidc`, `download_failed`, `file_unreadable`
 */
export async function oidcToken({ name: context, user, userEntry }: KubeContext, io: Io): Promise<string> {
  const provider = user["auth-provider"] as { readonly config?: Fields | null };
  const config = provider.config ?? {};
  const [issuer, clientId] = [textOf(config["idp-issuer-url"]), textOf(config["client-id"])];
  if (issuer === undefined || clientId === undefined) throw refusal({ code: "login_incomplete", context });
  const present = textOf(config["id-token"]);
  const holds = present === undefined ? false : isValid(present, io.clock.now());
  if (holds === null) throw refusal({ code: "id_token_unreadable", context });
  if (holds && present !== undefined) return present;
  const refreshToken = textOf(config["refresh-token"]);
  if (refreshToken === undefined) throw refusal({ code: "login_ended", context });
  const clientSecret = textOf(config["client-secret"]) ?? "";
  const ask = await issuerClient(await bytesOf(config, "idp-certificate-authority", io), io);
  const renewed = await renewLogin({ issuer, clientId, clientSecret, refreshToken }, context, ask);
  const changes = { "id-token": renewed.idToken, "refresh-token": renewed.refreshToken ?? refreshToken };
  if (userEntry !== null) await keepLogin(userEntry, changes, io);
  return renewed.idToken;
}

function refusal(problem: OidcProblem): CommandError {
  return new CommandError({ code: "oidc", problem });
}
