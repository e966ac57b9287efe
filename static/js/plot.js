// data-plot="ID": draws the figure in <script type="application/json" id="ID"> with Plotly, loaded when the first plot is near the screen.
// A point whose customdata is an address of the studio opens it.
(() => {
  let loading = null;

  function load(box) {
    if (window.Plotly) return Promise.resolve();
    loading ??= new Promise((resolve, reject) => {
      const rules = document.createElement("link");
      rules.id = "plotly.js-style-global";
      rules.className = "no-inline-styles";
      rules.rel = "stylesheet";
      rules.href = box.dataset.plotRules;
      const script = document.createElement("script");
      script.src = box.dataset.plotSrc;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(rules, script);
    });
    return loading;
  }

  const css = (name) => {
    const probe = document.createElement("span");
    probe.className = `probe-${name}`;
    document.body.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  };

  const over = (axis, own = {}) => ({ ...axis, ...own, title: { ...axis.title, ...(typeof own.title === "string" ? { text: own.title } : own.title) } });

  const SMALL = 480;
  const MOST_LETTERS = 14;

  // On a small screen the names of bars leave room for the bars; the table has them whole.
  function short(box, figure) {
    const names = figure.data.flatMap((one) => (one.orientation === "h" ? one.y : []));
    if (box.clientWidth >= SMALL || !names.length) return {};
    const cut = (name) => (name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1).trimEnd()}…` : name);
    return { yaxis: { ...figure.layout.yaxis, tickvals: names, ticktext: names.map(cut) } };
  }

  function quiet(layout) {
    const ink = css("ink"), muted = css("muted"), line = css("line");
    const axis = { gridcolor: line, linecolor: line, zerolinecolor: line, tickfont: { color: muted, size: 12 }, automargin: true, title: { font: { color: muted, size: 12 } } };
    return {
      ...layout,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: ink },
      margin: { l: 48, r: 16, t: 16, b: 40, ...layout.margin },
      colorway: [css("accent"), css("pos"), css("warn"), css("unsc"), css("neg")],
      xaxis: over(axis, layout.xaxis), yaxis: over(axis, layout.yaxis),
      shapes: (layout.shapes || []).map((one) => ({ ...one, line: { color: muted, width: 1.5, ...one.line } })),
      hoverlabel: { bgcolor: css("panel"), bordercolor: line, font: { color: ink } },
    };
  }

  // A trace with meta.tone has the colour that the tone has everywhere.
  const toned = (trace) => (trace.meta?.tone ? { ...trace, marker: { ...trace.marker, color: css(trace.meta.tone) } } : trace);

  async function draw(box) {
    await load(box);
    const source = document.getElementById(box.dataset.plot);
    if (!source || !box.isConnected) return;
    const figure = JSON.parse(source.textContent);
    const { template, ...layout } = figure.layout || {};
    await window.Plotly.react(box, figure.data.map(toned), quiet({ ...layout, ...short(box, figure) }), { responsive: true, displayModeBar: false });
    if (!box.dataset.plotOpens) { box.dataset.plotOpens = "1"; box.on("plotly_click", open); }
  }

  function open({ points }) {
    const address = points.map((point) => point.customdata).find((one) => typeof one === "string" && /^\/[^/]/.test(one));
    if (address) window.location.assign(address);
  }

  const seen = new IntersectionObserver((entries) => {
    entries.filter((entry) => entry.isIntersecting).forEach((entry) => { seen.unobserve(entry.target); draw(entry.target); });
  }, { rootMargin: "200px" });

  const all = () => document.querySelectorAll("[data-plot]").forEach((box) => { if (!box.dataset.plotBound) { box.dataset.plotBound = "1"; seen.observe(box); } });
  all();
  document.addEventListener("studio:content", all);
  document.addEventListener("studio:theme", () => document.querySelectorAll(".js-plotly-plot").forEach(draw));
  document.addEventListener("htmx:before:cleanup", (event) => {
    const gone = event.target;
    const plots = [...(gone.querySelectorAll?.(".js-plotly-plot") || []), ...(gone.matches?.(".js-plotly-plot") ? [gone] : [])];
    plots.forEach((box) => window.Plotly?.purge(box));
  });
})();
