// Forms of a rubric: data-rows holds rows that are added, moved and taken away, numbered as Django counts them;
// data-for-kind shows only what the chosen kind needs. Loaded before autosave.js, which keeps what the rows say.
(() => {
  const listOf = (box) => box.querySelector("[data-rows-list]");
  const rowsOf = (box) => [...listOf(box).querySelectorAll(":scope > [data-rows-row]")];
  const inputs = (row) => [...row.querySelectorAll("input, select, textarea")];
  const part = (row, name) => inputs(row).find((input) => input.name.endsWith(`-${name}`));
  const total = (box) => box.querySelector('[name$="-TOTAL_FORMS"]');

  function say(box, text) {
    const place = box.querySelector("[data-rows-said]");
    if (place) place.textContent = text;
  }

  function number(box) {
    rowsOf(box).forEach((row, n) => {
      for (const element of row.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
        for (const name of ["name", "id", "for", "aria-describedby"]) {
          const said = element.getAttribute(name);
          if (said) element.setAttribute(name, said.replace(new RegExp(`(${box.id}-)(?:\\d+|__prefix__)(?=-)`, "g"), `$1${n}`));
        }
      }
      const what = box.dataset.rows;
      row.setAttribute("role", "group");
      row.setAttribute("aria-label", `${what} ${n + 1}`);
    });
    total(box).value = rowsOf(box).length;
    box.querySelector("[data-rows-add]").disabled = rowsOf(box).length >= Number(box.dataset.rowsMost);
  }

  const changed = (box) => listOf(box).dispatchEvent(new Event("change", { bubbles: true }));

  const numbers = (box) => rowsOf(box).map((row) => Number(part(row, "value").value));
  const tidy = (value) => String(Number(value.toFixed(4)));
  const even = (count) => [...Array(count)].map((_, n) => (count > 1 ? n / (count - 1) : 1));
  const areEven = (values) => even(values.length).every((value, n) => Math.abs(value - values[n]) < 0.006);

  function space(box) {
    const values = even(rowsOf(box).length);
    rowsOf(box).forEach((row, n) => { part(row, "value").value = tidy(values[n]); });
  }

  function grow(box, after) {
    const row = box.querySelector("template").content.firstElementChild.cloneNode(true);
    delete row.dataset.blank;
    if (after) after.after(row); else listOf(box).append(row);
    number(box);
    return row;
  }

  function add(box, after) {
    if (rowsOf(box).length >= Number(box.dataset.rowsMost)) return;
    const before = box.dataset.rows === "level" ? numbers(box) : [];
    const row = grow(box, after);
    if (box.dataset.rows === "level") {
      const label = part(row, "label");
      const taken = new Set(rowsOf(box).map((one) => part(one, "label").value));
      let n = rowsOf(box).length;
      while (taken.has(`level ${n}`)) n += 1;
      label.value = `level ${n}`;
      if (before.length < 2 || areEven(before)) { space(box); say(box, "Added; values spaced evenly again."); } else {
        part(row, "value").value = tidy(rowsOf(box).indexOf(row) === before.length ? before.at(-1) : (numbers(box)[rowsOf(box).indexOf(row) - 1] + numbers(box)[rowsOf(box).indexOf(row) + 1]) / 2);
        say(box, "Added; say which value it has.");
      }
      label.focus();
      label.select();
      changed(box);
    } else inputs(row).find((input) => input.type !== "hidden").focus();
  }

  function remove(box, row) {
    const list = rowsOf(box);
    const at = list.indexOf(row);
    const values = box.dataset.rows === "level" ? numbers(box) : [];
    row.remove();
    number(box);
    if (values.length > 2 && areEven(values)) space(box);
    say(box, `${box.dataset.rows} ${at + 1} taken away`);
    const next = rowsOf(box)[Math.min(at, rowsOf(box).length - 1)];
    (next?.querySelector("[data-rows-remove]") || box.querySelector("[data-rows-add]")).focus();
    changed(box);
  }

  // The values stay as they are; the levels move along them.
  function move(box, row, way, focused) {
    const list = rowsOf(box);
    const other = list[list.indexOf(row) + way];
    if (!other) return;
    const values = box.dataset.rows === "level" ? list.map((one) => part(one, "value").value) : [];
    if (way < 0) other.before(row); else other.after(row);
    rowsOf(box).forEach((one, n) => { if (values.length) part(one, "value").value = values[n]; });
    number(box);
    focused?.focus();
    say(box, `now ${box.dataset.rows} ${rowsOf(box).indexOf(row) + 1} of ${list.length}`);
    changed(box);
  }

  document.addEventListener("click", (event) => {
    const box = event.target.closest?.("[data-rows]");
    const button = box && event.target.closest("button");
    if (!button) return;
    const row = button.closest("[data-rows-row]");
    if (button.matches("[data-rows-add]")) add(box);
    else if (button.matches("[data-rows-even]")) { space(box); say(box, "values spaced evenly"); changed(box); }
    else if (button.matches("[data-rows-remove]")) remove(box, row);
    else if (button.matches("[data-rows-move]")) move(box, row, Number(button.dataset.rowsMove), button);
  });

  document.addEventListener("keydown", (event) => {
    const row = event.target.closest?.("[data-rows-row]");
    const box = row?.closest("[data-rows]");
    if (!box || event.isComposing || !event.target.matches("input, textarea, select")) return;
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) move(box, row, event.key === "ArrowUp" ? -1 : 1, event.target);
    else if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey && event.target.matches("input")) {
      const next = rowsOf(box)[rowsOf(box).indexOf(row) + 1];
      if (next) part(next, event.target.name.split("-").pop()).focus(); else add(box);
    } else return;
    event.preventDefault();
  });

  // Text that comes back from this browser may have more or fewer rows than the page.
  document.addEventListener("studio:fill", (event) => {
    event.target.querySelectorAll("[data-rows]").forEach((box) => {
      const said = event.detail.find(([name]) => name === total(box).name);
      if (!said) return;
      const wanted = Math.min(Number(said[1]) || 0, Number(box.dataset.rowsMost));
      while (rowsOf(box).length < wanted) grow(box);
      rowsOf(box).slice(wanted).forEach((row) => row.remove());
      number(box);
    });
  });

  function showKind(form) {
    const kind = form.querySelector('select[name$="-kind"]')?.value;
    form.querySelectorAll("[data-for-kind]").forEach((box) => {
      const kinds = box.dataset.forKind.split(" ");
      box.hidden = !kinds.includes(kind);
      if (kinds[0] === kind) box.open = true;
    });
  }

  document.addEventListener("change", (event) => { if (event.target.matches?.('form[data-criterion] select[name$="-kind"]')) showKind(event.target.form); });

  function start() {
    document.querySelectorAll("[data-rows]").forEach((box) => {
      // The spare row at the end is for browsers without scripts.
      const least = Number(box.dataset.rowsLeast) || 0;
      rowsOf(box).slice(least).filter((row) => row.dataset.blank !== undefined && inputs(row).every((input) => !input.value)).forEach((row) => row.remove());
      number(box);
    });
    document.querySelectorAll("form[data-criterion]").forEach(showKind);
  }
  document.addEventListener("studio:content", start);
  start();
})();
