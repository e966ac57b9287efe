// data-mistakes: what evidence-select.js marks in the answer becomes a list of errors, each with severity and kind.
// The hidden [data-mistakes-field] holds them as JSON; one without a place is added by [data-mistake-add].
(() => {
  const root = () => document.querySelector("[data-mistakes]");
  const field = () => root().querySelector("[data-mistakes-field]");
  const evidence = () => document.getElementById("evidence");
  const parse = (text) => { try { return JSON.parse(text || "[]"); } catch { return []; } };
  const same = (one, other) => one.start === other.start && one.end === other.end;
  let chosen = 0;

  function points(one) {
    const option = [...root().querySelector("template").content.querySelectorAll("[data-points]")].find((each) => each.value === one.category);
    const [major, minor] = (option?.dataset.points || "0 0").split(" ").map(Number);
    return one.severity === "Major" ? major : one.severity === "Minor" ? minor : 0;
  }

  function write(found, quietly) {
    field().value = JSON.stringify(found);
    chosen = Math.max(0, Math.min(chosen, found.length - 1));
    draw(found);
    if (found.length) {
      const clean = document.querySelector('[name="choice"][value="clean"]');
      if (clean) clean.checked = false;
    }
    if (!quietly) field().dispatchEvent(new Event("change", { bubbles: true }));
  }

  function draw(found) {
    const list = root().querySelector("[data-mistakes-list]");
    const held = document.activeElement?.closest("[data-mistakes-list]") ? [document.activeElement.dataset.mistake, chosen] : null;
    const rows = found.map((one, n) => {
      const row = root().querySelector("template").content.firstElementChild.cloneNode(true);
      row.dataset.row = n;
      row.classList.toggle("on", n === chosen);
      row.querySelector("q").textContent = one.start === undefined || one.start === null ? "the whole answer" : one.text || "";
      for (const select of row.querySelectorAll("select")) {
        select.value = one[select.dataset.mistake] || "";
        select.setAttribute("aria-label", `${select.dataset.mistake === "severity" ? "Severity" : "Kind"} of error ${n + 1}`);
        if (n === chosen && select.dataset.mistake === "category") Object.assign(select.dataset, { key: "c", keyLabel: "kind of the chosen error" });
      }
      const drop = row.querySelector("[data-mistake-drop]");
      const words = document.createElement("span");
      words.className = "sr";
      words.textContent = ` error ${n + 1}`;
      drop.append(words);
      return row;
    });
    list.replaceChildren(...rows);
    if (held?.[0]) list.querySelector(`[data-row="${held[1]}"] [data-mistake="${held[0]}"]`)?.focus();
    const score = found.reduce((sum, one) => sum + points(one), 0);
    const open = found.filter((one) => !one.category).length;
    root().querySelector("[data-mistakes-said]").textContent = !found.length ? "No error is marked."
      : `${found.length} ${found.length === 1 ? "error" : "errors"}, score ${score ? "−" : ""}${Number(score.toFixed(1))}${open ? `; ${open} without a kind` : ""}`;
    tone(found);
  }

  function tone(found) {
    document.querySelectorAll("[data-evidence] mark").forEach((mark) => {
      const one = found.find((each) => each.start === Number(mark.dataset.start));
      mark.classList.toggle("r", one?.severity === "Major");
    });
  }

  // What is marked in the answer and what is listed are one.
  function take() {
    const known = parse(field().value);
    const spans = parse(evidence()?.value);
    const placed = spans.map((span) => known.find((one) => same(one, span)) || { ...span, severity: "Minor", category: "" });
    const fresh = placed.findIndex((one) => !known.some((each) => same(each, one)));
    const found = [...placed, ...known.filter((one) => one.start === undefined || one.start === null)];
    if (fresh >= 0) chosen = fresh;
    write(found);
  }

  function unmark(one) {
    const input = evidence();
    input.value = JSON.stringify(parse(input.value).filter((span) => !same(span, one)));
    document.dispatchEvent(new CustomEvent("studio:fill"));
  }

  function begin() {
    if (!root()) return;
    chosen = 0;
    const found = parse(field().value);
    const placed = found.filter((one) => one.start !== undefined && one.start !== null);
    if (placed.length && !parse(evidence()?.value).length) {
      evidence().value = JSON.stringify(placed.map(({ start, end, text }) => ({ start, end, text })));
    }
    write(found, true);
  }

  document.addEventListener("change", (event) => {
    if (!root()) return;
    if (event.target === evidence()) take();
    const select = event.target.closest("[data-mistakes-list] select");
    if (!select) return;
    const found = parse(field().value);
    chosen = Number(select.closest("[data-row]").dataset.row);
    found[chosen][select.dataset.mistake] = select.value;
    write(found);
  });
  document.addEventListener("click", (event) => {
    if (!root()) return;
    const found = parse(field().value);
    const severity = event.target.closest("[data-mistake-severity]");
    if (severity && found[chosen]) { found[chosen].severity = severity.dataset.mistakeSeverity; write(found); }
    if (event.target.closest("[data-mistake-add]")) {
      chosen = found.length;
      write([...found, { severity: "Minor", category: "" }]);
      root().querySelector(`[data-row="${chosen}"] [data-mistake="category"]`)?.focus();
    }
    const row = event.target.closest("[data-mistakes-list] [data-row]");
    if (!row) return;
    const place = Number(row.dataset.row);
    if (event.target.closest("[data-mistake-drop]")) {
      const [one] = found.splice(place, 1);
      write(found);
      if (one.start !== undefined && one.start !== null) unmark(one);
    } else if (place !== chosen && !event.target.closest("select")) { chosen = place; write(found, true); }
  });
  document.addEventListener("studio:content", begin);
  document.addEventListener("studio:fill", () => { if (root()) setTimeout(() => { write(parse(field().value), true); }); });
  begin();
})();
