// A real Chromium, and all that a page must not do while we look at it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { chromium } from 'playwright-core';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const openBrowser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Names lead nowhere, so that a request to a third party fails and is seen.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });

/**
 * Opens a page of Koffer in a fresh context, calls `look`, and then asks that nothing was said on
 * the console, no other host was asked and no rule of the page's policy was broken.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {string} address
 * @param {import('playwright-core').BrowserContextOptions} options
 * @param {(page: import('playwright-core').Page) => Promise<void>} look
 */
export async function visit(browser, address, options, look) {
  const context = await browser.newContext(options);
  /** @type {string[]} */
  const complaints = [];
  const { origin } = new URL(address);

  // GraphiQL tells on the console, as information, which worker it starts; that is no complaint.
  context.on('console', (message) => {
    if (message.type() !== 'info') complaints.push(`console: ${message.text()}`);
  });
  context.on('weberror', (error) => complaints.push(`error: ${error.error().stack}`));
  context.on('request', (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (asked !== origin && !['data:', 'blob:'].includes(protocol)) {
      complaints.push(`foreign request: ${request.url()}`);
    }
  });
  context.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  await context.exposeFunction('policyBroken', (/** @type {string} */ rule) => {
    complaints.push(`policy: ${rule}`);
  });
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (broken) => {
      // @ts-expect-error: exposed above.
      globalThis.policyBroken(`${broken.violatedDirective} ${broken.blockedURI} ${broken.sample}`);
    });
  });

  try {
    const page = await context.newPage();
    page.on('worker', (worker) => {
      worker.on('console', (message) => complaints.push(`worker: ${message.text()}`));
    });
    await page.goto(address, { waitUntil: 'load' });
    await look(page);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

/**
 * What axe finds, in few words.
 *
 * @param {import('playwright-core').Page} page
 * @param {{ exclude?: string[], known?: string[] }} but parts and rules that are not asked
 * @returns {Promise<string[]>}
 */
export async function accessibilityFindings(page, { exclude = [], known = [] } = {}) {
  await page.evaluate(AXE);
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const rules = Object.fromEntries(known.map((rule) => [rule, { enabled: false }]));
  const look = { context: { exclude }, options: { runOnly, rules } };
  return page.evaluate(async ({ context, options }) => {
    // @ts-expect-error: brought in by the first line.
    const { violations } = await globalThis.axe.run(context, options);
    return violations.map((/** @type {any} */ found) =>
      [found.id, found.help, ...found.nodes.map((/** @type {any} */ node) => node.html)].join('\n'),
    );
  }, look);
}
