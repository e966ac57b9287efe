// #thread-panel[data-threads][data-marks]: rows of the table show how many discussions are open; C or a click opens them beside it.
(() => {
  const panel = () => document.getElementById("thread-panel");
  if (!panel()) return;
  let marks = {};
  let opener = null;
  let waiting = false;

  const keyOf = (row) => row.id.slice("criterion-row-".length);

  function draw() {
    waiting = false;
    document.querySelectorAll("#criteria tr[id^='criterion-row-']").forEach((row) => {
      const count = marks[keyOf(row)]?.[1] || 0;
      const old = row.querySelector("[data-thread-mark]");
      if (Number(old?.dataset.threadMark || 0) === count) return;
      old?.remove();
      const place = count && row.querySelector('[data-part="meta"]');
      if (!place) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "chip w";
      button.dataset.threadMark = count;
      button.textContent = count === 1 ? "1 open discussion" : `${count} open discussions`;
      place.append(button);
    });
  }

  async function refresh() {
    const reply = await fetch(panel().dataset.marks, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!reply?.ok || reply.redirected) return;
    marks = await reply.json();
    draw();
  }

  const criterionOf = (row) => row?.dataset.sortId || (row && marks[keyOf(row)]?.[0]) || "";

  function open(row) {
    const criterion = criterionOf(row);
    if (!criterion) return;
    opener = row;
    const url = `${panel().dataset.threads}?criterion=${encodeURIComponent(criterion)}`;
    htmx.ajax("GET", url, { target: "#thread-panel", swap: "outerHTML" }).then(() => panel().focus());
  }

  function close() {
    panel().hidden = true;
    panel().replaceChildren();
    opener?.focus();
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-threads]")) close();
    const mark = event.target.closest("[data-thread-mark]");
    if (mark) open(mark.closest("tr"));
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (event.key === "Escape" && event.target.closest("#thread-panel") && !event.defaultPrevented) close();
    if (event.key !== "c" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = event.target.closest("tr[id^='criterion-row-']");
    if (criterionOf(row)) { event.preventDefault(); open(row); }
  });
  document.body.addEventListener("threads-changed", refresh);
  new MutationObserver(() => {
    if (!waiting && Object.keys(marks).length) { waiting = true; requestAnimationFrame(draw); }
  }).observe(document.getElementById("main") || document.body, { childList: true, subtree: true });
  refresh();
})();
