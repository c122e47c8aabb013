/** How a program of this package ends. Scripts rely on the numbers: they never change. */
export const ExitCode = {
  ok: 0,
  failure: 1,
  usage: 2,
  manifest: 3,
  certificate: 4,
  unreachable: 5,
  cluster: 6,
  file: 7,
  kubeconfig: 8,
  interrupted: 130,
} as const;

export type ExitCodeName = keyof typeof ExitCode;
export type ExitCode = (typeof ExitCode)[ExitCodeName];

/** What `--help` says of each. */
export const EXIT_CODE_MEANINGS: Readonly<Record<ExitCodeName, string>> = {
  ok: "done",
  failure: "anything that no other code stands for",
  usage: "unknown command, flag or value of a flag",
  manifest: "an input is not what it must be",
  certificate: "the certificate cannot be used: expired, not RSA, not a certificate",
  unreachable: "a URL or the API server did not answer, or not with what was asked for",
  cluster: "the cluster refused, or the controller was not found in it",
  file: "a file or stdout cannot be read or written",
  kubeconfig: "there is no usable kubeconfig, context or credential",
  interrupted: "Ctrl-C: at a question nothing was changed, and reseal has finished the files in hand",
};
