// Lighthouse's accessibility score of pages, one after another, in one browser: node scores.mjs < {"urls", "cookie", "chromium"}.
// Prints one line of JSON a page: {"url", "final", "score", "missed"}.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import lighthouse from "lighthouse";

const asked = JSON.parse(readFileSync(0, "utf-8"));
const home = mkdtempSync(join(tmpdir(), "pasokh-lighthouse-"));
const flags = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--remote-debugging-port=0", `--user-data-dir=${home}`];
const browser = spawn(asked.chromium, [...flags, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
try {
  const port = await new Promise((found, failed) => {
    let said = "";
    browser.on("exit", () => failed(new Error(`the browser ended: ${said}`)));
    browser.stderr.on("data", (text) => {
      said += text;
      const match = /DevTools listening on ws:\/\/[^:]+:(\d+)\//.exec(said);
      if (match) found(Number(match[1]));
    });
  });
  for (const url of asked.urls) {
    const result = await lighthouse(url, {
      port,
      onlyCategories: ["accessibility"],
      extraHeaders: asked.cookie ? { Cookie: asked.cookie } : {},
      disableStorageReset: true,
      formFactor: "desktop",
      screenEmulation: { mobile: false, width: 1440, height: 900, deviceScaleFactor: 1, disabled: false },
      throttlingMethod: "provided",
      logLevel: "silent",
    });
    const { categories, audits, finalDisplayedUrl } = result.lhr;
    const missed = categories.accessibility.auditRefs.filter(({ id, weight }) => weight && audits[id].score !== null && audits[id].score < 1);
    const score = Math.round((categories.accessibility.score ?? 0) * 100);
    console.log(JSON.stringify({ url, final: finalDisplayedUrl, score, missed: missed.map(({ id }) => id) }));
  }
} finally {
  browser.removeAllListeners("exit");
  browser.kill();
  await new Promise((done) => browser.once("exit", done));
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(0);
