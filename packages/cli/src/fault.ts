/** What the operating system calls it: `ENOENT`, `EACCES`, ... */
export function faultOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "unknown";
}

/** In words, the code that an operating system, OpenSSL or an HTTP client gives to what went wrong. */
export function describeFault(fault: string): string {
  if (fault.startsWith("HPE_")) return `what answers there does not speak HTTP (${fault})`;
  return WORDS[fault] ?? (isTrust(fault) ? `its TLS certificate is not trusted (${fault})` : fault);
}

const NO_TLS = "no TLS connection could be agreed on";
const NO_ANSWER = "there was no answer in time";

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
  ELOOP: "its links lead in a circle",
  ENOENT: "there is no such file or folder",
  ENOSPC: "there is no space left",
  ENOTDIR: "a part of the path is not a folder",
  EROFS: "the file system can only be read",

  EAI_AGAIN: "the host's name cannot be looked up",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was cut",
  EPROTO: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_INVALID_CHAR: "the credentials hold a character that no header may have",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ENOTFOUND: "there is no host of that name",
  ETIMEDOUT: NO_ANSWER,
  TimeoutError: NO_ANSWER,
  PROXY_REFUSED: "the proxy on the way refused to pass the connection on",
  TOO_LARGE: "the answer is too large",
  UND_ERR_CONNECT_TIMEOUT: NO_ANSWER,
  UND_ERR_SOCKET: "the connection was cut",
  unknown: "it failed",
};

/** OpenSSL's verdicts on a certificate chain, and Node's on the host's name. */
function isTrust(fault: string): boolean {
  return /CERT|ISSUER|LEAF|CRL|HOSTNAME|PURPOSE|INVALID_CA/.test(fault);
}
