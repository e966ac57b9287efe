// data-evidence="#input" on a passage: selecting text in it adds {start, end, text} to the hidden input as JSON and marks it.
// Offsets count Unicode code points, as Python does. A click on a mark takes it away; [data-evidence-clear] takes all.
(() => {
  const points = (text) => [...text].length;

  function offset(root, node, place) {
    const range = document.createRange();
    range.setStart(root, 0);
    range.setEnd(node, place);
    return points(range.toString());
  }

  const inputOf = (root) => document.querySelector(root.dataset.evidence);
  const read = (root) => JSON.parse(inputOf(root).value || "[]");

  function write(root, spans) {
    const input = inputOf(root);
    input.value = JSON.stringify(spans);
    draw(root, spans);
    input.dispatchEvent(new Event("change", { bubbles: true }));
    const said = document.querySelector("[data-evidence-count]");
    if (said) said.textContent = spans.length === 1 ? "1 passage marked" : `${spans.length} passages marked`;
  }

  function draw(root, spans) {
    const letters = [...root.textContent];
    root.replaceChildren();
    let position = 0;
    for (const span of [...spans].sort((a, b) => a.start - b.start)) {
      root.append(letters.slice(position, span.start).join(""));
      const mark = document.createElement("mark");
      mark.textContent = letters.slice(span.start, span.end).join("");
      mark.dataset.start = span.start;
      mark.title = "Click to take this mark away";
      root.append(mark);
      position = span.end;
    }
    root.append(letters.slice(position).join(""));
  }

  function take(root) {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    if (!root.contains(range.startContainer) || !root.contains(range.endContainer)) return;
    const start = offset(root, range.startContainer, range.startOffset);
    const end = offset(root, range.endContainer, range.endOffset);
    const text = [...root.textContent].slice(start, end).join("");
    if (!text.trim()) return;
    const others = read(root).filter((span) => span.end <= start || span.start >= end);
    selection.removeAllRanges();
    write(root, [...others, { start, end, text }].sort((a, b) => a.start - b.start));
  }

  document.addEventListener("mouseup", () => {
    const node = getSelection().anchorNode;
    const root = (node instanceof Element ? node : node?.parentElement)?.closest("[data-evidence]");
    if (root) take(root);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-evidence-take]")) document.querySelectorAll("[data-evidence]").forEach(take);
    const clear = event.target.closest("[data-evidence-clear]");
    if (clear) document.querySelectorAll("[data-evidence]").forEach((root) => write(root, []));
    const mark = event.target.closest("[data-evidence] mark");
    if (mark && getSelection().isCollapsed) {
      const root = mark.closest("[data-evidence]");
      write(root, read(root).filter((span) => span.start !== Number(mark.dataset.start)));
    }
  });
  document.querySelectorAll("[data-evidence]").forEach((root) => { if (read(root).length) draw(root, read(root)); });
})();
