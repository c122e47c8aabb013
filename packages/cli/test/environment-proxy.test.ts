import { expect, test } from "vitest";
import { environmentProxy } from "../src/environment-proxy.ts";

const PROXY = "http://proxy.example:3128";

const through = (url: string, noProxy: string, env: Readonly<Record<string, string>> = { HTTPS_PROXY: PROXY }) =>
  environmentProxy(new URL(url), { ...env, NO_PROXY: noProxy });

test.each([
  ["its host", "https://api.example", "api.example"],
  ["its host on that port", "https://api.example:6443", "api.example:6443"],
  ["the domain above it", "https://api.example", "example"],
  ["a domain after a dot", "https://api.example", ".example"],
  ["a domain after a star", "https://api.example", "*.example"],
  ["everything", "https://api.example", "*"],
  ["its address", "https://10.0.0.1:6443", "10.0.0.1"],
  ["a network that it is in", "https://10.0.0.1", "10.0.0.0/8"],
  ["a network of IPv6", "https://[fd00::1]", "fd00::/8"],
  ["it among others", "https://api.example", "other.example, API.example"],
])("an exception goes straight: %s", (_title, url, noProxy) => {
  expect(through(url, noProxy)).toBeNull();
});

test.each([
  ["another host", "https://api.example", "other.example"],
  ["the end of a name", "https://my-api.example", "api.example"],
  ["another port", "https://api.example:6443", "api.example:443"],
  ["what stands below it alone", "https://api.example", ".api.example"],
  ["another network", "https://10.0.0.1", "192.168.0.0/16"],
  ["a network of another family", "https://10.0.0.1", "fd00::/8"],
  ["no network", "https://10.0.0.1", "10.0.0.0/99"],
  ["nothing", "https://api.example", ""],
])("what is no exception goes through the proxy: %s", (_title, url, noProxy) => {
  expect(through(url, noProxy)).toBe(PROXY);
});

test("the scheme says which variable, in either case, and a proxy without a scheme is one of HTTP", () => {
  expect(through("http://api.example", "")).toBeNull();
  expect(through("http://api.example", "", { http_proxy: "proxy.example:80" })).toBe("http://proxy.example:80");
});

test.each(["https://localhost:6443", "https://127.0.0.1:6443", "https://[::1]:6443"])("%s is this machine", (url) => {
  expect(through(url, "")).toBeNull();
});
