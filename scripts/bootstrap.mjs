// Entry of `npm start`, `npm test`, `npm run build`, `npm run herd` and `npm run herd-node`. Everything it needs to run is
// a Node of at least version 18 and npm; whatever the product itself needs is brought into the folder `.herd`.
const [major = "0"] = process.versions.node.split(".");

if (Number(major) < 18) {
  process.stderr.write(
    `herd: Node ${process.versions.node} is too old to set this checkout up: install Node 18 or newer.\n`,
  );
  process.exit(1);
}

const { bootstrap } = await import("./bootstrap/bootstrap.mjs");
process.exitCode = await bootstrap(process.argv.slice(2));
