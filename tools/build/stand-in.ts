/**
 * A module that has the names of another, and loads that for the first of them that is asked for.
 *
 * @param module an expression that loads it
 */
export function standIn(module: string, names: readonly string[]): string {
  const getters = names.map((name) => `get ${JSON.stringify(name)}() { return load()[${JSON.stringify(name)}]; }`);
  return `let loaded; const load = () => (loaded ??= ${module}); module.exports = { ${getters.join(", ")} };`;
}
