import { afterEach, beforeEach } from "vitest";
import { Transport } from "../../src/kubernetes/transport.ts";
import { ApiServerDouble } from "./api-server.ts";

/** The API server of the test that runs, in files that call `startApiForEachTest`. */
export let api: ApiServerDouble;
/** To that API server. */
export let transport: Transport;

/** Starts an API server double for each test of a file, and ends it after whatever else a test has to end. To be called before other hooks. */
export function startApiForEachTest(user: Readonly<Record<string, unknown>> = {}): void {
  beforeEach(async () => {
    api = await ApiServerDouble.start();
    transport = new Transport(api.kubeConfig(user));
  });
  afterEach(async () => {
    await transport.close();
    await api.close();
  });
}
