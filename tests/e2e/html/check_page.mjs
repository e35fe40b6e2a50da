// SPDX-License-Identifier: Apache-2.0
// check_page.mjs ROOT PAGE...: checks each page in headless Chromium; see run.sh.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { serve } from './page_server.mjs';

const kArguments = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];
const kWidths = [360, 768, 1280];
const [root, ...pages] = process.argv.slice(2);
const shots = join(root, 'build', 'e2e', 'html');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let passed = 0;
let failed = 0;

function check(name, problems) {
  if (problems.length === 0) {
    ++passed;
    return;
  }
  ++failed;
  console.log(`FAILED ${name}`);
  for (const problem of problems.slice(0, 20)) console.log(`  ${problem}`);
  if (problems.length > 20) console.log(`  and ${problems.length - 20} more`);
}

/// A page that writes down every error, and every request with what became of it.
async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, bypassCSP: false, ...options });
  const page = await context.newPage();
  const seen = { errors: [], requests: [] };
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) seen.errors.push(message.text()); });
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  page.on('request', (request) => seen.requests.push(request.url()));
  page.on('requestfailed', (request) => seen.errors.push(`${request.url()} failed`));
  page.on('response', (response) => { if (response.status() >= 400) seen.errors.push(`${response.url()}: ${response.status()}`); });
  await page.goto(url, { waitUntil: 'networkidle' });
  await page.waitForLoadState('load');  // on a busy machine the network is idle before the page is read to its end
  return { page, context, seen };
}

async function check_loading(browser, name, url, folder) {
  const { page, context, seen } = await open(browser, url);
  check(`${name}: loads without errors`, seen.errors);
  const allowed = (address) => address === url || address.startsWith('data:') || address.startsWith(`${folder}icons/`);
  check(`${name}: asks for nothing but itself and its icons`, seen.requests.filter((address) => !allowed(address)));
  const broken = await page.$$eval('img', (images) => images.filter((i) => !i.naturalWidth).map((i) => i.src));
  check(`${name}: icons are drawn`, broken);
  await context.close();
}

async function check_structure(page, name) {
  check(`${name}: headings are in order`, await page.evaluate(() => {
    const problems = [];
    let last = 0;
    for (const heading of document.querySelectorAll('h1,h2,h3,h4,h5,h6')) {
      const level = Number(heading.tagName[1]);
      if (level > last + 1) problems.push(`h${level} "${heading.textContent}" follows h${last}`);
      if (heading.textContent.trim() === '') problems.push(`h${level} is empty`);
      last = level;
    }
    if (document.querySelectorAll('h1').length !== 1) problems.push('not exactly one h1');
    return problems;
  }));
  check(`${name}: links inside the page have targets`, await page.evaluate(() => {
    const links = [...document.querySelectorAll('a[href^="#"]')].map((a) => a.getAttribute('href'));
    if (links.length < 10) return [`only ${links.length} links`];
    return [...new Set(links)].filter((href) => !document.getElementById(decodeURIComponent(href.slice(1))));
  }));
  check(`${name}: ids are unique`, await page.evaluate(() => {
    const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
    return ids.filter((id, i) => ids.indexOf(id) !== i);
  }));
  check(`${name}: landmarks are there, language is set`, await page.evaluate(() => {
    const wanted = { header: 1, nav: 1, main: 1, footer: 1 };
    const problems = Object.keys(wanted).filter((tag) => document.querySelectorAll(`body ${tag}`).length !== wanted[tag]);
    return document.documentElement.lang === 'en' ? problems : [...problems, 'lang'];
  }));
  check(`${name}: no script, no handler, no unsafe link`, await page.evaluate(() => {
    const problems = [...document.querySelectorAll('script,iframe,object,embed,form,base')].map((e) => e.tagName);
    for (const element of document.querySelectorAll('*')) {
      for (const attribute of element.attributes) if (/^on/i.test(attribute.name)) problems.push(attribute.name);
    }
    for (const a of document.querySelectorAll('a[href]')) {
      const address = a.getAttribute('href');  // an SVG link has no protocol of its own
      if (!['http:', 'https:', 'mailto:', 'file:'].includes(new URL(address, document.baseURI).protocol)) problems.push(address);
    }
    return problems;
  }));
  check(`${name}: the feed is linked and announced`, await page.evaluate(() => {
    const type = 'application/atom+xml';
    const link = document.querySelector(`link[rel=alternate][type="${type}"]`);
    const anchors = document.querySelectorAll(`main a[type="${type}"]`);
    return link !== null && anchors.length > 0 ? [] : ['no link to the feed'];
  }));
}

/// Text or boxes that reach out of the window make the whole page scroll sideways.
async function overflow(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.querySelectorAll('body *')].filter((e) => {
      const clip = e.parentElement?.closest('.scroll, .vh, thead');
      return !clip && !e.matches('.vh, thead') && e.getBoundingClientRect().right > width + 0.5;
    });
    return [`${document.documentElement.scrollWidth} > ${width}`,
      ...wide.map((e) => `${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 60)}`)];
  });
}

