/** The files of packages/core/test that a runtime leaves out, each with what it needs that is not there. All others run everywhere. */
export type LeftOut = Readonly<Record<string, string>>;

export const LEFT_OUT_IN_CHROMIUM: LeftOut = {
  "template/differential.test.ts": "asks a Go program, which only a process can start",
  "template/module.test.ts": "builds the module with Go; what it tests is the file, which is the same for all",
  "template/host-web.test.ts": "plays a browser with Node's threads, and here is one",
  "threads/host-node.test.ts": "is about Node's threads; a page decrypts on its own",
  "threads/shared-pool.test.ts": "is about Node's pool of threads; a page decrypts on its own",
};

export const LEFT_OUT_IN_BUN: LeftOut = {
  "template/host-web.test.ts": "plays a browser with Node's threads, from which Bun's differ",
};
