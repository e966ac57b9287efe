// Cells of the criteria table: F2, Enter or a double click edits the text in its row, a click a chip; Tab goes on to the next field.
// A cell is a small data-autosave form made from #cell-fields, so it saves, keeps and conflicts as every form does; "criterion-saved" redraws the row.
(() => {
  const ORDER = ["text", "weight", "tier", "polarity", "kind", "gate", "evidence", "group", "dimension", "scenario", "discipline"];
  const PARTS = { text: "text", weight: "wt", anchors: "levels" };
  const GATE = ["gate_when", "gate_value", "gate_effect", "gate_floor"];
  const LETTERS = { i: "tier", p: "polarity", k: "kind", g: "gate", h: "anchors" };
  const levelsOf = (row) => JSON.parse(row.dataset.levels || "[]");
  const fieldNames = (name, row) => (name === "gate" ? GATE : name === "anchors" ? levelsOf(row).map((_, n) => `anchor_${n}`) : [name]);
  const cellOf = (field) => (GATE.includes(field.name) ? "gate" : /^anchor_\d+$/.test(field.name) ? "anchors" : field.name);
  const token = () => document.querySelector('meta[name="csrf-token"]').content;
  const partOf = (row, name) => row.querySelector(`[data-part="${PARTS[name] || "meta"}"]`);
  const rowOf = (element) => element.closest?.("[data-criteria-table] [data-sort-id]");
  const formsOf = (row) => [...row.querySelectorAll("form.cell-form")];

  function valueOf(row, name) {
    if (name === "text") return row.querySelector(".row-link").textContent;
    if (name.startsWith("anchor_")) return levelsOf(row)[Number(name.slice(7))]?.anchor ?? "";
    if (GATE.includes(name)) return (row.dataset.gate || "").split("|")[GATE.indexOf(name)] || (name === "gate_effect" ? "limit" : "");
    return row.dataset[name] || "";
  }

  function shell(row, name) {
    const form = document.createElement("form");
    form.className = "cell-form";
    form.method = "post";
    form.action = row.dataset.cellUrl;
    form.dataset.autosave = `${document.querySelector("[data-criteria-table]").dataset.criteriaTable}-${row.dataset.sortId}-${name}`;
    form.dataset.autosaveEvent = "criterion-saved";
    for (const [key, value] of [["csrfmiddlewaretoken", token()], ["revision", row.dataset.revision]]) {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name: key, value });
      form.append(input);
    }
    return form;
  }

  function open(row, name) {
    if (name === "weight") { const input = row.querySelector('input[name="weight"]'); input.focus(); input.select(); return; }
    const part = partOf(row, name);
    const names = fieldNames(name, row);
    if (!part || !names.length) return;
    if (name === "anchors") part.open = true;
    let form = formsOf(row).find((one) => one.elements[names[0]]);
    if (!form) {
      form = shell(row, name);
      form.classList.toggle("anchors", name === "anchors");
      names.forEach((one, n) => form.append(name === "anchors" ? anchorLabel(row, n) : fieldLabel(row, one, name !== "text" && n === 0)));
      if (name === "text") part.classList.add("editing");
      part.append(form);
      document.dispatchEvent(new CustomEvent("studio:content"));
    }
    const field = form.elements[names[0]];
    field.focus();
    if (name === "anchors") {
      form.querySelectorAll("textarea").forEach(grow);
      [form, field].forEach((part) => part.scrollIntoView({ block: "nearest" }));
    }
    if (name === "text") { field.setSelectionRange(field.value.length, field.value.length); grow(field); }
  }

  function fieldLabel(row, name, shown) {
    const source = document.getElementById("cell-fields").content.querySelector(`[name="${name}"]`).closest("label");
    const label = source.cloneNode(true);
    const field = label.querySelector(`[name="${name}"]`);
    field.removeAttribute("required");
    label.firstChild.textContent = "";
    field.setAttribute("aria-label", source.firstChild.textContent.trim());
    if (shown) { const said = document.createElement("span"); said.className = "small muted"; said.textContent = source.firstChild.textContent.trim(); label.prepend(said); }
    field.value = valueOf(row, name);
    field.defaultValue = field.value;
    if (name === "text") field.dir = "auto";
    return label;
  }

  function anchorLabel(row, n) {
    const label = document.createElement("label");
    const said = document.createElement("span");
    Object.assign(said, { className: "small muted", textContent: `Anchor of “${levelsOf(row)[n].label}”` });
    const field = document.createElement("textarea");
    Object.assign(field, { name: `anchor_${n}`, rows: 1, maxLength: 20000, dir: "auto", value: valueOf(row, `anchor_${n}`) });
    field.defaultValue = field.value;
    label.append(said, field);
    return label;
  }

  function grow(field) { field.style.height = "auto"; field.style.height = `${field.scrollHeight + 2}px`; }

  // The weight input stands in the row; it gets its form when somebody enters it.
  function wrapWeight(input) {
    const row = rowOf(input);
    if (!row || input.form) return;
    const form = shell(row, "weight");
    const holder = input.closest(".btn-row");
    holder.replaceWith(form);
    form.append(holder);
    input.focus();
    input.dataset.was = input.value;
    document.dispatchEvent(new CustomEvent("studio:content"));
  }

  const fieldsOf = (form) => [...form.elements].filter((field) => [...ORDER, "anchors"].includes(cellOf(field)));
  const fieldOf = (form) => fieldsOf(form)[0];
  const before = (form, field) => (field.name === "weight" ? field.dataset.was : valueOf(rowOf(form), field.name));
  const changed = (form) => fieldsOf(form).some((field) => field.value !== before(form, field));

  function close(form) {
    const field = fieldOf(form);
    if (!field || field.name === "weight") return;
    if (changed(form)) return; // stays until it is stored
    form.parentElement?.classList.remove("editing");
    form.remove();
  }

  async function redraw(row) {
    const reply = await fetch(row.dataset.cellUrl, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!reply?.ok || !row.isConnected) return;
    const fresh = new DOMParser().parseFromString(`<table>${await reply.text()}</table>`, "text/html").querySelector("tr");
    if (!fresh) return;
    const inside = document.activeElement;
    for (const name of ["revision", "tier", "kind", "polarity", "evidence", "gate", "group", "factor", "dimension", "scenario", "discipline", "levels"]) {
      if (fresh.dataset[name] === undefined) delete row.dataset[name]; else row.dataset[name] = fresh.dataset[name];
    }
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const old = row.querySelector(`[data-part="${part.dataset.part}"]`);
      if (!old || (old.contains(inside) && inside.matches("input, textarea, select"))) continue;
      if (old.open) part.open = true;
      old.replaceWith(document.adoptNode(part));
    }
    // A kind that was changed has levels now, or none any more.
    const [levels, shown] = [fresh.querySelector('[data-part="levels"]'), row.querySelector('[data-part="levels"]')];
    if (levels && !shown) partOf(row, "tier").after(document.adoptNode(levels));
    if (shown && !fresh.dataset.levels && !shown.contains(document.activeElement)) shown.remove();
    window.htmx?.process(row);
    formsOf(row).forEach((form) => { form.elements.revision.value = row.dataset.revision; });
    document.dispatchEvent(new CustomEvent("studio:shares"));
    document.body.dispatchEvent(new CustomEvent("rubric-changed", { bubbles: true }));
  }

  // Two cells of a row never send at once: the second waits until the first has the new revision.
  function saved() {
    document.querySelectorAll("[data-criteria-table] [data-sort-id]").forEach((row) => {
      const fresh = formsOf(row).find((form) => form.elements.revision.value !== row.dataset.revision);
      if (!fresh) return;
      row.dataset.revision = fresh.elements.revision.value;
      formsOf(row).forEach((form) => { form.elements.revision.value = row.dataset.revision; });
      const field = fieldOf(fresh);
      if (field.name === "weight") field.dataset.was = field.value;
      redraw(row);
    });
  }

  function commit(form) {
    const field = fieldOf(form);
    if (changed(form)) field.dispatchEvent(new Event("change", { bubbles: true }));
    close(form);
  }

  const home = (row) => document.dispatchEvent(new CustomEvent("studio:row", { detail: row }));

  // The text of a new row waits in this browser until it is stored, and is put back into a row of its own.
  const keptRow = () => `studio-kept:row:${document.querySelector("[data-criteria-table]").dataset.criteriaTable}`;
  const keepRow = (row) => window.studioKept?.write(keptRow(), row && { text: row.querySelector("textarea").value, after: row.dataset.after, in: row.dataset.in });

  function putBack() {
    if (!document.querySelector("[data-criteria-table]") || document.querySelector("tr.new-row")) return;
    const found = window.studioKept?.read(keptRow());
    if (!found?.text) return;
    const rows = [...document.querySelectorAll("[data-criteria-table] [data-sort-id]")];
    const row = newRow(rows.find((one) => one.dataset.sortId === found.after) || rows.pop(), false);
    const field = row?.querySelector("textarea");
    if (!field) { window.studioKept.write(keptRow(), null); document.dispatchEvent(new CustomEvent("studio:notice", { detail: { text: `This browser kept the text of a new criterion: ${found.text}`, tone: "w" } })); return; }
    field.value = found.text;
    grow(field);
    const note = document.createElement("p");
    Object.assign(note, { className: "small muted", textContent: "Put back from this browser; Enter stores it." });
    field.after(note);
  }

  function newRow(after, focus = true) {
    document.querySelector("tr.new-row")?.remove();
    const row = document.createElement("tr");
    row.className = "new-row";
    row.innerHTML = '<td class="n">+</td><td colspan="2"><textarea rows="1" dir="auto" maxlength="20000" aria-label="New criterion" placeholder="Write a criterion; Enter stores it and opens the next"></textarea></td>';
    row.dataset.after = after?.dataset.sortId || "";
    row.dataset.in = after?.closest("[data-block]")?.dataset.block || "";
    const body = after?.closest("tbody") || document.querySelector("[data-criteria-table] tbody");
    if (after) after.after(row); else if (body) body.append(row); else return null;
    if (focus) {
      row.querySelector("textarea").focus();
      row.scrollIntoView({ block: "nearest" });
    }
    return row;
  }

  async function storeNew(row, goOn) {
    const field = row.querySelector("textarea");
    const text = field.value.trim();
    if (!text) { const above = row.previousElementSibling; row.remove(); keepRow(null); home(above); return; }
    if (field.readOnly) return;
    const pairs = [["text", text], ["after", row.dataset.after], ["group", row.dataset.in]];
    field.readOnly = true;
    const url = document.querySelector("[data-criteria-table]").dataset.insertUrl;
    const reply = await window.studioSaving.during(window.studioSaving.post(url, pairs));
    field.readOnly = false;
    if (!reply?.ok || reply.redirected) {
      const out = reply?.redirected || reply?.status === 401;
      const why = out ? "you are signed out. Sign in in another tab, then press Enter." : "the studio did not take it. Press Enter to try again.";
      document.dispatchEvent(new CustomEvent("studio:notice", { detail: { text: `The new criterion is not stored: ${why} Its text stays in the row and in this browser.`, tone: "r" } }));
      return;
    }
    keepRow(null);
    const fresh = new DOMParser().parseFromString(`<table>${await reply.text()}</table>`, "text/html").querySelector("tr");
    const made = document.adoptNode(fresh);
    row.replaceWith(made);
    window.htmx?.process(made);
    document.dispatchEvent(new CustomEvent("studio:shares"));
    document.body.dispatchEvent(new CustomEvent("rubric-changed", { bubbles: true }));
    if (goOn) newRow(made); else home(made);
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || !document.querySelector("[data-criteria-table]")) return;
    const fresh = event.target.closest?.("tr.new-row");
    if (fresh) {
      if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); storeNew(fresh, true); }
      else if (event.key === "Escape") { event.preventDefault(); storeNew(fresh, false); }
      return;
    }
    const row = rowOf(event.target);
    const form = event.target.closest?.("form.cell-form");
    if (row && form) {
      const name = cellOf(fieldOf(form));
      const place = fieldsOf(form)[fieldsOf(form).indexOf(event.target) + (event.shiftKey ? -1 : 1)];
      if (event.key === "Escape") { event.preventDefault(); fieldsOf(form).forEach((field) => { field.value = before(form, field); }); close(form); home(row); }
      else if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); commit(form); home(row); }
      else if (event.key === "Tab" && !place) {
        const next = name !== "anchors" && ORDER[ORDER.indexOf(name) + (event.shiftKey ? -1 : 1)];
        if (!next) return;
        event.preventDefault();
        commit(form);
        open(row, next);
      }
      return;
    }
    if (row === event.target && !event.ctrlKey && !event.metaKey && !event.altKey && (event.key === "Enter" || event.key === "F2")) { event.preventDefault(); open(row, "text"); }
    else if (row && row === event.target && !event.ctrlKey && !event.metaKey && !event.altKey && LETTERS[event.key]) { event.preventDefault(); open(row, LETTERS[event.key]); }
  }, true);

  document.addEventListener("focusin", (event) => { if (event.target.matches?.('[data-criteria-table] input[name="weight"]')) wrapWeight(event.target); });
  document.addEventListener("focusout", (event) => {
    const form = event.target.closest?.("form.cell-form");
    if (form && !form.contains(event.relatedTarget)) setTimeout(() => form.isConnected && !form.contains(document.activeElement) && close(form), 0);
  });
  document.addEventListener("submit", (event) => { if (event.target.matches("form.cell-form")) { event.preventDefault(); event.stopImmediatePropagation(); commit(event.target); } }, true);
  document.addEventListener("input", (event) => { if (event.target.matches(".cell-form textarea, .new-row textarea")) grow(event.target); if (event.target.matches(".new-row textarea")) keepRow(event.target.closest("tr")); });
  document.addEventListener("dblclick", (event) => { const row = rowOf(event.target); if (row && !event.target.closest("form, a, button, input")) open(row, "text"); });
  document.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-criteria-table] [data-cell]");
    if (cell) open(rowOf(cell), cell.dataset.cell);
    if (event.target.closest("[data-new-row]")) {
      const row = document.activeElement?.closest?.("[data-row]") || document.querySelector("[data-row][data-last]");
      newRow(row || [...document.querySelectorAll("[data-criteria-table] [data-sort-id]")].pop());
    }
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("[data-row]");
    if (!row) return;
    document.querySelectorAll("[data-row][data-last]").forEach((one) => delete one.dataset.last);
    row.dataset.last = "";
  });
  // Several lines pasted into the table, a new row or the add box are read as a list or spreadsheet rows, with a preview.
  document.addEventListener("paste", (event) => {
    const button = document.getElementById("paste-preview");
    const text = event.clipboardData?.getData("text/plain") || "";
    const place = event.target.closest?.("tr.new-row, #criterion-add, [data-criteria-table]");
    const editing = event.target.closest?.("form.cell-form, input, select");
    if (!button || !place || editing || !text.trim().includes("\n")) return;
    event.preventDefault();
    button.form.elements.texts.value = text;
    button.form.requestSubmit(button);
  });
  document.body.addEventListener("criterion-saved", saved);
  document.addEventListener("studio:content", putBack);
  putBack();
})();
