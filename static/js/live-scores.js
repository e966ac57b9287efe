// Beside the editor: scores follow whatever makes them while it is typed or dragged (weights, tiers, gates, groups, steps), before it is
// stored; rank changes move, and each row shows how its criterion separates answers.
(() => {
  const PAUSE = 150;
  const MOVE = 260;
  const ROOM = 640; // of the table, in pixels, from which on the spread of verdicts has a column of its own
  const panel = () => document.getElementById("version-scores");
  const rows = () => [...document.querySelectorAll("[data-criteria-table] [data-sort-id]")];
  const weightOf = (row) => row.querySelector('input[name="weight"]');
  const OTHERS = ["tier", "polarity", "gate_when", "gate_value", "gate_effect", "gate_floor"];
  const WATCHED = '[data-criteria-table] :is(input, select), #settings-form :is(input, select)';
  let timer = 0;

  // What a form says now and said when it was stored last, by the names of its fields.
  const stored = new WeakMap();
  document.addEventListener("studio:stored", (event) => stored.set(event.target, new Map(event.detail)));
  const now = (form) => new Map([...new FormData(form)]);
  function before(form) {
    if (stored.has(form)) return stored.get(form);
    const said = new Map();
    for (const field of form.elements) {
      if (["checkbox", "radio"].includes(field.type)) { if (field.defaultChecked) said.set(field.name, field.value); }
      else if (field.options) said.set(field.name, ([...field.options].find((one) => one.defaultSelected) || field.options[0])?.value ?? "");
      else said.set(field.name, field.defaultValue);
    }
    return said;
  }

  const number = (text, otherwise) => (text === undefined || String(text).trim() === "" ? otherwise : Number(text));
  // Where no number was typed the middle and no score at all are meant, as when it is stored.
  const gate = (when, value, override, floor) => (when ? { when, value: number(value, 0.5), floor: number(floor, 0), override } : null);
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const differing = (was, is) => Object.fromEntries(Object.entries(is).filter(([name, value]) => !same(value, was[name])));

  function ofRow(row, said) {
    const [when, value, effect, floor] = (row.dataset.gate || "").split("|");
    const get = (name, otherwise) => said?.get(name) ?? otherwise ?? "";
    return {
      tier: get("tier", row.dataset.tier) || null,
      polarity: get("polarity", row.dataset.polarity),
      gate: gate(get("gate_when", when), get("gate_value", value), get("gate_effect", effect) === "set", get("gate_floor", floor)),
    };
  }

  function cells(row) {
    const said = new Map();
    row.querySelectorAll("form.cell-form").forEach((form) => now(form).forEach((value, name) => { if (OTHERS.includes(name) && form.elements[name].checkValidity()) said.set(name, value); }));
    const found = said.size ? differing(ofRow(row), ofRow(row, said)) : {};
    const input = weightOf(row);
    const weight = input?.valueAsNumber;
    if (input && input.value !== (input.dataset.was ?? input.defaultValue) && Number.isFinite(weight)) {
      found.weight = Math.abs(weight);
      if (weight < 0) found.polarity = "negative";
    }
    return found;
  }

  function ofForm(said) {
    const of = (name) => [...said].find(([key]) => key.endsWith(`-${name}`))?.[1];
    return {
      weight: number(of("weight"), 0),
      polarity: of("polarity"),
      tier: of("tier") || null,
      gate: gate(of("gate_when"), of("gate_value"), of("gate_override") !== undefined, of("gate_floor")),
    };
  }

  function ofSettings(said) {
    const sums = said.get("sum") === "weighted" ? { step: "weighted", negatives: said.get("negatives"), normalise: said.get("normalise") } : { step: said.get("sum") };
    return {
      scoring: [...(said.has("gate") ? [{ step: "gate" }] : []), sums],
      unscored: Object.fromEntries([...said].filter(([name]) => name.startsWith("unscored_")).map(([name, value]) => [name.slice(9), value])),
      content_gate: { min_words: number(said.get("min_words"), 0), floor: number(said.get("floor"), 0) },
    };
  }

  // What differs from what is stored, in the shape of the document.
  function collect() {
    const holder = document.getElementById("typed-changes");
    if (!holder) return;
    const criteria = {};
    const groups = {};
    const tiers = {};
    const put = (name, found) => { if (Object.keys(found).length) criteria[name] = found; };
    rows().forEach((row) => put(row.dataset.sortId, cells(row)));
    document.querySelectorAll("form[data-criterion]").forEach((form) => { if (form.checkValidity()) put(form.dataset.criterion, differing(ofForm(before(form)), ofForm(now(form)))); });
    document.querySelectorAll("form[data-group-cell]").forEach((form) => {
      const field = form.elements.weight;
      if (field.checkValidity() && field.value !== "" && Number(field.value) !== Number(field.dataset.was ?? field.defaultValue)) groups[form.closest("[data-block]").dataset.block] = Number(field.value);
    });
    document.querySelectorAll(".weighing input[type=number]").forEach((field) => { if (field.checkValidity() && field.value !== "" && field.value !== field.defaultValue) tiers[field.name] = Number(field.value); });
    const settings = document.getElementById("settings-form");
    const whole = settings?.checkValidity() ? differing(ofSettings(before(settings)), ofSettings(now(settings))) : {};
    const typed = { criteria, groups, tiers, ...whole };
    holder.value = Object.values(typed).some((part) => Array.isArray(part) || Object.keys(part).length) ? JSON.stringify(typed) : "";
  }

  function tell() { collect(); document.body.dispatchEvent(new CustomEvent("draft-typed")); }

  // What was chosen shows at once, what is typed after a short rest.
  function typing(event) {
    if (!event.target.matches(WATCHED) || event.target.name === "criteria") return;
    if (event.target.name === "weight" && event.target.closest("[data-sort-id]")) document.dispatchEvent(new CustomEvent("studio:shares", { detail: "typing" }));
    clearTimeout(timer);
    if (event.target.matches("select, [type=checkbox], [type=radio]")) tell(); else timer = setTimeout(tell, PAUSE);
  }

  document.addEventListener("input", typing);
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

  // A column of its own where there is room, else a place under the weight.
  function column(table, wide) {
    const head = table.tHead.rows[0].querySelector("th.spread");
    if (wide && !head) table.tHead.rows[0].append(Object.assign(document.createElement("th"), { scope: "col", className: "spread", textContent: "Spread", title: "How the verdicts on the criterion lie from 0 to 1 over the answers judged last" }));
    if (!wide) head?.remove();
    for (const row of table.tBodies.length ? [...table.tBodies].flatMap((body) => [...body.rows]) : []) {
      const own = row.querySelector(":scope > td.spread");
      const across = row.querySelector(":scope > td[colspan]");
      if (row.dataset.sortId && wide && !own) row.append(Object.assign(document.createElement("td"), { className: "spread" }));
      if (!wide) own?.remove();
      if (across) { across.dataset.across ||= across.colSpan; across.colSpan = Number(across.dataset.across) + (wide ? 1 : 0); }
    }
  }

  function sparks() {
    const table = document.querySelector("[data-criteria-table] table.crit");
    if (!table) return;
    const found = [...document.querySelectorAll("#version-scores [data-spark]")].filter((one) => one.firstElementChild);
    const wide = found.length > 0 && table.parentElement.clientWidth >= ROOM;
    column(table, wide);
    table.querySelectorAll("span.sep").forEach((old) => old.remove());
    const byName = new Map(rows().map((row) => [row.dataset.sortId, row]));
    found.forEach((one) => {
      const cell = byName.get(one.dataset.spark)?.querySelector(wide ? ":scope > td.spread" : ":scope > td.wt");
      if (!cell) return;
      const copy = document.createElement("span");
      copy.className = "sep";
      copy.title = one.firstElementChild.getAttribute("aria-label");
      copy.append(one.firstElementChild.cloneNode(true));
      cell.append(copy);
    });
  }
  addEventListener("resize", sparks);
})();
