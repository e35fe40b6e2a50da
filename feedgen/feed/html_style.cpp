// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/html_style.h"

namespace zoo::feed {

// Contrast: every text colour below has at least 4.5:1 on every surface that it is used on, in both schemes
// (tests/e2e/html measures it).
std::string_view html_style() {
  return R"css(
:root {
  color-scheme: light dark;
  --page: #faf9f5; --surface: #ffffff; --sunk: #f1f0ea; --line: #dedcd2; --ink: #1d2420; --soft: #55605a;
  --link: #11633f; --accent: #11633f; --on-accent: #ffffff; --glow: #dcebdd; --focus: #b4460b;
  --graph-ink: var(--ink); --graph-line: #6b766f; --graph-fill: var(--surface);
  --sans: "Segoe UI Variable Text", "Segoe UI", -apple-system, BlinkMacSystemFont, Roboto, "Noto Sans", "Liberation Sans", system-ui, sans-serif;
  --mono: "Cascadia Mono", Consolas, ui-monospace, "SF Mono", "Liberation Mono", "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121614; --surface: #1a201d; --sunk: #232a26; --line: #343d38; --ink: #e6ebe7; --soft: #a6b2ab;
    --link: #86d3a8; --accent: #86d3a8; --on-accent: #0d1f15; --glow: #1d3527; --focus: #ffb27a;
    --graph-line: #8b978f;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1.5rem; }
body { margin: 0; background: var(--page); color: var(--ink); font: 400 1rem/1.6 var(--sans); overflow-wrap: anywhere; }
h1, h2, h3, h4 { line-height: 1.2; margin: 0; font-weight: 650; letter-spacing: -0.011em; text-wrap: balance; unicode-bidi: isolate; }
p, ul, ol, dl, figure, table { margin: 0; padding: 0; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 0.18em; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
main:focus { outline: none; }
code { font-family: var(--mono); font-size: 0.875em; }
b { font-weight: 600; }
.wrap { max-width: 76rem; margin-inline: auto; padding-inline: clamp(1rem, 4vw, 2.5rem); }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.note, .counts, .version, .description, .introduction { color: var(--soft); }
.note { font-size: 0.9rem; }
.skip { position: absolute; left: 1rem; top: -4rem; z-index: 2; padding: 0.6rem 1rem; border-radius: 0 0 8px 8px; background: var(--accent); color: var(--on-accent); }
.skip:focus { top: 0; }

.banner { padding-block: clamp(2.5rem, 6vw, 4.25rem) clamp(2rem, 4vw, 3rem); border-bottom: 1px solid var(--line);
  background: radial-gradient(64rem 34rem at 92% -12%, var(--glow), transparent 72%), var(--surface); }
.eyebrow { color: var(--accent); font-size: 0.8125rem; font-weight: 650; letter-spacing: 0.08em; text-transform: uppercase; }
h1 { margin-top: 0.5rem; font-size: clamp(2.5rem, 7vw, 4.25rem); font-weight: 700; letter-spacing: -0.03em; line-height: 1.05; }
.tagline { max-width: 42rem; margin-top: 1.1rem; font-size: clamp(1.1rem, 2.4vw, 1.3rem); line-height: 1.5; color: var(--soft); text-wrap: pretty; }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; margin-top: 1.75rem; }
.button { display: inline-block; padding: 0.7rem 1.35rem; border: 1px solid var(--accent); border-radius: 999px; background: var(--accent); color: var(--on-accent); font-weight: 600; line-height: 1.3; text-decoration: none; }
.button.quiet { background: transparent; color: var(--link); }
.button:hover { text-decoration: underline; }
.button:focus-visible { border-radius: 999px; }
.counts { margin-top: 1.25rem; font-size: 0.95rem; }

.start { margin-top: clamp(2.25rem, 5vw, 3.25rem); }
.start h2 { font-size: 1.25rem; letter-spacing: -0.012em; }
.contents { padding-block: 1.5rem 0; font-size: 0.92rem; }
.contents ul { display: flex; flex-wrap: wrap; gap: 0.4rem; list-style: none; }
.contents a { display: block; padding: 0.3rem 0.75rem; border: 1px solid var(--line); border-radius: 999px; background: var(--surface); color: var(--ink); text-decoration: none; }
.contents a:hover { border-color: var(--accent); color: var(--link); }
.count { color: var(--soft); font-size: 0.85em; font-variant-numeric: tabular-nums; }
main > section { padding-block: clamp(2.25rem, 6vw, 3.75rem) 0; }
h2 { font-size: clamp(1.6rem, 4vw, 2.1rem); letter-spacing: -0.022em; }
.introduction { max-width: 44rem; margin-top: 0.6rem; text-wrap: pretty; }

.icon { flex: none; width: 48px; height: 48px; border-radius: 11px; }
.letter { display: grid; place-items: center; background: #11633f; color: #ffffff; font-size: 1.35rem; font-weight: 650; line-height: 1; }
.tone1 { background: #25568f; } .tone2 { background: #9a3412; } .tone3 { background: #6b3fa0; } .tone4 { background: #8a2c52; } .tone5 { background: #4a5a24; }

.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 14.5rem), 1fr)); gap: 1rem; margin-top: 1rem; list-style: none; }
.card { position: relative; display: flex; flex-direction: column; gap: 0.5rem; padding: 1.35rem; border: 1px solid var(--line); border-radius: 18px; background: var(--page); }
.card h3 { margin-top: 0.5rem; font-size: 1.125rem; }
.card h3 a { color: var(--ink); text-decoration: none; }
.card h3 a::after { content: ""; position: absolute; inset: 0; border-radius: 18px; }
.card:hover { border-color: var(--accent); }
.card:hover h3 a { color: var(--link); text-decoration: underline; }
.card p { font-size: 0.95rem; line-height: 1.5; color: var(--soft); }
.card .version { margin-top: auto; padding-top: 0.5rem; font-size: 0.85rem; }

.address { max-width: 48rem; margin-top: 0.75rem; }
.ways { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); gap: 1rem; margin-top: 1.4rem; }
.way { min-width: 0; padding: 1.5rem; border: 1px solid var(--line); border-radius: 18px; background: var(--surface); font-size: 0.95rem; }
.way h3 { margin-bottom: 0.75rem; font-size: 1.125rem; }
.way ol { padding-left: 1.35rem; }
.way li + li { margin-top: 0.45rem; }
.way li::marker { color: var(--accent); font-weight: 650; }
.way p + p { margin-top: 0.6rem; }
.way ol + p { margin-top: 0.9rem; }
.command { padding: 0.65rem 0.9rem; border-radius: 10px; background: var(--sunk); line-height: 1.5; }
.way.wide { grid-column: 1 / -1; }
.way ol + .command { margin-top: 0.7rem; }
.files { margin-top: 1.4rem; }
.files tbody th { min-width: 15rem; }
.companions { display: flex; flex-wrap: wrap; gap: 0.1rem 1rem; list-style: none; font-size: 0.85rem; }
.settings { padding-left: 1.1rem; columns: 17rem; column-gap: 1.5rem; font-size: 0.9rem; }
#about-feed > p { max-width: 44rem; margin-top: 0.75rem; }

