// How headless Chromium is started, and where the packages that drive it lie.
import { createRequire } from "node:module";
import { join } from "node:path";

export const packagesOf = (folder) => createRequire(join(folder, "packages.mjs"));

export const launch = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
};
