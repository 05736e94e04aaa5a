"use strict";
// What every part of the page uses: the data, the words of a visit's row, and the tip that shows them.

const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  Object.assign(element, properties);
  element.append(...children);
  return element;
}

function makeSvg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

function isMotionReduced() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function showElement(element, block = "center") {
  element.scrollIntoView({ behavior: isMotionReduced() ? "auto" : "smooth", block });
}

// The cells of a visit's row in the tables, by their place: the order of the columns of `tables.html.j2`.
const CELLS = { order: 0, kind: 1, start: 5, end: 6, late: 11 };

function cellText(visit, name) {
  return byId(`v${visit}`).cells[CELLS[name]].textContent.trim();
}

// What a visit's row says, as pairs of heading and text; the order is the title.
function factsOf(visit) {
  const row = byId(`v${visit}`);
  const heads = row.closest("table").tHead.rows[0].cells;
  return [...row.cells]
    .map((cell, k) => [heads[k].textContent, cell.textContent.trim()])
    .filter(([, text], k) => k > 0 && text);
}

const tip = make("div", { className: "tip", hidden: true });
tip.setAttribute("role", "tooltip");
document.body.append(tip);

function showTip(title, facts, x, y) {
  const list = make("dl");
  for (const [name, text] of facts) list.append(make("dt", { textContent: name }), make("dd", { textContent: text }));
  tip.replaceChildren(make("b", { textContent: title }), list);
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const left = Math.min(Math.max(8, x + 14), innerWidth - box.width - 8);
  const below = y + 18 + box.height < innerHeight;
  tip.style.left = `${left}px`;
  tip.style.top = `${below ? y + 18 : Math.max(8, y - box.height - 12)}px`;
}

function hideTip() {
  tip.hidden = true;
}

function showVisitTip(visit, x, y) {
  showTip(cellText(visit, "order"), factsOf(visit), x, y);
}
