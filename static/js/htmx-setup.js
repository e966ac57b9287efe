// htmx: the CSRF header for writes, sign-in pages never land inside a fragment, local behaviours are told of new content.
(() => {
  const token = () => document.querySelector('meta[name="csrf-token"]').content;

  document.addEventListener("htmx:config:request", (event) => {
    const request = event.detail.ctx.request;
    if (!["GET", "HEAD"].includes((request.method || "GET").toUpperCase())) request.headers["X-CSRFToken"] = token();
  });

  document.addEventListener("htmx:before:response", (event) => {
    const raw = event.detail.ctx.response.raw;
    // A redirect to another page (signed out in the meantime) is followed by the whole window.
    if (raw.redirected && new URL(raw.url).pathname.startsWith("/sign-in/")) {
      event.preventDefault();
      location.assign(raw.url);
    }
  });

  document.addEventListener("htmx:after:swap", () => document.dispatchEvent(new CustomEvent("studio:content")));
})();
