import { BlockList, isIP } from "node:net";
import type { Io } from "./io.ts";

/**
 * The proxy that the environment wants a request to go through, by Go's rules: `HTTPS_PROXY` or `HTTP_PROXY` after the URL's scheme,
 * unless `NO_PROXY` lists the host. This machine is never asked through a proxy.
 */
export function environmentProxy({ protocol, hostname, port }: URL, env: Io["env"]): string | null {
  const name = protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const proxy = env[name] || env[name.toLowerCase()];
  const host = hostname.replace(/^\[|\]$/g, "");
  if (!proxy || isLoopback(host)) return null;
  const exceptions = (env["NO_PROXY"] || env["no_proxy"] || "").split(",").map((entry) => entry.trim());
  const effectivePort = port || (protocol === "https:" ? "443" : "80");
  if (exceptions.some((entry) => matches(entry.toLowerCase(), host, effectivePort))) return null;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** `*`, a network, an address, or a domain, which stands for everything below it; after a dot for nothing else. */
function matches(entry: string, host: string, port: string): boolean {
  if (entry === "") return false;
  if (entry === "*") return true;
  if (entry.includes("/")) return isInNetwork(host, entry);
  const [, name = entry, wantedPort = port] = isIP(entry) !== 0 ? [] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? []);
  if (wantedPort !== port) return false;
  if (isIP(host) !== 0) return name === host;
  const domain = name.replace(/^\*?\./, "");
  return host.endsWith(`.${domain}`) || (domain === name && host === domain);
}

function isInNetwork(host: string, network: string): boolean {
  const [address = "", bits = ""] = network.split("/");
  const family = isIP(address);
  const prefix = Number(bits);
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(bits) || prefix > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(address, prefix, type);
  return list.check(host, type);
}
