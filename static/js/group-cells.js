// Groups of the criteria table: title and weight are typed in the group's row and saved by autosave.js; a group is dragged by [data-drag-group].
(() => {
  const forms = () => [...document.querySelectorAll("form[data-group-cell]")];
  const blockOf = (element) => element.closest("[data-block]");
  const blocks = () => [...document.querySelectorAll("[data-criteria-table] [data-block]")];
  const tell = (name) => document.body.dispatchEvent(new CustomEvent(name, { bubbles: true }));

  function within(block) {
    const names = new Set([block.dataset.block]);
    return blocks().filter((one) => { const inside = names.has(one.dataset.block) || names.has(one.dataset.parent); if (inside) names.add(one.dataset.block); return inside; });
  }

  // A group's weight multiplies what lies in it; the rows keep that factor.
  function saved() {
    for (const form of forms()) {
      const field = form.elements.weight;
      const was = Number(field.dataset.was ?? field.defaultValue);
      const now = Number(field.value);
      if (was === now || !field.checkValidity() || field.value === "") continue;
      field.dataset.was = now;
      if (!was) { tell("criteria-moved"); return; }
      within(blockOf(form)).forEach((block) => block.querySelectorAll("[data-factor]").forEach((row) => { row.dataset.factor = (Number(row.dataset.factor) * now) / was; }));
    }
    document.dispatchEvent(new CustomEvent("studio:shares"));
    tell("rubric-changed");
  }

  const commit = (form) => form.dispatchEvent(new Event("change"));
  const home = (form) => document.dispatchEvent(new CustomEvent("studio:row", { detail: form.closest("[data-row]") }));

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const form = event.target.closest?.("form[data-group-cell]");
    if (form && (event.key === "Enter" || event.key === "Escape")) {
      event.preventDefault();
      if (event.key === "Enter") commit(form);
      home(form);
    } else if (event.target.matches?.("[data-row][data-group-id]") && (event.key === "Enter" || event.key === "F2")) {
      event.preventDefault();
      const title = event.target.querySelector(".group-title");
      title.focus();
      title.select();
    }
  }, true);
  document.body.addEventListener("group-saved", saved);

  // The row of an empty group takes a group that is dropped on it; elsewhere Sortable finds the place.
  let goal = null;
  const emptyUnder = (event) => event.target.closest?.("[data-criteria-table] [data-empty-group]");

  function over(event) {
    const row = dragging ? emptyUnder(event) : null;
    goal?.classList.remove("drop-here");
    goal = row && !within(dragging).includes(blockOf(row)) && blockOf(row) !== dragging ? row : null;
    if (!goal) return;
    event.preventDefault();
    event.stopPropagation();
    goal.classList.add("drop-here");
  }
  let dragging = null;
  document.addEventListener("dragover", over, true);

  async function dropped(item, into) {
    await window.studioSaving?.settled();
    const inside = new Set(within(item).map((block) => block.dataset.block));
    let next = item.nextElementSibling;
    while (next && inside.has(next.dataset.block)) next = next.nextElementSibling;
    const body = new FormData();
    body.append("moved", item.dataset.block);
    if (into) body.append("into", into); else body.append("before", next?.dataset.block || "");
    const token = document.querySelector('meta[name="csrf-token"]').content;
    const write = fetch(item.closest("table").dataset.groupsUrl, { method: "POST", body, headers: { "X-CSRFToken": token, "HX-Request": "true" } }).catch(() => null);
    const reply = await (window.studioSaving?.during(write) || write);
    if (!reply?.ok) document.dispatchEvent(new CustomEvent("studio:notice", { detail: { text: "The group was not moved. Load the page again to see the stored order.", tone: "r" } }));
    tell("criteria-moved");
  }

  function bind() {
    document.querySelectorAll("table[data-groups-url]").forEach((table) => {
      if (table.dataset.groupsBound !== undefined) return;
      table.dataset.groupsBound = "";
      window.Sortable.create(table, {
        handle: "[data-drag-group]",
        draggable: "tbody[data-block]:not([data-block=''])",
        animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
        onStart: (event) => { dragging = event.item; table.classList.add("group-moves"); },
        onEnd: (event) => {
          const into = goal ? blockOf(goal).dataset.block : "";
          goal?.classList.remove("drop-here");
          table.classList.remove("group-moves");
          goal = dragging = null;
          if (into || event.oldIndex !== event.newIndex) dropped(event.item, into);
        },
      });
    });
  }
  document.addEventListener("studio:content", bind);
  bind();
})();
