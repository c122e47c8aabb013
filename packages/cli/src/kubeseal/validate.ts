import { withController } from "../controller-service.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import type { GoArguments } from "./arguments.ts";
import { controllerRequest } from "./connection.ts";
import { readSealedInput } from "./input.ts";

/** `--validate`: asks the controller whether it can open every SealedSecret of the input. Says nothing where it can. */
export async function validate(flags: GoArguments, io: Io): Promise<void> {
  if (flags.text("sealed-secret-file") !== undefined)
    throw new CommandError({ code: "output_without_use", mode: "--validate" });
  const request = controllerRequest(flags, io);
  const input = await readSealedInput(flags, io);
  await withController(request, io, async (controller) => {
    for (const { sealed } of input) {
      const answer = await controller.post("/v1/verify", JSON.stringify(sealed));
      if (answer === null) throw new CommandError({ code: "not_decryptable", name: sealed.metadata.name ?? "" });
    }
  });
}
