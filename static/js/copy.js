// data-copy on a button inside [data-copy-box]: copies the text of [data-copy-text] and says so.
(() => {
  function fallback(text) {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "sr";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }

  async function put(text) {
    if (!navigator.clipboard) return fallback(text); // plain http away from localhost
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return fallback(text);
    }
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = button.closest("[data-copy-box]").querySelector("[data-copy-text]");
    const done = await put(text.value ?? text.textContent);
    const before = button.dataset.copyBefore ?? button.innerHTML;
    button.dataset.copyBefore = before;
    button.textContent = done ? "Copied" : "Select and copy by hand";
    button.setAttribute("aria-live", "polite");
    setTimeout(() => { button.innerHTML = before; }, 1600);
  });
})();
