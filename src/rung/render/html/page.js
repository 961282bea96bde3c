// Everything here is a comfort: without it the page reads the same, with numbers where the charts would be.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // ---- colours: follow the system until the reader chooses. Storage may be forbidden for files: then the choice lasts for this visit.
  const themes = document.querySelector(".themes");
  const keep = (value) => { try { return value === undefined ? localStorage.getItem("rung-theme") : localStorage.setItem("rung-theme", value); } catch { return null; } };
  const dress = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme; else delete root.dataset.theme;
    all("button", themes).forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.theme === (theme || "auto"))));
  };
  themes.hidden = false;
  themes.addEventListener("click", (event) => {
    const theme = event.target.closest("button")?.dataset.theme;
    if (theme) { dress(theme); keep(theme); }
  });
  dress(keep() || "auto");

  // ---- copy
  all(".code").forEach((block) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy: ${block.dataset.label}`);
    button.addEventListener("click", async () => {
      const text = block.querySelector("code").textContent;
      try { await navigator.clipboard.writeText(text); } catch { select(block.querySelector("code")); document.execCommand("copy"); }
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    block.append(button);
  });
  const select = (node) => { const range = document.createRange(); range.selectNodeContents(node); getSelection().removeAllRanges(); getSelection().addRange(range); };

  // ---- rules: find and filter
  const form = document.querySelector(".filter");
  const rows = all(".runs tbody tr");
  const find = document.getElementById("find"), outcome = document.getElementById("outcome"), shown = document.getElementById("shown");
  const narrow = () => {
    const wanted = find.value.trim().toLowerCase();
    let count = 0;
    rows.forEach((row) => {
      row.hidden = (outcome.value && row.dataset.outcome !== outcome.value) || (wanted && !row.textContent.toLowerCase().includes(wanted));
      count += !row.hidden;
    });
    shown.textContent = `${count} of ${rows.length}`;
    if (wanted || outcome.value) document.getElementById("runs").open = true;
  };
  form.hidden = false;
  form.addEventListener("input", narrow);
  form.addEventListener("submit", (event) => event.preventDefault());
  narrow();

  // ---- paper: closed parts are opened for the print and closed again
  let closed = [];
  addEventListener("beforeprint", () => { closed = all("details:not([open])").filter((each) => !each.classList.contains("behind")); closed.forEach((each) => { each.open = true; }); });
  addEventListener("afterprint", () => { closed.forEach((each) => { each.open = false; }); closed = []; });

  // ---- charts: colours are CSS variables, so that a change of theme needs no new drawing
  const specs = JSON.parse(document.getElementById("charts").textContent);
  if (!specs.length || !window.vegaEmbed) return;
  const ink = "var(--ink)", soft = "var(--soft)", line = "var(--line)", sans = "system-ui, sans-serif";
  const style = {
    quiet: { color: "var(--quiet)" }, loud: { color: "var(--loud)" }, interval: { color: ink, strokeWidth: 1.5, opacity: 0.7 },
    band: { opacity: 0.16, line: false }, overlay: { opacity: 0.62 },
    event: { color: soft, strokeDash: [4, 3] }, "event-text": { color: soft, fontSize: 11 },
    "cell-text": { color: ink, fontSize: 11 }, "cell-text-on-strong": { color: "var(--on-strong-cell)", fontSize: 11 },
  };
  for (let shade = 0; shade < 7; shade += 1) style[`cell-${shade}`] = { color: `var(--cell-${shade})` };
  const config = {
    background: null, font: sans, view: { stroke: null }, style,
    range: { category: [0, 1, 2, 3, 4, 5].map((each) => `var(--group-${each})`) },
    axis: { labelColor: soft, titleColor: soft, titleFontWeight: 400, titleFontSize: 12, labelFontSize: 11, gridColor: line, domainColor: "var(--strong-line)", tickColor: "var(--strong-line)", tickSize: 4, labelPadding: 6, titlePadding: 8 },
    axisX: { grid: false }, axisY: { domain: false, ticks: false, titleAnchor: "end", titleAngle: 0, titleAlign: "left", titleX: 0, titleY: -12 },
    axisYQuantitative: { grid: true }, legend: { labelColor: ink, labelFontSize: 12, symbolStrokeWidth: 0, symbolType: "circle", symbolSize: 80 },
    line: { strokeWidth: 2 }, point: { size: 20 },
  };
  const options = { ast: true, renderer: "svg", actions: false, defaultStyle: false, mode: "vega-lite", config, tooltip: { disableDefaultStyle: true } };
  const room = (element) => {
    for (let each = element; each; each = each.parentElement) if (each.clientWidth) return Math.floor(Math.min(each.clientWidth - (each === element ? 0 : 64), 760));
    return 320;
  };
  const draw = async (element) => {
    const spec = structuredClone(specs[Number(element.dataset.chart)]);
    spec.width = Math.max(220, room(element));
    spec.autosize = { type: "fit-x", contains: "padding" };
    try {
      await vegaEmbed(element, spec, options);
      const behind = element.nextElementSibling;
      if (behind && !element.dataset.drawn) behind.open = false;
      element.dataset.drawn = spec.width;
    } catch (error) { element.textContent = ""; console.error(error); }
  };
  const queue = all(".chart");
  const next = () => { const element = queue.shift(); if (element) draw(element).then(() => setTimeout(next)); };
  next();
  const again = () => all(".chart[data-drawn]").filter((each) => each.clientWidth && Math.abs(Math.min(each.clientWidth, 760) - Number(each.dataset.drawn)) > 8).forEach(draw);
  let waiting;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(again, 200); });
  document.addEventListener("toggle", (event) => { if (event.target.open) again(); }, true);
})();
