// Long and marked-up answers: [data-render] shows one as its Markdown reads and back, [data-unfold] shows all of a folded one,
// [data-find-in] finds words in it; Enter goes to the next place.
(() => {
  const off = (name) => window.Highlight && CSS.highlights.delete(name);

  async function toggle(button) {
    const text = document.querySelector(button.dataset.renderOf);
    let rendered = text.nextElementSibling?.matches(".rendered") ? text.nextElementSibling : null;
    if (!rendered) {
      const reply = await fetch(button.dataset.render, { headers: { "HX-Request": "true" } }).catch(() => null);
      if (!reply?.ok || reply.redirected) { document.dispatchEvent(new CustomEvent("studio:notice", { detail: { text: "The answer could not be rendered. It is shown as written.", tone: "w" } })); return; }
      rendered = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector(".rendered");
      text.after(document.adoptNode(rendered));
    } else rendered.hidden = !rendered.hidden;
    text.hidden = !rendered.hidden;
    button.setAttribute("aria-pressed", String(!rendered.hidden));
  }

  function unfold(selector) {
    document.querySelector(selector)?.classList.remove("folded");
    document.querySelector(`[data-unfold="${selector}"]`)?.remove();
  }

  let found = [];
  let at = -1;
  function find(input) {
    const root = document.querySelector(input.dataset.findIn);
    const word = input.value.trim().toLowerCase();
    found = [];
    at = -1;
    off("found");
    off("found-now");
    if (word.length > 1) {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const text = node.data.toLowerCase();
        if (text.length !== node.data.length) continue;
        for (let place = text.indexOf(word); place >= 0 && found.length < 2000; place = text.indexOf(word, place + word.length)) {
          const range = document.createRange();
          range.setStart(node, place);
          range.setEnd(node, place + word.length);
          found.push(range);
        }
      }
      if (window.Highlight) CSS.highlights.set("found", new Highlight(...found));
    }
    go(input, 0);
  }

  function go(input, by) {
    const said = input.closest(".answer-tools")?.querySelector("[data-found]");
    if (!found.length) { if (said) said.textContent = input.value.trim().length > 1 ? "not found" : ""; return; }
    unfold(input.dataset.findIn);
    at = (at + (at < 0 ? 1 : by) + found.length) % found.length;
    if (window.Highlight) CSS.highlights.set("found-now", new Highlight(found[at]));
    const holder = document.querySelector(input.dataset.findIn).closest(".doc") || document.documentElement;
    holder.scrollBy({ top: found[at].getBoundingClientRect().top - holder.getBoundingClientRect().top - holder.clientHeight / 3 });
    if (said) said.textContent = `${at + 1} of ${found.length}${found.length === 2000 ? " or more" : ""}`;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-render]");
    if (button) toggle(button);
    const more = event.target.closest("[data-unfold]");
    if (more) unfold(more.dataset.unfold);
  });
  document.addEventListener("input", (event) => { if (event.target.matches("[data-find-in]")) find(event.target); });
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches?.("[data-find-in]") || event.key !== "Enter") return;
    event.preventDefault();
    go(event.target, event.shiftKey ? -1 : 1);
  });
})();
