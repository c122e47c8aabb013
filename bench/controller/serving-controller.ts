import type { SealingKeyPem } from "@sealwright/core";
import { type Contestant, HOME } from "./contestant.ts";
import type { RunningController } from "./running-controller.ts";
import { type World, withWorld } from "./world.ts";

/** What a client of a controller needs. */
export interface ServingController {
  readonly cluster: World["cluster"];
  readonly controller: RunningController;
}

/** Beyond what anybody can ask for. */
export const NO_RATE_LIMIT = ["--rate-limit=100000000", "--rate-limit-burst=100000000"];

/** Has a controller that clients reach through the API server, as the Service that they ask for by default, and that turns nobody away. */
export function withServingController<T>(
  contestant: Contestant,
  keys: readonly SealingKeyPem[],
  action: (serving: ServingController) => Promise<T>,
): Promise<T> {
  return withWorld(contestant, keys, async (world) => {
    const controller = await world.start(NO_RATE_LIMIT);
    try {
      await controller.ready();
      const loopbackPort = Number(new URL(controller.url).port);
      await world.cluster.exposeService({ namespace: HOME, name: "sealed-secrets-controller", loopbackPort });
      return await action({ cluster: world.cluster, controller });
    } finally {
      await controller.stop();
    }
  });
}
