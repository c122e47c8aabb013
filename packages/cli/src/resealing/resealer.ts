import {
  type Certificate,
  type DecryptionThreads,
  inspect,
  type KeyRing,
  keyOfHint,
  readHints,
  reseal,
  type SealedSecret,
} from "@sealwright/core";
import type { Controller } from "../controller-service.ts";
import { within } from "../manifest.ts";
import type { LocatedSealedSecret } from "../sealed-file/sealed-sources.ts";
import { rotate } from "./rotate.ts";

/** Seals objects to another key, wherever the private keys are. */
export interface Resealer {
  /** @throws CommandError where that cannot be; what is sealed to that key already comes back as it was */
  reseal(located: LocatedSealedSecret): Promise<Resealed>;
}

export interface Resealed {
  readonly sealed: SealedSecret;
  /** How many items have a new ciphertext. */
  readonly items: number;
}

export interface KeyResealerParts {
  readonly ring: KeyRing;
  readonly threads: DecryptionThreads;
  readonly certificateFor: (path: string) => Promise<Certificate>;
}

/**
 * With private keys at hand, to the certificate for a file. Where its own key is not among them, what it opens is known by hints alone:
 * an object that has none gets them, so that the next run passes it over.
 */
export function keyResealer({ ring, threads, certificateFor }: KeyResealerParts): Resealer {
  return {
    async reseal({ sealed, manifest }) {
      const certificate = await certificateFor(manifest.place.source);
      const isAtHand = ring.get(certificate.fingerprint) !== null;
      if (!isAtHand && (await isHintedTo(certificate, sealed))) return { sealed, items: 0 };
      const options = { certificate, threads, acceptDeprecatedData: true, ...(isAtHand ? {} : { hints: true }) };
      const { sealedSecret, items } = await within(manifest, () => reseal(sealed, ring, options));
      return { sealed: sealedSecret, items: items.size };
    },
  };
}

/** By the controller, to its newest key. The Go project's seals all items anew, also those that are sealed to it. */
export function controllerResealer(controller: Controller): Resealer {
  return {
    async reseal(located) {
      const { sealed } = located;
      const rotated = await rotate(located, controller);
      const changed = Object.entries(rotated.spec.encryptedData).filter(
        ([item, text]) => sealed.spec.encryptedData[item] !== text,
      );
      const blob = sealed.spec.data === rotated.spec.data ? 0 : 1;
      return { sealed: rotated, items: changed.length || blob };
    },
  };
}

/** Whether hints say of every item that it is sealed to that certificate, and as the object stands. */
async function isHintedTo(certificate: Certificate, sealed: SealedSecret): Promise<boolean> {
  const items = Object.keys(sealed.spec.encryptedData);
  const hints = readHints(sealed.metadata.annotations);
  const key = keyOfHint(certificate.fingerprint);
  if (items.length === 0 || items.some((item) => hints.get(item)?.key !== key)) return false;
  return (await inspect(sealed, { certificates: [certificate] })).items.size === 0;
}