.glance { margin-top: 1.4rem; }
.glance > div { display: grid; grid-template-columns: 11.5rem minmax(0, 1fr); gap: 0.5rem 1.5rem; padding-block: 1.1rem; border-top: 1px solid var(--line); }
.glance h3 { padding-top: 0.2rem; font-size: 1rem; }
.glance ul { columns: 13.5rem; column-gap: 1.5rem; list-style: none; font-size: 0.95rem; line-height: 1.4; }
.glance li { padding-block: 0.2rem; break-inside: avoid; }
.glance a { text-decoration: none; }
.glance a:hover { text-decoration: underline; }

.product { margin-top: 1.25rem; padding: clamp(1.15rem, 3vw, 1.9rem); border: 1px solid var(--line); border-radius: 18px; background: var(--surface); }
.product:target { border-color: var(--accent); box-shadow: 0 0 0 3px var(--glow); }
.head { display: flex; gap: 1rem; align-items: center; }
.head > div { min-width: 0; }
.product h3 { font-size: 1.35rem; letter-spacing: -0.016em; }
.version { font-size: 0.9rem; font-variant-numeric: tabular-nums; }
.summary { max-width: 46rem; margin-top: 1rem; font-size: 1.05rem; line-height: 1.5; text-wrap: pretty; }
.description { max-width: 46rem; margin-top: 0.5rem; text-wrap: pretty; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 12rem), 1fr)); gap: 0.9rem 1.5rem; margin-top: 1.25rem; padding-block: 1.1rem; border-block: 1px solid var(--line); font-size: 0.92rem; line-height: 1.45; }
.facts dt { color: var(--soft); font-size: 0.8125rem; }
.facts dd { margin: 0; }
.parts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 1.25rem 2.25rem; margin-top: 1.25rem; }
.parts > div { min-width: 0; }
h4 { margin-bottom: 0.5rem; font-size: 0.95rem; letter-spacing: 0; }
.tree { padding-left: 1.1rem; }
.tree .tree { margin-top: 0.2rem; padding-left: 1.15rem; border-left: 2px solid var(--line); list-style-position: outside; }
.tree .tree > li { margin-left: 0.45rem; }
.tree li { padding-block: 0.12rem; }
.tree li::marker { color: var(--soft); }
.rule { font-weight: 600; }
.installs { list-style: none; }
.installs li + li { margin-top: 0.5rem; }
.cond { display: inline-block; padding: 0.05rem 0.5rem; border-radius: 6px; background: var(--sunk); color: var(--ink); font-size: 0.8125rem; }
.block { font-size: 0.95rem; }
.block + .block { margin-top: 1.25rem; }
.chips { display: flex; flex-wrap: wrap; gap: 0.35rem 1.1rem; list-style: none; }
.product details { margin-top: 0.4rem; }
.product > details { margin-top: 0; border-top: 1px solid var(--line); }
.product > .parts + details { margin-top: 1.4rem; }
.product > details:last-child { margin-bottom: -0.6rem; }
summary { padding-block: 0.7rem; cursor: pointer; font-size: 0.95rem; font-weight: 600; color: var(--link); }
summary:hover { text-decoration: underline; text-underline-offset: 0.18em; }
summary::marker { color: var(--soft); }
.product > details[open] { padding-bottom: 1rem; }
.product details .note { margin-top: 0.5rem; }

