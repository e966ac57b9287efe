// data-ranking on a list of answers: they are put in order by drag, by keys, or by typing ranks; equal ranks are ties.
// The ranks in the number fields are the answer. [data-rank-pick] chooses a row, [data-rank-do="up|down|tie|right"] moves it.
(() => {
  const rows = (list) => [...list.querySelectorAll("[data-rank-row]")];
  const fieldOf = (row) => row.querySelector("input");
  const letterOf = (row) => row.querySelector("[data-rank-pick]").dataset.rankPick;
  const list = () => document.querySelector("[data-ranking]");
  const isRanked = (root) => rows(root).some((row) => fieldOf(row).value);

  // Rows by equal rank, best first; without a rank each stands alone where it is.
  function groups(root) {
    const found = new Map();
    rows(root).forEach((row, place) => {
      const rank = Number(fieldOf(row).value) || place + 1000;
      found.set(rank, [...(found.get(rank) || []), row]);
    });
    return [...found.entries()].sort((one, other) => one[0] - other[0]).map(([, members]) => members);
  }

  function write(root, wanted) {
    const held = document.activeElement;
    const kept = wanted.filter((members) => members.length);
    kept.forEach((members, n) => members.forEach((row, place) => {
      fieldOf(row).value = n + 1;
      row.classList.toggle("tied", place > 0);
      root.append(row);
    }));
    if (held && root.contains(held)) held.focus();
    say(root, kept);
    fieldOf(rows(root)[0]).dispatchEvent(new Event("change", { bubbles: true }));
  }

  function say(root, kept) {
    const said = document.querySelector("[data-rank-said]");
    if (said) said.textContent = isRanked(root) ? kept.map((members) => members.map(letterOf).join(" = ")).join(" > ") : "";
  }

  const chosen = (root) => root.querySelector('[aria-pressed="true"]')?.closest("[data-rank-row]") || null;
  function choose(root, row) {
    rows(root).forEach((one) => one.querySelector("[data-rank-pick]").setAttribute("aria-pressed", String(one === row)));
  }

  function act(root, what) {
    const all = groups(root);
    if (what === "right") { write(root, all); return; }
    const row = chosen(root) || rows(root)[0];
    choose(root, row);
    const at = all.findIndex((members) => members.includes(row));
    const rest = all[at].filter((one) => one !== row);
    if (what === "tie") {
      if (rest.length) all.splice(at, 1, rest, [row]);
      else if (at > 0) { all[at - 1].push(row); all.splice(at, 1); }
      else if (all.length > 1) { all[1].unshift(row); all.splice(0, 1); }
    } else if (rest.length) {
      all.splice(at, 1, ...(what === "up" ? [[row], rest] : [rest, [row]]));
    } else {
      const goal = Math.max(0, Math.min(all.length - 1, at + (what === "up" ? -1 : 1)));
      all.splice(at, 1);
      all.splice(goal, 0, [row]);
    }
    write(root, all);
  }

  // Dropped between two that are tied, a row is tied with them; else it stands alone.
  function dropped(root, row) {
    const order = rows(root);
    const place = order.indexOf(row);
    const [above, below] = [order[place - 1], order[place + 1]];
    const rankOf = (one) => fieldOf(one).value;
    const joins = above && below && rankOf(above) && rankOf(above) === rankOf(below) ? above : null;
    const wanted = [];
    order.forEach((one, n) => {
      const before = order[n - 1];
      const withBefore = n > 0 && one !== row && before !== row && rankOf(one) && rankOf(one) === rankOf(before);
      const closes = joins && (one === row || before === row);
      if (withBefore || closes) wanted.at(-1).push(one); else wanted.push([one]);
    });
    choose(root, row);
    write(root, wanted);
  }

  function bind() {
    const root = list();
    if (!root || root.dataset.bound !== undefined) return;
    root.dataset.bound = "";
    if (isRanked(root)) write(root, groups(root));
    window.Sortable?.create(root, {
      draggable: "[data-rank-row]",
      handle: "[data-drag]",
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      onEnd: (event) => dropped(root, event.item),
    });
  }

  document.addEventListener("click", (event) => {
    const root = list();
    if (!root) return;
    const pick = event.target.closest("[data-rank-pick]");
    if (pick) choose(root, pick.closest("[data-rank-row]"));
    const button = event.target.closest("[data-rank-do]");
    if (button) act(root, button.dataset.rankDo);
  });
  document.addEventListener("change", (event) => {
    const root = list();
    if (event.isTrusted && root && event.target.closest("[data-ranking] input")) write(root, groups(root));
  });
  document.addEventListener("studio:content", bind);
  document.addEventListener("studio:fill", () => { const root = list(); if (root && isRanked(root)) write(root, groups(root)); });
  bind();
})();
