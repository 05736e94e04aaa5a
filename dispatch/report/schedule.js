// The schedule: filter and days, the windows of the visit pointed at, keys.

const rows = [...document.querySelectorAll(".gantt tbody tr")];
const visitLink = (visit) => document.querySelector(`.gantt a[href="#v${visit}"]`);
const visitOf = (link) => Number(link.getAttribute("href").slice(2));
const shownRoutes = new Set();

function applyFilter() {
  const wanted = byId("find").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const kind = byId("show").value;
  const day = byId("days")?.value ?? "";
  shownRoutes.clear();
  let shown = 0;
  for (const row of rows) {
    const fits =
      wanted.every((word) => row.dataset.find.includes(word)) &&
      (!kind || row.dataset.is.split(" ").includes(kind)) &&
      (!day || row.closest(".day").dataset.day === day);
    row.hidden = !fits;
    if (fits) shown += 1;
    if (fits && row.dataset.r) shownRoutes.add(row.dataset.r);
  }
  for (const box of document.querySelectorAll(".day")) {
    box.hidden = ![...box.querySelectorAll("tbody tr")].some((row) => !row.hidden);
  }
  for (const table of document.querySelectorAll(".route-table")) table.hidden = !shownRoutes.has(table.id.slice(1));
  byId("shown").textContent = filled(data.texts.js_shown, { n: shown, all: rows.length });
  byId("none-fits").textContent = data.texts.js_none;
  byId("none-fits").hidden = shown > 0;
  showRoutesOnMap(shownRoutes);
}

const overlay = makeSvg("g");

function pointAt(link) {
  const [windows, due] = data.visits[visitOf(link)];
  const marks = windows.map(([x, width]) =>
    makeSvg("rect", { class: "may-start", x: `${x}%`, width: `${Math.max(width, 0.2)}%`, y: 0, height: 22 }),
  );
  if (due !== null) marks.push(makeSvg("line", { class: "due-line", x1: `${due}%`, x2: `${due}%`, y1: 0, y2: 22 }));
  overlay.replaceChildren(...marks);
  link.closest(".lane").querySelector("use").after(overlay);
}

function wireVisits() {
  for (const link of document.querySelectorAll(".gantt a.visit")) {
    const title = link.querySelector("title");
    link.setAttribute("aria-label", title.textContent);
    link.setAttribute("tabindex", "-1");
    title.remove();
  }
  for (const body of document.querySelectorAll(".gantt tbody")) {
    body.addEventListener("pointermove", (event) => {
      const link = event.target.closest("a.visit");
      if (!link) return leave();
      if (overlay.parentNode !== link.closest(".lane") || overlay.dataset.of !== link.getAttribute("href")) {
        pointAt(link);
        overlay.dataset.of = link.getAttribute("href");
      }
      showVisitTip(visitOf(link), event.clientX, event.clientY);
      return undefined;
    });
    body.addEventListener("pointerleave", leave);
    body.addEventListener("focusin", (event) => {
      const link = event.target.closest("a.visit");
      if (!link || !link.matches(":focus-visible")) return;
      const box = link.getBoundingClientRect();
      pointAt(link);
      showVisitTip(visitOf(link), box.left, box.bottom);
    });
    body.addEventListener("focusout", leave);
    body.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link) return;
      const visit = link.classList.contains("visit") ? visitOf(link) : null;
      if (!data.map) return;
      event.preventDefault();
      hideTip();
      selectRoute(link.closest("tr").dataset.r, visit);
      showElement(byId("map"), "start");
    });
    body.addEventListener("keydown", moveByKey);
  }
}

function leave() {
  hideTip();
  overlay.remove();
}

// Right and left go along the visits of a technician, down and up to the next one.
function moveByKey(event) {
  const link = event.target.closest("a");
  if (!link) return;
  const row = link.closest("tr");
  const links = [...row.querySelectorAll("a")];
  const shown = rows.filter((other) => !other.hidden && other.dataset.r);
  const next = {
    ArrowRight: () => links[links.indexOf(link) + 1],
    ArrowLeft: () => links[links.indexOf(link) - 1],
    ArrowDown: () => shown[shown.indexOf(row) + 1]?.querySelector("a"),
    ArrowUp: () => shown[shown.indexOf(row) - 1]?.querySelector("a"),
  }[event.key]?.();
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function markRow(route) {
  for (const row of rows) row.classList.toggle("on", route !== null && row.dataset.r === String(route));
}

function markVisit(visit) {
  for (const link of document.querySelectorAll(".gantt a.visit.on")) link.classList.remove("on");
  if (visit !== null) visitLink(visit)?.classList.add("on");
}