table { width: 100%; border-collapse: collapse; font-size: 0.9rem; }
caption, p.caption { padding-bottom: 0.35rem; text-align: left; font-weight: 600; font-size: 0.9rem; }
p.caption { margin-top: 1.1rem; }
th, td { padding: 0.55rem 1.25rem 0.55rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; }
thead th { border-top: 0; color: var(--soft); font-size: 0.8125rem; }
td:last-child, th:last-child { padding-right: 0; }
tbody th { min-width: 10rem; } td:nth-child(2) { white-space: nowrap; font-variant-numeric: tabular-nums; }
.hash { line-height: 1.4; }
.hash code { font-size: 0.75rem; }
.hashname { color: var(--soft); }
.commands { padding-left: 1.5rem; font-size: 0.9rem; }
.commands li + li { margin-top: 0.4rem; }
.scroll { overflow-x: auto; padding: 0.75rem; border: 1px solid var(--line); border-radius: 12px; background: var(--surface); }
.scroll svg { display: block; max-width: none; }
figcaption { margin-top: 0.5rem; color: var(--soft); font-size: 0.9rem; }

.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 1rem; align-items: start; margin-top: 1.25rem; }
.small { margin-top: 0; padding: 1.15rem 1.25rem; }
.small .icon { width: 36px; height: 36px; border-radius: 9px; }
.small .head { gap: 0.8rem; }
.small h3 { font-size: 1.05rem; letter-spacing: -0.008em; }
.small .summary { margin-top: 0.7rem; font-size: 0.95rem; }
.small .description { font-size: 0.95rem; }
.small > details { margin-top: 0.8rem; }
.small .facts { grid-template-columns: repeat(auto-fill, minmax(min(100%, 8rem), 1fr)); gap: 0.6rem 1rem; margin-top: 0.2rem; padding-top: 0.4rem; border-top: 0; }
.small .block { margin-top: 1rem; }
.small .command { margin-top: 1rem; font-size: 0.95rem; }

.missing { margin-top: 1rem; padding-left: 1.2rem; }
.missing li + li { margin-top: 0.35rem; }
footer { margin-top: clamp(3rem, 8vw, 5rem); padding-block: 2rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.92rem; }

@media (min-width: 68rem) {
  .columns { display: grid; grid-template-columns: 13.5rem minmax(0, 1fr); gap: 3.5rem; }
  .contents { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding-block: 3.75rem 1.5rem; margin-left: -0.75rem; font-size: 0.95rem; }
  .contents ul { flex-direction: column; gap: 0.1rem; }
  .contents a { border-color: transparent; border-radius: 9px; background: none; }
  .contents a:hover { border-color: transparent; background: var(--sunk); }
}
@media (max-width: 40rem) {
  .facts { grid-template-columns: repeat(auto-fill, minmax(min(100%, 8rem), 1fr)); gap: 0.8rem 1rem; }
  .glance > div { grid-template-columns: minmax(0, 1fr); }
  table, caption, tbody, tr, th, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody th, .files tbody th, td { padding: 0.15rem 0; border-top: 0; min-width: 0; }
  tbody tr { padding-block: 0.6rem; border-top: 1px solid var(--line); }
  td:nth-child(2) { white-space: normal; }
  td::before { content: attr(data-label); display: block; color: var(--soft); font-size: 0.8125rem; }
}
@media (prefers-reduced-motion: no-preference) {
  html { scroll-behavior: smooth; }
  .card, .contents a, .product { transition: border-color 0.15s, background-color 0.15s; }
}
@media (forced-colors: active) { .button, .card, .product, .way { border: 1px solid; } }
@media print {
  :root { color-scheme: light; --page: #fff; --surface: #fff; --sunk: #f4f4f4; --line: #bbb; --ink: #000; --soft: #333; --link: #000; --accent: #000; --glow: #fff; --graph-line: #333; }
  body { font-size: 10pt; }
  .skip, .contents, .actions, .glance, #overview { display: none; }
  .banner { padding-block: 0 1rem; background: none; }
  .wrap { max-width: none; padding: 0; }
  .card, .way, .small, .head, li, tr { break-inside: avoid; }
  h2, h3, h4 { break-after: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
  details:not([open]) > * { display: revert; }
  .scroll { overflow: visible; border: 0; padding: 0; }
  .scroll svg { max-width: 100%; height: auto; }
}
)css";
}

}  // namespace zoo::feed
