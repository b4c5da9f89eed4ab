// Why: the formula of a row in a month, the rows and figures it reads, and the places of those in the file.

let trail = [];

function why(row, t, back = false) {
  if (!LIVE) return;
  complete(now);
  if (!back) trail.push([row, t]);
  const [formula, where] = D.rows[row], {reads, earlier, figures} = readBy(row), months = now.months.length;
  const value = (place, month) => month < 0 ? NONE : cellText(place, now.H[place * months + month]);
  const link = (place, month, note = "") => [
    element("button", {class: "plain", onclick: () => why(place, Math.max(0, month))}, D.names[place]), note ? ` ${note}` : "",
  ];
  const rows = [
    ...reads.map(place => [link(place, t), value(place, t)]),
    ...earlier.map(place => [link(place, t - 1, t ? `in ${monthText(now.months[t - 1])}` : "before the start"), value(place, t - 1)]),
  ];
  const inForce = figures.filter(place => !laterStep(place, t, figures));
  const written = inForce.map(place => figureRow(place));
  const step = by => { trail.pop(); why(row, t + by); };
  const lever = D.sliders.some(({p, group}, n) => group === "lever" && state.moved.has(n));
  openWhy(
    D.names[row],
    element("p", {class: "stepper"},
      element("button", {disabled: t <= 0, onclick: () => step(-1), "aria-label": "the month before"}, "◂"),
      element("strong", {}, `${monthText(now.months[t])}: ${value(row, t)}`),
      element("button", {disabled: t >= months - 1, onclick: () => step(1), "aria-label": "the month after"}, "▸")),
    formula ? element("pre", {}, formulaText(formula)) : null,
    where ? element("p", {class: "quiet"}, whereText(where)) : null,
    now.program !== D.programs[0] && D.scenarios[state.scenario].program ? element("p", {class: "quiet"}, "The formula is the base's; this scenario has formulas of its own.") : null,
    lever ? element("p", {class: "quiet"}, "A lever is moved: it multiplies what stands here.") : null,
    rows.length ? tableOf("What it reads", ["row", "value"], rows) : null,
    written.length ? tableOf("Figures of the file", ["figure", "written", "now", "where, and what it rests on"], written, "figures") : null,
  );
}

function readBy(row) { // the rows that a formula reads in the month and before it, and its figures
  const [formula, , hidden = []] = D.rows[row] || ["", ""], places = {reads: [], earlier: [], figures: []};
  for (const [, before, kind, place] of formula.matchAll(/((?:prev|lag)\()?([#$])(\d+)/g)) {
    const list = places[kind === "$" ? "figures" : before ? "earlier" : "reads"];
    if (!list.includes(Number(place))) list.push(Number(place));
  }
  places.figures.push(...hidden);
  return places;
}

const whereText = where => typeof where === "number" ? `${D.files[0]}:${where}` : where.replace(/^\d+/, n => D.files[n]);
const formulaText = text => text.replace(/([#$])(\d+)/g, (_, kind, place) => (kind === "#" ? D.names : D.addresses)[place]);

function laterStep(place, t, figures) { // whether another step of the same schedule is the one in force
  const step = /^(.*)\.(\d{4}-\d\d)$/.exec(D.addresses[place]);
  if (!step) return false;
  const label = now.months[t], of = figure => /^(.*)\.(\d{4}-\d\d)$/.exec(D.addresses[figure]);
  const steps = figures.filter(figure => of(figure) && of(figure)[1] === step[1]).map(figure => of(figure)[2]).sort();
  const force = steps.filter(month => month <= label).pop() || steps[0];
  return step[2] !== force;
}

function figureRow(place) {
  const [written = "", where = "", source = null, noted = null, ranged = ""] = D.figures[place] || [];
  const [asOf, confidence, note] = noted === null ? ["", "", ""] : D.pool[noted];
  const rests = [whereText(where) || (D.addresses[place].startsWith("actuals.") ? "what the books say" : "left out of the file: the default"), source === null ? "no source" : D.sources[source][1] || D.sources[source][0],
    asOf && `as of ${asOf}`, confidence && `confidence ${confidence}`, ranged && `range ${ranged}`, note].filter(Boolean).join(" · ");
  const n = D.sliders.findIndex(({p}) => p === place);
  return [D.addresses[place], reading.places.has(place) ? "being read" : written || plainText(D.parameters[place]), state.moved.has(n) ? textOf(n) : "", rests];
}

function whyRung(line) {
  const {rung} = line, t = rung.zeroMonth < 0 ? rung.lowMonth : rung.zeroMonth;
  trail = [[D.places.unrestricted_cash, t]];
  const says = line.rungs.map(n => `${D.rungs[n].title}: counting ${D.rungs[n].says}.`).join(" ");
  const fell = rung.zeroMonth < 0 ? `Cash stays above ${UNIT.amount(floorOf(now))}; the lowest day is in ${lowText(rung, now)}.`
    : `The first day at whose end free cash is below ${UNIT.amount(floorOf(now))} is ${outText(rung, now)}; months are counted from ${D.asOf}.`;
  const months = now.months.map((label, n) => [monthText(label), UNIT.figure(rung.free[n + 1])]).slice(Math.max(0, t - 3), t + 2);
  openWhy(line.name, element("p", {}, says), element("p", {}, fell), tableOf(`Free cash at the end of the month, ${UNIT.label}`, ["month", "cash"], months),
    element("p", {}, element("button", {onclick: () => why(D.places.unrestricted_cash, t)}, "The formula of free cash"),
      rung === now.rungs[3] ? "" : element("span", {class: "quiet"}, " (there with all funding counted)")));
}

function cellText(place, value) {
  if (value === undefined) return NONE;
  const name = D.names[place], last = name.slice(name.lastIndexOf(".") + 1);
  if (["due", "met", "by", "date"].includes(last)) return value >= NEVER ? "never" : value < -500 ? "before the start" : placeText(value, now.start);
  return D.money.includes(place) ? `${UNIT.figure(value)} ${UNIT.label}` : plainText(value);
}

function openWhy(title, ...parts) {
  const dialog = $("why"), back = trail.length > 1
    ? element("button", {onclick: () => { trail.pop(); const [row, t] = trail[trail.length - 1]; why(row, t, true); }}, "Back") : null;
  dialog.replaceChildren(
    element("header", {}, element("h2", {id: "whyTitle"}, title), element("span", {}, back, element("button", {onclick: () => dialog.close()}, "Close"))),
    ...parts.filter(Boolean));
  if (!dialog.open) dialog.showModal();
}
