/**
 * A module that has the names of another, and loads that for the first of them that is asked for. Where it has a default, which in CommonJS is
 * the module itself, whatever else is asked for is looked up there: not all that such a module has is known by name.
 *
 * @param module an expression that loads it
 */
export function standIn(module: string, names: readonly string[]): string {
  const getters = names.map((name) => `get ${JSON.stringify(name)}() { return load()[${JSON.stringify(name)}]; }`);
  const named = `{ ${getters.join(", ")} }`;
  const all = "{ get: (named, name) => (name in named ? named[name] : load()[name]) }";
  const exported = names.includes("default") ? `new Proxy(${named}, ${all})` : named;
  return `let loaded; const load = () => (loaded ??= ${module}); module.exports = ${exported};`;
}
