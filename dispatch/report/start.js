// Wires the parts together; without script the page is complete, only still.

for (const element of document.querySelectorAll(".only-script")) element.hidden = false;

if (data.map) {
  const pickNote = [...byId("panel-body").children];
  showAll();
  wirePointers();
  byId("zoom-in").addEventListener("click", () => zoom(0.6));
  byId("zoom-out").addEventListener("click", () => zoom(1 / 0.6));
  byId("zoom-all").addEventListener("click", showAll);
  byId("pick").addEventListener("change", (event) => {
    selectRoute(event.target.value);
    if (selected === null) byId("panel-body").replaceChildren(...pickNote);
  });
  byId("to-row").addEventListener("click", (event) => {
    const row = rows.find((one) => one.dataset.r === String(selected));
    if (!row || row.hidden) return;
    event.preventDefault();
    showElement(row);
    row.querySelector("a").focus({ preventScroll: true });
  });
  byId("to-table").addEventListener("click", () => {
    byId(`r${selected}`).open = true;
  });
  new ResizeObserver(() => showView(view.x, view.y, view.width)).observe(city);
  addEventListener("beforeprint", showAll);
}

wireVisits();
if (byId("find")) {
  for (const id of ["find", "show", "days"]) byId(id)?.addEventListener("input", applyFilter);
  document.querySelector(".tools").addEventListener("submit", (event) => event.preventDefault());
  applyFilter();
}

byId("open-all")?.addEventListener("click", (event) => {
  const tables = [...document.querySelectorAll(".route-table")];
  const open = tables.some((table) => !table.open);
  for (const table of tables) table.open = open;
  const { textContent, dataset } = event.target;
  event.target.textContent = dataset.close;
  dataset.close = textContent;
});

addEventListener("keydown", (event) => {
  if (event.key === "Escape") hideTip();
});
