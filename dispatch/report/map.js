// The map: zooming and moving, the selected route with its numbered stops, what lies under the pointer.

const city = byId("city");
const view = { x: 0, y: 0, width: 1, height: 1 };
let selected = null;

function showView(x, y, width) {
  const { width: all, height: allHeight } = data.map;
  const clamped = Math.min(all, Math.max(all / 60, width));
  const height = (clamped * allHeight) / all;
  view.width = clamped;
  view.height = height;
  view.x = Math.min(Math.max(x, -clamped / 2), all - clamped / 2);
  view.y = Math.min(Math.max(y, -height / 2), allHeight - height / 2);
  city.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  const unitsPerPixel = view.width / Math.max(1, city.clientWidth);
  for (const mark of byId("stops").children) {
    mark.setAttribute("transform", `translate(${mark.dataset.x} ${mark.dataset.y}) scale(${unitsPerPixel})`);
  }
  city.classList.toggle("many", data.visits.length * unitsPerPixel > 8000);
  showScale(unitsPerPixel);
}

function showScale(unitsPerPixel) {
  const metresPerPixel = (unitsPerPixel * 1000) / data.map.unitsPerKm;
  const metres = [50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000].find((m) => m / metresPerPixel > 50) ?? 50000;
  byId("scale-bar").style.width = `${metres / metresPerPixel}px`;
  byId("scale-text").textContent = metres < 1000 ? `${metres} m` : `${metres / 1000} km`;
}

function showAll() {
  showView(0, 0, data.map.width);
}

function zoom(factor, x = view.x + view.width / 2, y = view.y + view.height / 2) {
  const width = Math.min(data.map.width, Math.max(data.map.width / 60, view.width * factor));
  const actual = width / view.width;
  showView(x - (x - view.x) * actual, y - (y - view.y) * actual, width);
}

function showPoints(points) {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const aspect = data.map.width / data.map.height;
  const wide = Math.max(Math.max(...xs) - Math.min(...xs), (Math.max(...ys) - Math.min(...ys)) * aspect);
  const width = Math.min(data.map.width, Math.max(wide * 1.25, data.map.width / 20));
  const middle = (values) => (Math.min(...values) + Math.max(...values)) / 2;
  showView(middle(xs) - width / 2, middle(ys) - width / aspect / 2, width);
}

function stopMark(label, x, y, visit) {
  const mark = makeSvg("g", { "data-x": x, "data-y": y });
  if (visit === null) mark.append(makeSvg("rect", { x: -8, y: -8, width: 16, height: 16, rx: 2 }));
  else mark.append(makeSvg("circle", { r: 11 }));
  mark.append(makeSvg("text", { y: 4 }, label));
  if (visit !== null) {
    mark.dataset.visit = visit;
    if (cellText(visit, "late")) mark.classList.add("is-late");
  }
  return mark;
}

function selectRoute(route, visit = null) {
  selected = route === "" || route === null || route === undefined ? null : Number(route);
  for (const line of document.querySelectorAll("#routes .on")) line.classList.remove("on");
  city.classList.toggle("focused", selected !== null);
  markRow(selected);
  markVisit(visit);
  byId("pick").value = selected === null ? "" : String(selected);
  byId("panel-links").hidden = selected === null;
  const marks = [];
  if (selected === null) {
    byId("stops").replaceChildren();
    byId("panel-body").replaceChildren();
    showAll();
    return;
  }
  const [stops, start, end] = data.map.routes[selected];
  const line = byId(`m${selected}`);
  line.classList.add("on");
  line.parentNode.append(line);
  for (const place of [start, end]) if (place) marks.push(stopMark("⌂", place[0], place[1], null));
  let number = 0;
  for (const [of, x, y] of stops) {
    if (of >= 0) number += 1;
    marks.push(of < 0 ? stopMark("▼", x, y, null) : stopMark(String(number), x, y, of));
  }
  byId("stops").replaceChildren(...marks);
  const places = [...stops.map(([, x, y]) => [x, y]), ...[start, end].filter(Boolean)];
  if (places.length) showPoints(places);
  fillPanel(selected);
  hit(visit);
}

