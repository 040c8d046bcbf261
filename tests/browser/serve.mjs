// serve: keeps one headless Chromium for all tests of a run, until standard input ends. Says its address.
//
//   node serve.mjs PACKAGES        PACKAGES: the folder whose node_modules holds playwright-core
import { launch, packagesOf } from "./chromium.mjs";

const { chromium } = packagesOf(process.argv[2])("playwright-core");
const server = await chromium.launchServer({ ...launch, host: "127.0.0.1" });
console.log(server.wsEndpoint());
process.stdin.on("end", async () => { await server.close(); process.exit(0); });
process.stdin.resume();