async function check_widths(page, name) {
  for (const width of kWidths) {
    await page.setViewportSize({ width, height: 900 });
    check(`${name}: no sideways scrolling at ${width} px`, await overflow(page));
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

/// Tab starts at the top again; what was folded is folded.
async function load_anew(page, url) {
  await page.goto('about:blank');
  await page.goto(url);
}

async function set_details(page, open) {
  await page.evaluate((value) => {
    for (const details of document.querySelectorAll('details')) details.open = value;
  }, open);
}

/// Walks the page by the Tab key: everything that can be used is reached in document order, and is seen to be.
async function check_keyboard(page, name) {
  await page.evaluate(() => {
    const folded = (element) => element.parentElement.closest('details:not([open])');
    const usable = [...document.querySelectorAll('a[href], summary, [tabindex="0"]')].filter(
      (element) => !folded(element.matches('summary') ? element.parentElement : element));
    usable.forEach((element, i) => { element.dataset.order = String(i); });
  });
  const count = await page.evaluate(() => document.querySelectorAll('[data-order]').length);
  const problems = [];
  for (let i = 0; i < count; ++i) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const inside = box.bottom > 0 && box.top < window.innerHeight && box.width > 0;
      return {
        order: element.dataset?.order ?? null,
        text: element.textContent.trim().slice(0, 60),
        outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        inside,
      };
    });
    if (at.order !== String(i)) {
      problems.push(`Tab ${i + 1} reaches ${at.order} "${at.text}"`);
      break;
    }
    if (!at.outlined) problems.push(`"${at.text}" has no visible focus`);
    if (!at.inside) problems.push(`"${at.text}" is focused outside of the window`);
  }
  check(`${name}: Tab reaches all ${count} links and controls in order, focus is seen`, problems);
}

async function check_skip_link(page, name) {
  await page.keyboard.press('Tab');
  const text = await page.evaluate(() => document.activeElement.textContent);
  await page.keyboard.press('Enter');
  const landed = await page.evaluate(() => document.activeElement.id);
  check(`${name}: the first Tab offers to skip to the content`, /^Skip/.test(text) && landed === 'main' ? [] : [text, landed]);
}

async function check_summary_by_key(page, name) {
  await set_details(page, false);
  await page.locator('summary').first().focus();
  await page.keyboard.press('Enter');
  const opened = await page.evaluate(() => document.querySelector('details').open);
  await page.keyboard.press('Space');
  const closed = await page.evaluate(() => !document.querySelector('details').open);
  check(`${name}: folded parts open and close by key`, opened && closed ? [] : ['they do not']);
}

/// [scheme, width, everything unfolded]. Colours do not depend on the width, so not every combination is needed.
const kAccessRuns = [['light', 1280, false], ['light', 360, true], ['dark', 1280, true]];

async function check_access(browser, name, url) {
  for (const [scheme, width, open_all] of kAccessRuns) {
    // The page's policy would keep the checker's script out.
    const { page, context } = await open(browser, url, { colorScheme: scheme, bypassCSP: true, viewport: { width, height: 900 } });
    await set_details(page, open_all);
    await page.addScriptTag({ content: axe });
    const result = await page.evaluate(() => window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
      resultTypes: ['violations'],
    }));
    const told = result.violations.flatMap((violation) => violation.nodes.map(
      (node) => `${violation.id}: ${node.target} ${node.any[0]?.message ?? node.failureSummary}`));
    if (result.passes.length < 20) told.push(`only ${result.passes.length} rules applied`);
    check(`${name}: axe finds nothing (${scheme}, ${width} px, ${open_all ? 'all open' : 'folded'})`, told);
    await context.close();
  }
}

async function take_shots(browser, name, url) {
  for (const [label, scheme, width, scale] of [['light', 'light', 1280, 1], ['dark', 'dark', 1280, 1], ['phone', 'light', 360, 2]]) {
    const { page, context } = await open(browser, url,
      { colorScheme: scheme, viewport: { width, height: 900 }, deviceScaleFactor: scale, reducedMotion: 'reduce' });
    await page.screenshot({ path: join(shots, `${name}-${label}.png`), fullPage: false });
    // The whole page is tall: seconds of work, wanted only when somebody looks at it.
    if (process.env.ZOO_FULL_SHOTS) {
      await page.screenshot({ path: join(shots, `${name}-${label}-full.png`), fullPage: true, scale: 'css' });
    }
    await context.close();
  }
}

/// On paper folded parts are unfolded: a reader cannot click them open.
async function check_print(page, name) {
  await set_details(page, false);
  await page.emulateMedia({ media: 'print' });
  check(`${name}: folded parts are printed`, await page.evaluate(() => [...document.querySelectorAll('details')]
    .filter((d) => [...d.children].some((e) => e.tagName !== 'SUMMARY' && e.getBoundingClientRect().height === 0))
    .map((d) => d.textContent.trim().slice(0, 60))));
  await page.emulateMedia({ media: null });
}

async function check_page(browser, path) {
  const file = resolve(path);
  const name = basename(dirname(file));
  const server = await serve([dirname(file), join(root, 'manifests')]);
  const url = `${server.origin}/${basename(file)}`;
  try {
    await check_loading(browser, name, url, `${server.origin}/`);
    const { page, context } = await open(browser, url, { reducedMotion: 'reduce' });
    await check_structure(page, name);
    await check_widths(page, name);
    await check_summary_by_key(page, name);
    await load_anew(page, url);
    await check_skip_link(page, name);
    await load_anew(page, url);
    // On a long page the walk takes a while, and the one below passes all of this and more.
    if (await page.locator('article').count() < 40) await check_keyboard(page, `${name}, folded`);
    await load_anew(page, url);
    await set_details(page, true);
    await check_widths(page, `${name}, all open`);
    await check_keyboard(page, `${name}, all open`);
    await check_print(page, name);
    await context.close();
    await check_access(browser, name, url);
    await take_shots(browser, name, url);
  } finally {
    await server.close();
  }
  // From a disk the icons lie beside the page only in a finished dist/.
  if (name === 'dist') await check_loading(browser, `${name} from disk`, pathToFileURL(file).href, `${pathToFileURL(dirname(file)).href}/`);
}

mkdirSync(shots, { recursive: true });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: kArguments });
try {
  for (const path of pages) await check_page(browser, path);
} finally {
  await browser.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
