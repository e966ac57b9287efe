// #notices: dismiss a notice; errors of htmx requests and of scripts are said there.
(() => {
  const region = () => document.getElementById("notices");
  const SENTENCES = {
    0: "The studio could not be reached. What you typed is still here; try again.",
    403: "You may not do this. Your role may have changed; load the page again.",
    404: "This is no longer there. Load the page again.",
    409: "Someone changed this in the meantime. Load the page again to see the newest state.",
    429: "Too many requests in a short time. Wait a moment and try again.",
    500: "A fault in the studio. What you had saved is still there.",
  };

  function show(text, tone = "r") {
    const notice = document.createElement("div");
    notice.className = `notice ${tone}`;
    notice.dataset.notice = "";
    if (tone === "r") notice.setAttribute("role", "alert");
    const body = document.createElement("div");
    body.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "x";
    close.dataset.dismiss = "";
    close.setAttribute("aria-label", "Dismiss this notice");
    close.textContent = "×";
    notice.append(body, close);
    add(notice);
  }

  function add(notice) {
    const same = [...region().children].find((other) => other.textContent === notice.textContent);
    if (same) same.remove();
    region().append(notice);
    notice.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("htmx:response:error", (event) => {
    const { response, text } = event.detail.ctx;
    if (response.status === 422) return;
    const sent = new DOMParser().parseFromString(text || "", "text/html").querySelector("[data-notice]");
    if (sent) add(document.adoptNode(sent));
    else show(SENTENCES[response.status] || SENTENCES[500]);
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx && !event.detail.ctx.response) show(SENTENCES[0]);
  });
  document.addEventListener("studio:notice", (event) => show(event.detail.text, event.detail.tone));
  document.addEventListener("click", (event) => {
    event.target.closest("[data-dismiss]")?.closest("[data-notice]")?.remove();
  });
})();
