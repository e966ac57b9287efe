// [data-suggested-edits="URL"]: edits that wait for a decision stand under the text of the row that they are about.
// With data-follow they are read again whenever the table changed, as while somebody is suggesting.
(() => {
  const root = document.querySelector("[data-suggested-edits]");
  if (!root) return;
  let blocks = [];
  let waiting = false;

  function draw() {
    waiting = false;
    blocks.forEach((block) => {
      const row = document.getElementById(`criterion-row-${block.dataset.suggestedFor}`);
      const place = row?.querySelector('[data-part="meta"]');
      if (place && !row.contains(block)) place.after(block);
    });
  }

  async function load() {
    const reply = await fetch(root.dataset.suggestedEdits, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!reply?.ok || reply.redirected) return;
    const sent = new DOMParser().parseFromString(await reply.text(), "text/html");
    blocks.forEach((block) => block.remove());
    blocks = [...sent.querySelectorAll("[data-suggested-for]")].map((block) => document.adoptNode(block));
    draw();
  }

  new MutationObserver(() => {
    if (!waiting && blocks.length) { waiting = true; requestAnimationFrame(draw); }
  }).observe(document.getElementById("main") || document.body, { childList: true, subtree: true });
  if (root.dataset.follow !== undefined) document.body.addEventListener("rubric-changed", load);
  load();
})();
