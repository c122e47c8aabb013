import { afterAll, beforeAll, describe } from "vitest";
import { describeWithPeers } from "../../peers/describe-with-peers.ts";
import type { Cluster } from "../cluster.ts";
import { clusterMakers } from "../makers.ts";
import { Caller } from "./caller.ts";
import { customResourceStatus } from "./custom-resource-status.ts";
import { customResources } from "./custom-resources.ts";
import { definitions } from "./definitions.ts";
import { deletions } from "./deletions.ts";
import { discovery } from "./discovery.ts";
import { eventsAndLeases } from "./events-and-leases.ts";
import { garbageCollection } from "./garbage-collection.ts";
import { identities } from "./identities.ts";
import { kubectl } from "./kubectl.ts";
import { lists } from "./lists.ts";
import { namespaces } from "./namespaces.ts";
import { objects } from "./objects.ts";
import { patches } from "./patches.ts";
import { secrets } from "./secrets.ts";
import { serverSideApply } from "./server-side-apply.ts";
import { serviceProxy } from "./service-proxy.ts";
import { watches } from "./watches.ts";

/**
 * The same requests on both makers, with the same expectations: the real API server proves the expectations, and they prove the
 * embedded one.
 */
describe.each(clusterMakers())("%s cluster", (_, start) => {
  let cluster: Cluster;
  const caller = new Caller(() => cluster.admin);

  beforeAll(async () => {
    cluster = await start();
  });
  afterAll(() => cluster?.stop());

  describe("discovery", () => discovery(caller));
  describe("identities", () => identities(caller, () => cluster));
  describe("objects", () => objects(caller));
  describe("deletions", () => deletions(caller));
  describe("secrets", () => secrets(caller));
  describe("namespaces", () => namespaces(caller));
  describe("events and leases", () => eventsAndLeases(caller));
  describe("lists", () => lists(caller));
  describe("watches", () => watches(caller));
  describe("patches", () => patches(caller));
  describe("server-side apply", () => serverSideApply(caller));
  describe("garbage collection", () => garbageCollection(caller));
  describe("custom resource definitions", () => definitions(caller, () => cluster));
  describe("custom resources", () => customResources(caller, () => cluster));
  describe("custom resources' status", () => customResourceStatus(caller, () => cluster));
  describe("service proxy", () => serviceProxy(caller, () => cluster));
  describeWithPeers("kubectl", ["kubectl"], () => kubectl(() => cluster));
});
