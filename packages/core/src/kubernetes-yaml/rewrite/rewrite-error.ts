/** The text has a form that the change cannot be put into without changing more. It holds nothing of the text. */
export class ManifestRewriteError extends Error {
  constructor() {
    super("the change cannot be put into this text without changing more of it");
    this.name = "ManifestRewriteError";
  }
}
