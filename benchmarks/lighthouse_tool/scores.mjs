// Lighthouse's accessibility score of pages, one after another, in one browser: node scores.mjs < {"urls", "cookie", "chromium"}.
// Prints one line of JSON a page: {"url", "final", "score", "missed"}.
import { readFileSync } from "node:fs";

import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const asked = JSON.parse(readFileSync(0, "utf-8"));
const browser = await puppeteer.launch({ executablePath: asked.chromium, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
try {
  // In the browser's own jar, as a person's would be: a header of ours would be dropped once a page sets a cookie.
  const cookies = (asked.cookie ?? "").split("; ").filter(Boolean);
  for (const each of cookies) {
    const [name, ...value] = each.split("=");
    await browser.setCookie({ name, value: value.join("="), domain: new URL(asked.urls[0]).hostname, path: "/" });
  }
  const page = await browser.newPage();
  for (const url of asked.urls) {
    const settings = {
      onlyCategories: ["accessibility"],
      disableStorageReset: true,
      formFactor: "desktop",
      screenEmulation: { mobile: false, width: 1440, height: 900, deviceScaleFactor: 1, disabled: false },
      throttlingMethod: "provided",
      maxWaitForLoad: 15_000,
      logLevel: "silent",
    };
    const { lhr } = await lighthouse(url, settings, undefined, page);
    const { categories, audits, finalDisplayedUrl } = lhr;
    const missed = categories.accessibility.auditRefs.filter(({ id, weight }) => weight && audits[id].score !== null && audits[id].score < 1);
    const score = Math.round((categories.accessibility.score ?? 0) * 100);
    console.log(JSON.stringify({ url, final: finalDisplayedUrl, score, missed: missed.map(({ id }) => id) }));
  }
} finally {
  await browser.close();
}
process.exit(0);
