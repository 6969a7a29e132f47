// People open Koffer's pages in a browser.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { accessibilityFindings, openBrowser, visit } from './browser.mjs';
import { startKoffer } from './koffer.mjs';

/** @type {Awaited<ReturnType<typeof startKoffer>>} */
let koffer;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  koffer = await startKoffer();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await koffer?.stop();
});

const looks = /** @type {const} */ (['light', 'dark']).flatMap((colorScheme) =>
  [1280, 320].map((width) => ({ colorScheme, viewport: { width, height: 800 } })),
);

describe('The page that says the admin is coming', () => {
  for (const look of looks) {
    it(`can be read by all, ${look.colorScheme}, ${look.viewport.width} px wide`, () =>
      visit(browser, `${koffer.origin}/admin/`, look, async (page) => {
        assert.equal(await page.locator('h1').textContent(), 'Die Redaktion kommt');
        assert.deepEqual(await accessibilityFindings(page), []);
        assert.equal(await overflow(page), 0, 'nothing is to be scrolled sideways');
      }));
  }

  it('needs no script', () =>
    visit(browser, `${koffer.origin}/admin/`, { javaScriptEnabled: false }, async (page) => {
      assert.ok(await page.getByRole('heading', { level: 1 }).isVisible());
    }));
});

describe('GraphiQL', () => {
  it('opens with a query, and the query has an answer', () =>
    visit(browser, `${koffer.origin}/graphql`, {}, async (page) => {
      const editor = page.getByRole('region', { name: 'Operation Editor' });
      await editor.getByText('query ThemePage').waitFor();

      const answering = page.waitForResponse((response) => asksFor('ThemePage', response));
      await page.getByRole('button', { name: 'Execute query' }).click();
      const answer = await (await answering).json();

      assert.equal(answer.errors, undefined);
      await isFoundByPaging(page, page.locator('.graphiql-response'), 'Odenwald-Allianz');
    }));

  for (const look of looks) {
    it(`can be used by all, ${look.colorScheme}, ${look.viewport.width} px wide`, () =>
      visit(browser, `${koffer.origin}/graphql`, look, async (page) => {
        await page.getByText('query ThemePage').waitFor();
        // The editor's colours, and tabs that are buttons in list items, are theirs to mend.
        const theirs = { exclude: ['.monaco-editor'], known: ['nested-interactive'] };
        assert.deepEqual(await accessibilityFindings(page, theirs), []);
        assert.equal(await overflow(page), 0, 'nothing is to be scrolled sideways');
      }));
  }

  it('keeps what was written for the next visit', () =>
    visit(browser, `${koffer.origin}/graphql`, {}, async (page) => {
      const editor = page.getByRole('region', { name: 'Operation Editor' });
      await editor.getByText('query ThemePage').click();
      await page.keyboard.press('Control+a');
      await page.keyboard.type('query Mine');
      await page.waitForFunction(() => localStorage['graphiql:tabState']?.includes('Mine'));

      await page.reload({ waitUntil: 'networkidle' });

      await editor.getByText('query Mine').waitFor();
    }));

  it('shows the documentation of the schema', () =>
    visit(browser, `${koffer.origin}/graphql`, { colorScheme: 'dark' }, async (page) => {
      await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
      await page.locator('.graphiql-doc-explorer').getByText('Query').first().waitFor();
    }));
});

/** @param {import('playwright-core').Page} page */
const overflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/**
 * @param {string} operation
 * @param {import('playwright-core').Response} response
 */
const asksFor = (operation, response) =>
  response.request().method() === 'POST' &&
  response.request().postDataJSON()?.operationName === operation;

/**
 * The editor only draws the lines that fit; whoever looks for a word goes through the pages.
 *
 * @param {import('playwright-core').Page} page
 * @param {import('playwright-core').Locator} editor
 * @param {string} words
 */
async function isFoundByPaging(page, editor, words) {
  const found = editor.getByText(words).first();
  await editor.locator('.view-line').first().click();
  await page.keyboard.press('Control+Home');
  for (let pages = 0; pages < 50; pages += 1) {
    if (await found.isVisible()) return;
    await page.keyboard.press('PageDown');
    await page.waitForTimeout(50);
  }
  assert.fail(`„${words}“ is not in the answer`);
}
