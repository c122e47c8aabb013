import type { Bench } from "../bench.ts";
import { calls } from "./calls.ts";
import { convergeAndRestart, convergeWithDefaults } from "./converge.ts";
import { failOver } from "./fail-over.ts";
import { idle } from "./idle.ts";
import { keysFor } from "./inputs.ts";
import { manyKeys } from "./many-keys.ts";
import { convergeTogether } from "./replicas.ts";
import { update } from "./update.ts";

const KEYS = 24;
const SIZE = 3_000;
const FLOORS = { converge: 3.3, restart: 30 };
const LARGE_SIZES = [10_000, 20_000];
const PEERS = ["goController", "etcd", "kubeApiserver", "kubeControllerManager"] as const;

export const controller: Bench = {
  summary:
    "`sealwright-controller` as it is published, beside the Go project's, each in a cluster of its own (etcd, kube-apiserver and kube-controller-manager, on the same machine), one after the other, with the same keys and the same SealedSecrets.",
  peers: PEERS,

  async prepare({ folder, say }) {
    say("making a key of 4096 bits, and sealing");
    const keys = await keysFor(1);
    return [
      await convergeWithDefaults(folder, keys),
      ...(await convergeAndRestart(folder, keys, { sizes: [SIZE], floors: FLOORS })),
      await update(keys),
      ...(await calls(folder, keys)),
    ];
  },
};

export const controllerKeys: Bench = {
  summary: "What a controller's work costs with 1, 4, 12 and 24 sealing keys.",
  peers: PEERS,

  async prepare({ say }) {
    say(`making ${KEYS} keys of 4096 bits, and sealing`);
    return [await manyKeys(await keysFor(KEYS))];
  },
};

export const controllerLarge: Bench = {
  summary:
    "What `controller` measures with 3,000 SealedSecrets, with many more: time, processor time and memory by count.",
  peers: PEERS,

  async prepare({ folder, say }) {
    say("making a key of 4096 bits, and sealing");
    const keys = await keysFor(1);
    return convergeAndRestart(folder, keys, { sizes: LARGE_SIZES, floors: { restart: FLOORS.restart } });
  },
};

export const controllerIdle: Bench = {
  summary: "Controllers that have nothing to do, with thousands of SealedSecrets in place.",
  peers: PEERS,

  async prepare({ idleSeconds, say }) {
    say("making a key of 4096 bits, and sealing");
    return [await idle(await keysFor(1), { size: SIZE, seconds: idleSeconds })];
  },
};

export const replicas: Bench = {
  summary:
    "Several replicas of `sealwright-controller` as it is published, against one real API server. The Go controller knows no replicas, so there is nothing beside them.",
  peers: ["etcd", "kubeApiserver", "kubeControllerManager"],

  async prepare({ folder, say }) {
    say("making a key of 4096 bits, and sealing");
    const keys = await keysFor(1);
    return [await convergeTogether(folder, keys, SIZE), ...(await failOver(keys))];
  },
};
