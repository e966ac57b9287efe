// Beside the editor: scores follow a weight while it is typed or its bar is dragged, rank changes move, and each row shows how its criterion separates answers.
(() => {
  const PAUSE = 150;
  const MOVE = 260;
  const panel = () => document.getElementById("version-scores");
  const rows = () => [...document.querySelectorAll("[data-criteria-table] [data-sort-id]")];
  const weightOf = (row) => row.querySelector('input[name="weight"]');
  const WEIGHT = '[data-criteria-table] input[name="weight"]';
  let timer = 0;

  // Weights that differ from what is stored, by criterion.
  function collect() {
    const holder = document.getElementById("typed-weights");
    if (!holder) return;
    const typed = {};
    rows().forEach((row) => {
      const input = weightOf(row);
      if (!input || input.value === (input.dataset.was ?? input.defaultValue)) return;
      const weight = input.valueAsNumber;
      if (Number.isFinite(weight) && weight >= 0) typed[row.dataset.sortId] = weight;
    });
    holder.value = Object.keys(typed).length ? JSON.stringify(typed) : "";
  }

  function typing() {
    document.dispatchEvent(new CustomEvent("studio:shares", { detail: "typing" }));
    clearTimeout(timer);
    timer = setTimeout(() => { collect(); document.body.dispatchEvent(new CustomEvent("weights-typed")); }, PAUSE);
  }

  document.addEventListener("input", (event) => { if (event.target.matches(WEIGHT)) typing(); });
  document.addEventListener("rubric-changed", collect, true);

  // Dragging the bar of a row: half a step of the largest weight for each twentieth of its width; autosave stores where it stops.
  document.addEventListener("pointerdown", (event) => {
    const bar = event.target.closest?.("[data-criteria-table] [data-sort-id] .wt .bar");
    const input = bar && weightOf(bar.closest("[data-sort-id]"));
    if (!input || event.button) return;
    event.preventDefault();
    input.focus();
    const width = bar.getBoundingClientRect().width || 1;
    const top = Math.max(...rows().map((row) => Math.abs(Number(weightOf(row)?.value || 0))), 1);
    const step = top > 2 ? 0.5 : top / 20;
    const [from, start] = [event.clientX, Math.abs(Number(input.value || 0))];
    bar.setPointerCapture(event.pointerId);
    const move = (one) => {
      const raw = start + ((one.clientX - from) / width) * top;
      input.value = Number((Math.max(0, Math.round(raw / step)) * step).toPrecision(6));
      input.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const stop = () => {
      bar.removeEventListener("pointermove", move);
      input.dispatchEvent(new Event("change", { bubbles: true }));
    };
    bar.addEventListener("pointermove", move);
    bar.addEventListener("pointerup", stop, { once: true });
    bar.addEventListener("pointercancel", stop, { once: true });
  });

  // First, last, invert, play: an answer that changes its rank moves there, unless the person asked for less motion.
  let places = new Map();
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const answers = () => [...(panel()?.querySelectorAll("[data-flip]") || [])];
  const tops = () => {
    const shown = answers();
    return new Map(shown.map((one) => [one.id, one.getBoundingClientRect().top - shown[0].getBoundingClientRect().top]));
  };
  document.addEventListener("htmx:before:swap", () => { places = tops(); });
  document.addEventListener("htmx:after:swap", () => {
    sparks();
    if (calm.matches) return;
    const now = tops();
    answers().forEach((one) => {
      const way = (places.get(one.id) ?? NaN) - now.get(one.id);
      if (way) one.animate([{ transform: `translateY(${way}px)` }, { transform: "none" }], { duration: MOVE, easing: "ease-out" });
    });
  });

  // Who unpins an answer by key stays in the panel.
  let within = false;
  document.addEventListener("htmx:before:request", () => { within = Boolean(panel()?.contains(document.activeElement)); });
  document.addEventListener("htmx:after:swap", () => {
    if (!within || document.activeElement !== document.body) return;
    (panel()?.querySelector(".resp button") ?? panel()?.querySelector("h2 a"))?.focus();
  });

  function sparks() {
    document.querySelectorAll("#version-scores [data-spark]").forEach((one) => {
      const cell = document.querySelector(`[data-criteria-table] [data-sort-id="${CSS.escape(one.dataset.spark)}"] td.wt`);
      if (!cell) return;
      cell.querySelector(".sep")?.remove();
      if (!one.firstElementChild) return;
      const copy = document.createElement("span");
      copy.className = "sep";
      copy.title = one.firstElementChild.getAttribute("aria-label");
      copy.append(one.firstElementChild.cloneNode(true));
      cell.append(copy);
    });
  }
})();
