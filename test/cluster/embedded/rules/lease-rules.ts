import { asObject } from "../json.ts";
import type { ResourceRules } from "../resource.ts";
import { invalidValue } from "./cause.ts";

export const leaseRules: ResourceRules = {
  validate(lease) {
    const { leaseDurationSeconds: duration, leaseTransitions: transitions } = asObject(lease["spec"]);
    return [
      ...(typeof duration === "number" && duration <= 0
        ? [invalidValue("spec.leaseDurationSeconds", duration, "must be greater than 0")]
        : []),
      ...(typeof transitions === "number" && transitions < 0
        ? [invalidValue("spec.leaseTransitions", transitions, "must be greater than or equal to 0")]
        : []),
    ];
  },
};