function fillPanel(route) {
  const table = byId(`r${route}`);
  const heading = make("h3", { textContent: table.querySelector("summary b").textContent });
  const facts = [...table.querySelectorAll("summary span")].map((span) => span.textContent).join(" · ");
  const list = make("ol");
  let number = 0;
  for (const row of table.querySelectorAll("tr[id]")) {
    const visit = Number(row.id.slice(1));
    number += 1;
    const late = cellText(visit, "late");
    const button = make(
      "button",
      { type: "button" },
      make("i", { textContent: String(number) }),
      make(
        "span",
        {},
        cellText(visit, "order"),
        make("small", { textContent: `${cellText(visit, "kind")}${late ? ` · ${late}` : ""}`, className: late ? "alarm" : "" }),
      ),
      make("span", { textContent: `${cellText(visit, "start")}–${cellText(visit, "end")}` }),
    );
    button.addEventListener("click", () => {
      hit(visit);
      markVisit(visit);
    });
    list.append(make("li", {}, button));
  }
  byId("panel-body").replaceChildren(heading, make("p", { className: "note", textContent: facts }), list);
  byId("to-row").href = "#schedule";
  byId("to-table").href = `#r${route}`;
}

function hit(visit) {
  for (const mark of [...byId("stops").children]) {
    const isIt = visit !== null && mark.dataset.visit === String(visit);
    mark.classList.toggle("hit", isIt);
    if (isIt) byId("stops").append(mark);
  }
}

function showRoutesOnMap(shownRoutes) {
  if (!data.map) return;
  for (const line of document.querySelectorAll("#routes .route")) {
    line.classList.toggle("off", !shownRoutes.has(line.id.slice(1)));
  }
}

// The nearest stop or order not planned within ten pixels of the pointer, as [kind, id, route].
function nearest(event) {
  const box = city.getBoundingClientRect();
  const unit = view.width / box.width;
  const x = view.x + (event.clientX - box.left) * unit;
  const y = view.y + (event.clientY - box.top) * unit;
  let best = null;
  let bestSquared = (10 * unit) ** 2;
  const judge = (px, py, found) => {
    const squared = (px - x) ** 2 + (py - y) ** 2;
    if (squared < bestSquared) [best, bestSquared] = [found, squared];
  };
  data.map.routes.forEach(([stops], route) => {
    if (selected !== null && route !== selected) return;
    for (const [visit, px, py] of stops) if (visit >= 0) judge(px, py, { visit, route });
  });
  for (const [order, px, py] of data.map.unassigned) judge(px, py, { order });
  return best;
}

function wirePointers() {
  const pointers = new Map();
  let moved = 0;
  city.addEventListener("pointerdown", (event) => {
    pointers.set(event.pointerId, event);
    moved = 0;
  });
  city.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) {
      const found = event.pointerType === "mouse" ? nearest(event) : null;
      if (!found) hideTip();
      else if (found.order) showTip(found.order, [[data.texts.js_not_planned, ""]], event.clientX, event.clientY);
      else showVisitTip(found.visit, event.clientX, event.clientY);
      return;
    }
    const unit = view.width / city.clientWidth;
    const others = [...pointers.values()].filter((one) => one.pointerId !== event.pointerId);
    if (others.length === 1) {
      const gap = (one) => Math.hypot(one.clientX - others[0].clientX, one.clientY - others[0].clientY);
      zoom(gap(before) / Math.max(1, gap(event)));
    }
    if (others.length === 1 || event.pointerType === "mouse") {
      moved += Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY);
      const share = unit / (others.length + 1);
      showView(
        view.x - (event.clientX - before.clientX) * share,
        view.y - (event.clientY - before.clientY) * share,
        view.width,
      );
      if (moved > 4) city.classList.add("dragged");
    }
    pointers.set(event.pointerId, event);
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) {
    city.addEventListener(name, (event) => {
      pointers.delete(event.pointerId);
      city.classList.remove("dragged");
      if (name !== "pointerup") hideTip();
    });
  }
  city.addEventListener("click", (event) => {
    if (moved > 4) return;
    const found = nearest(event);
    if (found && found.visit !== undefined) selectRoute(found.route, found.visit);
  });
  city.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = city.getBoundingClientRect();
      const unit = view.width / box.width;
      const at = [view.x + (event.clientX - box.left) * unit, view.y + (event.clientY - box.top) * unit];
      zoom(Math.exp(event.deltaY / 300), ...at);
    },
    { passive: false },
  );
  city.addEventListener("keydown", (event) => {
    const step = view.width / 8;
    const done = {
      "+": () => zoom(0.6),
      "-": () => zoom(1 / 0.6),
      0: showAll,
      ArrowLeft: () => showView(view.x - step, view.y, view.width),
      ArrowRight: () => showView(view.x + step, view.y, view.width),
      ArrowUp: () => showView(view.x, view.y - step, view.width),
      ArrowDown: () => showView(view.x, view.y + step, view.width),
    }[event.key];
    if (!done) return;
    event.preventDefault();
    done();
  });
}
