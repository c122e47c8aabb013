import { sourceOf } from "../../test/programs/program.ts";
import type { Bench } from "../bench.ts";

const MINUTES = 60;
/** What code and caches still gather; a leak of a few hundred bytes a change would be more in an hour. MB. */
const MOST_GROWTH = 4.2;

/** What `npm run soak` tells, beside the other figures. */
export const soak: Bench = {
  summary:
    "An hour in the life of `sealwright-controller`, compressed: a change a second, with faults on the way, on the real API server. Nothing is lost, or there are no figures.",
  peers: ["etcd", "kubeApiserver", "kubeControllerManager"],

  async prepare() {
    return [
      {
        title: "An hour of changes",
        about:
          "Processor time is that of all: the controller, the API server, etcd and who makes the changes. Memory is what the controller holds after its garbage is collected, minute by minute; what it holds more in the last third than in the first is a leak, or nothing.",
        unit: "minute",
        sizes: [MINUTES],
        long: true,
        contenders: {
          Sealwright: {
            command: (size) => ({
              program: process.execPath,
              args: [sourceOf("test/soak/main.ts"), "--maker", "real", "--json", "--minutes", String(size)],
            }),
          },
        },
        ratios: [],
        bounds: [
          { of: "Sealwright", told: "leaks of values", most: 0 },
          { of: "Sealwright", told: "held more in the end, MB", most: MOST_GROWTH },
        ],
      },
    ];
  },
};
