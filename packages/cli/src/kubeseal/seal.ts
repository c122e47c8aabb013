import { sealSecrets } from "../commands/seal.ts";
import type { Io } from "../io.ts";
import type { GoArguments } from "./arguments.ts";
import { certificateRequest } from "./connection.ts";
import { formatOf } from "./destination.ts";
import { sourceOf, TERMINAL_NOTICE } from "./input.ts";

/** What it does where no flag asks for anything else: seals every Secret of the input. */
export function seal(flags: GoArguments, io: Io): Promise<void> {
  const output = flags.text("sealed-secret-file");
  const scope = flags.text("scope");
  return sealSecrets(
    {
      inputs: [sourceOf(flags.text("secret-file"))],
      output,
      format: formatOf(flags, output),
      // Strict is the default: asking for it is asking for nothing, and annotations decide.
      scope: scope === "strict" ? undefined : scope,
      name: flags.text("name"),
      namespace: flags.text("namespace"),
      allowEmptyData: flags.isSet("allow-empty-data"),
      certificate: certificateRequest(flags, io),
      dialect: {
        firstSeparator: true,
        clusterWideStaysBare: true,
        unchecked: true,
        lastNamespace: undefined,
        terminalNotice: TERMINAL_NOTICE,
      },
    },
    io,
  );
}
