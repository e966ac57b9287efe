// #advice-panel[data-typing-url]: while the text of a criterion is typed, the rules' remarks appear under the field; the newest request wins.
(() => {
  const PAUSE = 450; // behind autosave, which goes first
  let timer = 0;
  let running = null;

  const isText = (field) => field instanceof HTMLTextAreaElement && (field.name === "text" || /^c\d+-text$/.test(field.name));
  const criterionOf = (field) => field.closest("[data-sort-id]")?.dataset.sortId || field.closest("[data-criterion]")?.dataset.criterion;

  async function ask(field, url, criterion) {
    running?.abort();
    running = new AbortController();
    const body = new FormData();
    body.append("criterion", criterion);
    body.append("text", field.value);
    const token = document.querySelector('meta[name="csrf-token"]').content;
    const reply = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token }, signal: running.signal }).catch(() => null);
    if (!reply?.ok || reply.redirected || !field.isConnected) return;
    const sent = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector("[data-typing-remarks]");
    const place = field.closest("form");
    const old = place.querySelector("[data-typing-remarks]");
    if (sent && old) old.replaceChildren(...sent.childNodes);
    else if (sent) (field.closest(".field") || field.closest("label") || field).after(document.adoptNode(sent));
  }

  document.addEventListener("input", (event) => {
    const field = event.target;
    const url = document.getElementById("advice-panel")?.dataset.typingUrl;
    const criterion = url && isText(field) && field.closest("#criteria") && criterionOf(field);
    if (!criterion) return;
    clearTimeout(timer);
    timer = setTimeout(() => ask(field, url, criterion), PAUSE);
  });
})();
