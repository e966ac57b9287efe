// data-evidence="#input" on a passage: selecting text in it adds {start, end, text} to the hidden input as JSON and marks it.
// Offsets count Unicode code points, as Python does. A click on a mark takes it away; [data-evidence-clear] takes all.
// From the keys: [data-evidence-step="1|-1"] goes through the sentences, [data-evidence-sentence] marks the one reached, or takes it away.
(() => {
  const points = (text) => [...text].length;
  const inputOf = (root) => document.querySelector(root.dataset.evidence);
  const roots = () => [...document.querySelectorAll("[data-evidence]")].filter(inputOf);
  const read = (root) => { try { return JSON.parse(inputOf(root).value || "[]"); } catch { return []; } };

  function offset(root, node, place) {
    const range = document.createRange();
    range.setStart(root, 0);
    range.setEnd(node, place);
    return points(range.toString());
  }

  function write(root, spans) {
    const input = inputOf(root);
    input.value = JSON.stringify(spans);
    draw(root, spans);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // Each text node under the root with where it begins, in UTF-16 units.
  function nodesOf(root) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const nodes = [];
    for (let begin = 0, node = walker.nextNode(); node; node = walker.nextNode()) {
      nodes.push({ node, begin });
      begin += node.data.length;
    }
    return nodes;
  }

  function rangesOf(root, start, end) {
    return nodesOf(root).filter(({ node, begin }) => begin < end && begin + node.data.length > start).map(({ node, begin }) => {
      const range = document.createRange();
      range.setStart(node, Math.max(0, start - begin));
      range.setEnd(node, Math.min(node.data.length, end - begin));
      return range;
    });
  }

  function draw(root, spans) {
    root.querySelectorAll("mark").forEach((mark) => mark.replaceWith(...mark.childNodes));
    root.normalize();
    const letters = [...root.textContent];
    for (const span of [...spans].sort((a, b) => b.start - a.start)) {
      const start = letters.slice(0, span.start).join("").length;
      const end = start + letters.slice(span.start, span.end).join("").length;
      for (const range of rangesOf(root, start, end)) {
        const mark = document.createElement("mark");
        mark.dataset.start = span.start;
        mark.title = "Click to take this mark away";
        range.surroundContents(mark);
      }
    }
    say(spans);
  }

  function say(spans) {
    const said = document.querySelector("[data-evidence-count]");
    if (said) said.textContent = !spans.length ? "no passage marked" : spans.length === 1 ? "1 passage marked" : `${spans.length} passages marked`;
  }

  function add(root, start, end) {
    const text = [...root.textContent].slice(start, end).join("");
    if (!text.trim()) return;
    const others = read(root).filter((span) => span.end <= start || span.start >= end);
    write(root, [...others, { start, end, text }].sort((a, b) => a.start - b.start));
  }

  function take(root) {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    if (!root.contains(range.startContainer) || !root.contains(range.endContainer)) return;
    const [start, end] = [offset(root, range.startContainer, range.startOffset), offset(root, range.endContainer, range.endOffset)];
    selection.removeAllRanges();
    add(root, start, end);
  }

  // Sentences of a passage, in UTF-16 units, without the blanks around them.
  function sentencesOf(root) {
    const text = root.textContent;
    const parts = Intl.Segmenter
      ? [...new Intl.Segmenter(undefined, { granularity: "sentence" }).segment(text)].map((part) => [part.index, part.segment])
      : [...text.matchAll(/[^.!?\n]+[.!?\n]*/g)].map((found) => [found.index, found[0]]);
    return parts.flatMap(([begin, said]) => {
      const bare = said.trim();
      return bare ? [{ start: begin + said.indexOf(bare), end: begin + said.indexOf(bare) + bare.length }] : [];
    });
  }

  let at = null; // { root, number, sentences }
  function step(by) {
    if (!at?.root.isConnected) {
      const root = roots()[0];
      if (!root) return;
      at = { root, number: -1, sentences: sentencesOf(root) };
    }
    const number = at.number < 0 && by < 0 ? at.sentences.length - 1 : at.number + by;
    at.number = Math.max(0, Math.min(at.sentences.length - 1, number));
    show();
  }

  function show() {
    const place = at.sentences[at.number];
    if (!place) return;
    const ranges = rangesOf(at.root, place.start, place.end);
    if (window.Highlight) CSS.highlights.set("sentence", new Highlight(...ranges));
    const box = ranges[0].getBoundingClientRect();
    const holder = at.root.closest(".doc") || document.documentElement;
    const frame = holder.getBoundingClientRect();
    if (box.top < frame.top || box.bottom > frame.bottom) holder.scrollBy({ top: box.top - frame.top - frame.height / 3 });
    const said = document.querySelector("[data-evidence-at]");
    if (said) said.textContent = `sentence ${at.number + 1} of ${at.sentences.length}: ${at.root.textContent.slice(place.start, place.end).slice(0, 80)}`;
  }

  function sentence() {
    if (!at?.root.isConnected || at.number < 0) step(1);
    const place = at?.sentences[at.number];
    if (!place) return;
    const text = at.root.textContent;
    const [start, end] = [points(text.slice(0, place.start)), points(text.slice(0, place.end))];
    const spans = read(at.root);
    const same = spans.find((span) => span.start === start && span.end === end);
    if (same) write(at.root, spans.filter((span) => span !== same)); else add(at.root, start, end);
    show();
  }

  document.addEventListener("mouseup", () => {
    const node = getSelection().anchorNode;
    const root = (node instanceof Element ? node : node?.parentElement)?.closest("[data-evidence]");
    if (root) take(root);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-evidence-take]")) roots().forEach(take);
    if (event.target.closest("[data-evidence-clear]")) roots().forEach((root) => write(root, []));
    const stepping = event.target.closest("[data-evidence-step]");
    if (stepping) step(Number(stepping.dataset.evidenceStep));
    if (event.target.closest("[data-evidence-sentence]")) sentence();
    const mark = event.target.closest("[data-evidence] mark");
    if (mark && getSelection().isCollapsed) {
      const root = mark.closest("[data-evidence]");
      write(root, read(root).filter((span) => span.start !== Number(mark.dataset.start)));
    }
  });
  const drawAll = () => roots().forEach((root) => { if (read(root).length || root.querySelector("mark")) draw(root, read(root)); });
  drawAll();
  document.addEventListener("studio:content", () => { if (at && !at.root.isConnected) { at = null; if (window.Highlight) CSS.highlights.delete("sentence"); } drawAll(); });
  document.addEventListener("studio:fill", drawAll);
})();
