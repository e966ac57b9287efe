// data-criteria-table on a section: rows with the keyboard, selection, folding of groups, live shares, and the bar that acts on rows.
// The bar is an ordinary form; with scripts it acts on the selected rows, or on the row in focus, and keeps focus and selection.
(() => {
  const table = () => document.querySelector("[data-criteria-table]");
  const rows = () => [...document.querySelectorAll("[data-criteria-table] [data-row]")].filter((row) => row.offsetParent !== null);
  const boxes = () => [...document.querySelectorAll('[data-criteria-table] input[name="criteria"]')];
  const nameOf = (row) => row?.dataset.sortId || (row?.dataset.groupId && `group ${row.dataset.groupId}`);
  const byName = (name) => rows().find((row) => nameOf(row) === name);
  // Rows of a very long table that are not drawn yet: one row says how many, which and what they weigh.
  // Where the table is narrowed, such rows also stand for criteria that do not fit; those are never selected.
  const later = () => [...document.querySelectorAll("[data-criteria-table] [data-later]")];
  const idsLater = () => later().flatMap((row) => JSON.parse(row.dataset.wanted || row.dataset.ids));
  const HEIGHT = 80; // of a usual row, so that the page is about as long as it will be
  let everything = false;
  let anchor = null;
  let active = null;

  function focusRow(row) {
    if (!row) return;
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  function current() {
    const row = document.activeElement?.closest?.("[data-criteria-table] [data-row]") || (active && byName(active));
    return row || null;
  }

  function count() {
    const chosen = boxes().filter((box) => box.checked);
    boxes().forEach((box) => box.closest("tr").classList.toggle("chosen", box.checked));
    everything &&= chosen.length > 0 && chosen.length === boxes().length;
    const said = document.querySelector("[data-bar-count]");
    const selected = chosen.length + (everything ? idsLater().length : 0);
    if (said) said.textContent = selected ? `${selected} selected` : "Select criteria to change them together.";
    const all = document.querySelector("[data-all]");
    if (all) { all.checked = chosen.length > 0 && chosen.length === boxes().length; all.indeterminate = chosen.length > 0 && !all.checked; }
    document.querySelector("[data-criteria-table]")?.classList.toggle("choosing", chosen.length > 0);
  }

  function range(from, to, on) {
    const list = rows();
    const [low, high] = [list.indexOf(from), list.indexOf(to)].sort((a, b) => a - b);
    if (low < 0) return;
    list.slice(low, high + 1).forEach((row) => { const box = row.querySelector('input[name="criteria"]'); if (box) box.checked = on; });
  }

  // As the studio writes it: below one percent two digits that say something.
  const percent = (share) => {
    const shown = share * 100;
    if (shown > 0 && shown < 0.01) return "< 0.01\u00a0%";
    return `${shown < 1 ? Number(shown.toPrecision(2)) : Math.round(shown)}\u00a0%`;
  };

  function shares() {
    const waits = (row) => row.dataset.later !== undefined;
    const list = [...document.querySelectorAll("[data-criteria-table] [data-sort-id], [data-criteria-table] [data-later]")].filter((row) => row.dataset.factor || waits(row));
    const weights = list.map((row) => (waits(row) ? Number(row.dataset.weight) : Math.abs(Number(row.querySelector('input[name="weight"]')?.value || 0)) * Number(row.dataset.factor)));
    const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
    const top = Math.max(...list.map((row, index) => (waits(row) ? Number(row.dataset.top) : weights[index])), 0) || 1;
    let number = 0;
    const blocks = new Map([...document.querySelectorAll("[data-criteria-table] [data-block]")].map((block) => [block.dataset.block, block]));
    const sums = new Map();
    const counts = new Map();
    list.forEach((row, index) => {
      const size = waits(row) ? Number(row.dataset.count) : 1;
      number += size;
      if (!waits(row)) {
        row.querySelector("[data-share]").textContent = percent(weights[index] / total);
        row.querySelector(".bar i").className = `w-${Math.round((100 * weights[index]) / top)}`;
        row.querySelector("[data-number]").textContent = number;
        const pitfall = row.dataset.polarity === "negative" ? ", subtracted" : "";
        row.querySelector('input[name="weight"]')?.setAttribute("aria-label", `Weight of criterion ${number}${pitfall}`);
        row.querySelector('input[name="criteria"]')?.setAttribute("aria-label", `Select criterion ${number}`);
      }
      for (let name = row.closest("[data-block]")?.dataset.block, steps = 0; name && steps < 64; name = blocks.get(name)?.dataset.parent, steps += 1) {
        sums.set(name, (sums.get(name) || 0) + weights[index]);
        counts.set(name, (counts.get(name) || 0) + size);
      }
    });
    const gain = document.querySelector("[data-points-sum]");
    if (gain) gain.textContent = Number(list.reduce((sum, row) => sum + (waits(row) ? Number(row.dataset.gain) : row.dataset.polarity === "negative" ? 0 : Number(row.querySelector('input[name="weight"]')?.value || 0)), 0).toPrecision(6));
    blocks.forEach((block, name) => {
      const said = block.querySelector("[data-group-share]");
      if (said) said.textContent = percent((sums.get(name) || 0) / total);
      const number = block.querySelector("[data-group-count]");
      if (number) number.textContent = `${counts.get(name) || 0} criteria`;
    });
  }

  const foldKey = () => `studio:folded:${table().dataset.criteriaTable.split("@")[0]}`;
  const folded = () => new Set(JSON.parse(localStorage.getItem(foldKey()) || "[]"));

  function drawFolds() {
    if (!table()) return;
    const shut = folded();
    const hidden = new Set();
    document.querySelectorAll("[data-criteria-table] [data-block]").forEach((block) => {
      const under = hidden.has(block.dataset.parent) || shut.has(block.dataset.parent);
      if (under) hidden.add(block.dataset.block);
      block.hidden = under;
      block.classList.toggle("folded", shut.has(block.dataset.block));
      block.querySelector("[data-fold]")?.setAttribute("aria-expanded", String(!shut.has(block.dataset.block)));
    });
  }

  function fold(name, shut) {
    const known = folded();
    if (shut) known.add(name); else known.delete(name);
    localStorage.setItem(foldKey(), JSON.stringify([...known]));
    drawFolds();
  }

  // What was typed before is stored first, else the fresh table would show it as it was.
  async function send(form, submitter) {
    await window.studioSaving?.settled();
    // A step before this one may have brought a fresh table with a form of its own.
    const live = form.isConnected ? form : document.getElementById(form.id);
    const button = live === form ? submitter : live?.querySelector(`[name="${submitter.name}"][value="${submitter.value}"]`);
    if (!live || !button) return;
    const write = act(live, button);
    await (window.studioSaving?.during(write) || write);
  }

  async function act(form, submitter) {
    const body = new FormData(form, submitter);
    const row = current();
    if (everything) idsLater().forEach((name) => body.append("criteria", name));
    if (!body.getAll("criteria").length && row?.dataset.sortId) body.append("criteria", row.dataset.sortId);
    if (!body.getAll("criteria").length && row?.dataset.groupId) body.append("of_group", row.dataset.groupId);
    const list = rows();
    const chosen = body.getAll("criteria");
    const stays = (one) => !chosen.includes(one.dataset.sortId);
    const next = list.slice(list.indexOf(row) + 1).find(stays) || list.slice(0, Math.max(0, list.indexOf(row))).reverse().find(stays);
    const reply = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);
    if (!reply?.ok || reply.redirected) {
      const text = reply ? new DOMParser().parseFromString(await reply.text(), "text/html").body.textContent.trim().slice(0, 300) : "";
      document.dispatchEvent(new CustomEvent("studio:notice", { detail: { text: text || "Not stored: the studio did not answer. Try again.", tone: "r" } }));
      return;
    }
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector("#criteria");
    table().replaceWith(document.adoptNode(fresh));
    window.htmx?.process(fresh);
    document.dispatchEvent(new CustomEvent("studio:content"));
    document.body.dispatchEvent(new CustomEvent("rubric-changed", { bubbles: true }));
    stored();
    if (chosen.length > 1) boxes().forEach((box) => { box.checked = chosen.includes(box.value); });
    count();
    focusRow(byName(nameOf(row)) || byName(nameOf(next)) || rows()[0]);
  }

  // Undo waits for what is still being sent, so it can be pressed from the first change on; what was undone before is then gone.
  function stored() {
    const [undo, redo] = ["Mod+z", "Mod+y"].map((key) => document.querySelector(`[data-key~="${key}"]`));
    if (undo) Object.assign(undo, { disabled: false, title: "Undo the last change" });
    if (redo) Object.assign(redo, { disabled: true, title: "Nothing to redo" });
  }

  function keys(event) {
    if (event.defaultPrevented || event.isComposing || !table() || document.querySelector("dialog[open]")) return;
    const row = event.target.closest?.("[data-criteria-table] [data-row]");
    const box = event.target.matches?.('input[name="criteria"]');
    const inside = event.target.closest?.("[data-criteria-table]") || event.target === document.body;
    if (!inside || (event.target.matches("input, textarea, select, button, a, summary") && !box)) return;
    const list = rows();
    const at = list.indexOf(row || byName(active));
    const plain = !event.altKey && !event.ctrlKey && !event.metaKey;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a" && row) {
      boxes().forEach((one) => { one.checked = true; });
      everything = true;
    } else if (plain && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const way = event.key === "ArrowDown" ? "nextElementSibling" : "previousElementSibling";
      let beside = row?.[way];
      while (beside?.hidden) beside = beside[way];
      if (beside?.dataset.later !== undefined) { event.preventDefault(); beside.querySelector("a").click(); return; }
      const to = list[at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)))];
      if (event.shiftKey && row) { anchor ||= row; range(anchor, row, true); range(anchor, to, true); } else anchor = null;
      focusRow(to);
    } else if (plain && row?.dataset.groupId && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      fold(row.dataset.groupId, event.key === "ArrowLeft");
    } else if (plain && event.key === " " && row && !box) {
      const own = row.querySelector('input[name="criteria"]');
      if (own) own.checked = !own.checked;
    } else if (event.key === "Escape" && boxes().some((one) => one.checked)) {
      boxes().forEach((one) => { one.checked = false; });
    } else return;
    event.preventDefault();
    count();
  }

  document.addEventListener("keydown", keys);
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("[data-criteria-table] [data-row]");
    if (row) active = nameOf(row);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fold]");
    if (button) { const block = button.closest("[data-block]"); fold(block.dataset.block, !block.classList.contains("folded")); return; }
    if (event.target.matches("[data-all]")) { boxes().forEach((box) => { box.checked = event.target.checked; }); everything = event.target.checked; count(); return; }
    if (!event.target.matches('[data-criteria-table] input[name="criteria"]')) return;
    const row = event.target.closest("tr");
    if (event.shiftKey && anchor?.isConnected) range(anchor, row, event.target.checked);
    anchor = row;
    count();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "bulk-form" || event.defaultPrevented) return;
    event.preventDefault();
    send(event.target, event.submitter);
  });
  const start = () => { if (!table()) return; later().forEach((row) => { row.style.height = `${(row.dataset.shown || row.dataset.count) * HEIGHT}px`; }); if (everything) boxes().forEach((box) => { box.checked = true; }); drawFolds(); shares(); count(); const first = rows()[0]; if (first) first.tabIndex = 0; };
  document.addEventListener("studio:content", start);
  document.addEventListener("studio:shares", (event) => { shares(); if (event.detail !== "typing") stored(); });
  document.addEventListener("change", (event) => { if (event.target.closest?.("[data-criteria-table] form[data-autosave]")) stored(); });
  document.addEventListener("studio:row", (event) => focusRow(event.detail));
  start();
})();
