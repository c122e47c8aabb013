import { connect } from "node:net";
import { join } from "node:path";
import { Part } from "./part.ts";
import type { Reaper } from "./reaper.ts";

export interface EtcdOptions {
  readonly program: string;
  readonly folder: string;
  readonly reaper: Reaper;
}

/** Unix sockets in its folder: nobody else can take their "ports", and no other user of the machine reaches the data. */
const CLIENTS = "etcd:1";
const PEERS = "etcd:2";

/** The URL that the API server, started in the same folder, finds it at. */
export const ETCD_URL = `unix://${CLIENTS}`;

export function etcd({ program, folder, reaper }: EtcdOptions): Part {
  return new Part({
    name: "etcd",
    program,
    folder,
    reaper,
    args: [
      "--data-dir=etcd.data",
      "--unsafe-no-fsync",
      `--listen-client-urls=${ETCD_URL}`,
      `--advertise-client-urls=${ETCD_URL}`,
      `--listen-peer-urls=unix://${PEERS}`,
      `--initial-advertise-peer-urls=unix://${PEERS}`,
      `--initial-cluster=default=unix://${PEERS}`,
      // A single member waits for an election all the same: half a second with the defaults.
      "--heartbeat-interval=10",
      "--election-timeout=50",
    ],
    ready: () => accepts(join(folder, CLIENTS)),
  });
}

function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
