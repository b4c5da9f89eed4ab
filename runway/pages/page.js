// The page: its state is a scenario and the figures that were moved; everything shown follows from a run of these.

const D = JSON.parse(document.getElementById("data").textContent);
const LIVE = Boolean(D.sliders), UNIT = new Scale(D.unit, D.minorDigits), COUNT = D.months.length;
const FIRST = Number(D.months[0].slice(0, 4)) * 12 + Number(D.months[0].slice(5, 7)) - 1;
const state = {scenario: D.selected, moved: new Map(), period: null, open: new Set(), beside: new Set(), stale: []};
const KINDS = ["hand", "certain", "conditional", "planned"];
const has = section => D.only.includes(section);
const $ = id => document.getElementById(id);
let now = null, file = null; // what the figures come to, and what they come to as the file has them

// A run: the rungs of a scenario under moved figures.

const bases = new Map();

function programOf(scenario) { return D.programs[D.scenarios[scenario].program]; }

function numbers(scenario, moved) {
  const P = Float64Array.from(D.parameters);
  for (const [place, value] of D.scenarios[scenario].overrides) P[place] = value;
  for (const [n, stop] of moved) P[D.sliders[n].p] = stopsOf(n, scenario).x[stop];
  return P;
}

function computed(scenario, moved) {
  const program = programOf(scenario), P = numbers(scenario, moved);
  const rungs = D.rungs.map(({overrides}) => rung(program, FUNCTIONS, P, overrides));
  return {scenario, program, rungs, start: program.start, months: labels(program), H: rungs[3].H, P};
}

function labels(program) {
  if (program.start === FIRST && program.months === COUNT) return D.months;
  return Array.from({length: program.months}, (_, t) => {
    const month = program.start + t, year = Math.floor(month / 12);
    return `${year}-${String(month - 12 * year + 1).padStart(2, "0")}`;
  });
}

function asInFile(scenario) {
  if (!bases.has(scenario)) bases.set(scenario, LIVE ? computed(scenario, new Map()) : given());
  return bases.get(scenario);
}

function given() { // a page without formulas: the figures that Python computed
  const {free, months, rows} = D.fixed, H = {}, told = D.scenarios[0].ladder;
  for (const [place, values] of Object.entries(rows)) values.forEach((value, t) => { H[place * COUNT + t] = value; });
  const rungs = told.map(([zeroMonth, zeroDay, lowest, lowMonth, lowDay, closing], n) => ({
    zeroMonth, zeroDay, lowest, lowMonth, lowDay, closing, free: free[n],
    months: months[n][0], fromStart: months[n][1], gap: months[n][2],
  }));
  return {scenario: 0, program: {months: COUNT, start: FIRST}, rungs, start: FIRST, months: D.months, H, P: []};
}

// Whether the page's ladder is Python's.
function agrees(result) {
  return result.rungs.every((found, n) => {
    const [zeroMonth, zeroDay, lowest, lowMonth, lowDay, closing] = D.scenarios[result.scenario].ladder[n];
    return found.zeroMonth === zeroMonth && found.zeroDay === zeroDay && found.lowest === lowest
      && found.lowMonth === lowMonth && found.lowDay === lowDay && found.closing === closing;
  });
}

// The stops of a slider under a scenario: the file's, and the scenario's own value among them.
const stopsKnown = new Map();

function stopsOf(n, scenario) {
  const key = n * 1000 + scenario;
  if (stopsKnown.has(key)) return stopsKnown.get(key);
  const slider = D.sliders[n], own = D.own[scenario][n];
  let found = {x: slider.x, s: slider.s, at: slider.at};
  if (own === null) found = null;
  else if (own !== undefined) {
    const override = D.scenarios[scenario].overrides.find(([place]) => place === slider.p);
    const value = override ? override[1] : slider.x[slider.at], place = slider.x.findIndex(x => x >= value);
    if (place >= 0 && slider.x[place] === value) found = {...found, at: place};
    else {
      const at = place < 0 ? slider.x.length : place;
      found = {x: slider.x.toSpliced(at, 0, value), s: slider.s.toSpliced(at, 0, own), at};
    }
  }
  stopsKnown.set(key, found);
  return found;
}

// Ladder.

const lasts = (found, result) => found.months === null ? `${left(result)}+` : monthsText(found.months);
const left = result => result.months.length - result.months.filter(label => label <= D.asOf.slice(0, 7)).length;
const outText = (found, result) => found.zeroMonth < 0 ? NONE : dayText(result.start + found.zeroMonth, found.zeroDay);
const lowText = (found, result) => monthText(result.months[found.lowMonth]);

function same(a, b) {
  return a.zeroMonth === b.zeroMonth && a.zeroDay === b.zeroDay && a.lowest === b.lowest && a.lowMonth === b.lowMonth
    && a.lowDay === b.lowDay && a.closing === b.closing && a.free.every((value, t) => value === b.free[t]);
}

function lines(result) { // the rungs, those that are equal as one; without funding cash in hand alone
  const found = [];
  result.rungs.slice(0, D.funded ? 4 : 1).forEach((one, n) => {
    const before = found[found.length - 1];
    if (before && same(before.rung, one)) before.rungs.push(n);
    else found.push({rungs: [n], rung: one});
  });
  return found.map(line => ({...line, name: line.rungs.map(n => D.rungs[n].title).join(", "), kind: KINDS[line.rungs[0]]}));
}

const shortName = line => line.rungs.map(n => D.rungs[n].title.replace("+ ", "")).join(", ");

function answerText(result) {
  const found = result.rungs[D.counting], counts = D.funded ? `Counting ${D.rungs[D.counting].says}, ` : "";
  const floor = D.floor ? `below the minimum of ${UNIT.amount(D.floor)}` : "out";
  let text;
  if (found.months === null) {
    const falling = stillFalls(found, result) ? ", still falling" : "";
    text = [`${left(result)}+ months left`, `${counts}cash lasts beyond ${monthText(result.months[result.months.length - 1])}, at the lowest ${UNIT.amount(found.lowest)}, in ${lowText(found, result)}${falling}.`];
  } else if (found.months <= 0) text = ["no months left", `${counts}cash is ${floor} on ${outText(found, result)}.`];
  else text = [`${monthsText(found.months)} months left`, `${counts}cash is ${floor} on ${outText(found, result)}.`];
  const by = raiseBy(found, result);
  return [text[0], text[1].replace(/^./, letter => letter.toUpperCase()) + (by ? ` Raise by ${by}.` : "")];
}

function stillFalls(found, result) {
  const end = result.months.length, cash = place => result.H[D.places.cash * end + place];
  return LIVE && found.lowMonth === end - 1 && cash(end - 1) < cash(end - 2);
}

function raiseBy(found, result) { // the zero-cash day less the months that a round takes
  if (found.zeroMonth < 0 || !LIVE) return null;
  const takes = result.H[D.places.months_to_close * result.months.length];
  return placeText(found.zeroMonth + (found.zeroDay - 1) / 32 - takes, result.start);
}

function tableOf(caption, heads, rows, kind = "") { // heads and cells are texts or nodes; the first names the row
  const head = heads.map((text, n) => element("th", {scope: "col", class: n ? "figure" : ""}, text));
  const body = rows.map(cells => cells instanceof Node ? cells : element("tr", {}, cells.map((cell, n) =>
    element(n ? "td" : "th", n ? {class: "figure"} : {scope: "row"}, cell))));
  return element("table", {class: kind}, element("caption", {}, caption), element("thead", {}, element("tr", {}, head)), element("tbody", {}, body));
}

const was = (text, before) => text === before ? [] : [element("small", {class: "was"}, `was ${before}`)];

function showAnswer() {
  const [figure, rest] = answerText(now), [before] = answerText(file);
  $("figure").replaceChildren(figure, ...was(figure, before));
  $("rest").textContent = rest;
  const {breach, raise, watch} = D.scenarios[state.scenario];
  const notes = [breach && `${breach}.`, raise.length && `${raise[0]}.`, watch.length && watch[0].replace(/^watch: /, "Watch: ")];
  const told = notes.filter(Boolean).map(text => element("p", {}, text.replace(/^./, letter => letter.toUpperCase())));
  $("fromFile").replaceChildren(...told);
}

function showLadder() {
  const more = D.scenarios[state.scenario].more, changed = state.moved.size > 0;
  const rows = lines(now).map(line => {
    const old = file.rungs[line.rungs[0]], one = line.rung;
    const cells = [
      [lasts(one, now), lasts(old, file)], [outText(one, now), outText(old, file)],
      [UNIT.figure(one.lowest), UNIT.figure(old.lowest)], [lowText(one, now), lowText(old, file)],
    ].map(([text, earlier], n) => [n === 0 && LIVE
      ? element("button", {class: "plain", title: "why", onclick: () => whyRung(line)}, text) : text, ...was(text, earlier)]);
    const row = element("tr", {class: line.kind}, element("th", {scope: "row"}, line.name), cells.map((cell, n) =>
      element("td", {class: `figure${n > 1 ? " wide" : ""}`}, cell)));
    row.append(element("td", {class: `figure file${changed ? " old" : ""}`}, more[line.rungs[0]] === null ? NONE : more[line.rungs[0]]));
    return row;
  });
  const heads = ["counting", "months left", "cash out", "lowest cash", "in"].map((text, n) =>
    element("th", {scope: "col", class: `${n ? "figure" : ""}${n > 2 ? " wide" : ""}`}, text));
  heads.push(element("th", {scope: "col", class: `figure file${changed ? " old" : ""}`}, `${D.raiseFor} months more need`, changed ? " (in the file)" : ""));
  $("ladder").replaceChildren(element("table", {class: "ladder"}, element("caption", {class: "unseen"}, `Months of cash, ${UNIT.label}`),
    element("thead", {}, element("tr", {}, heads)), element("tbody", {}, rows)));
}

// Chart.

let chart = null;

function pictureOf() {
  const found = lines(now), faint = [];
  if (state.moved.size) for (const line of lines(file)) faint.push({values: line.rung.free, kind: line.kind});
  const extra = [...state.beside].map(n => {
    const other = asInFile(n);
    return {name: D.scenarios[n].name, kind: "other", values: other.rungs[D.counting].free.slice(0, COUNT + 1), zero: null};
  }).filter(line => line.values.length === now.months.length + 1);
  const marks = closingsNow(now).filter(({drawn, place}) => drawn && place !== null)
    .map(one => ({at: one.place, kind: "closing", name: `${one.title}: ${UNIT.amount(one.drawn)} on ${one.on}`, short: one.title}));
  for (const {title, p} of D.clauses) {
    const at = now.P[p];
    if (at >= 0 && at < now.months.length) marks.push({at, kind: "clause", name: `${title}: by ${placeText(at, now.start)}`, short: title});
  }
  const shown = found.map(line => ({
    name: shortName(line), kind: line.kind, values: line.rung.free, zero: line.rung.fromStart,
    out: line.rung.zeroMonth < 0 ? "" : `out on ${outText(line.rung, now)}`,
  }));
  const label = shown.map(line => `${line.name} ${line.out || "lasts"}`).join("; ");
  return {lines: [...shown, ...extra], faint, marks, floor: D.floor, fan: D.fan && now.months.length === COUNT ? D.fan.months : null, label: `Cash by month: ${label}`};
}

function showChart(width) {
  if (!chart) chart = new CashChart($("chart"), now.months, UNIT, tellMonth);
  chart.months = now.months;
  chart.draw(pictureOf(), width);
}

function tellMonth(n) {
  const picture = chart.picture;
  const when = n === null ? "" : n === 0 ? `before ${monthText(now.months[0])}` : `end of ${monthText(now.months[n - 1])}`;
  $("readout").textContent = n === null ? "" : `${when}: ${picture.lines.map(line => `${line.name} ${UNIT.amount(line.values[n])}`).join(" · ")}`;
  if (n !== null) $("cursor").value = n;
}

function showChartTable() {
  if (!$("chartTable").open) return;
  const {lines: shown, fan} = chart.picture;
  const heads = ["end of", ...shown.map(line => line.name), ...(fan ? ["5 % of futures below", "half below", "5 % above"] : [])];
  const rows = [`before ${monthText(now.months[0])}`, ...now.months.map(monthText)].map((month, n) =>
    [month, ...shown.map(line => UNIT.figure(line.values[n])), ...(fan ? [0, 2, 4].map(k => n ? UNIT.figure(fan[n - 1][k]) : "") : [])]);
  $("chartTable").lastChild.replaceChildren(tableOf(`Cash that is free to spend, ${UNIT.label}`, heads, rows));
}

// Funding.

function closingsNow(result) {
  const months = result.months.length;
  return D.closings.map(one => {
    let money = 0;
    for (let t = 0; t < months; t++) money += result.H[one.cash * months + t] || 0;
    const due = one.due < 0 ? -1 : result.H[one.due * months + months - 1], within = due >= 0 && due < months && money !== 0;
    return {...one, drawn: money, place: within ? due : null, on: within ? placeText(due, result.start) : NONE};
  });
}

function showFunding() {
  if (!$("closings")) return;
  const before = closingsNow(file);
  const rows = closingsNow(now).map((one, n) => {
    const [money, old] = [one, before[n]].map(({drawn}) => UNIT.figure(drawn));
    const title = LIVE ? element("button", {class: "plain", onclick: () => why(one.cash, Math.max(0, Math.floor(one.place || 0)))}, one.title) : one.title;
    return [title, UNIT.figure(one.amount), [money, ...was(money, old)], [one.on, ...was(one.on, before[n].on)]];
  });
  $("closings").replaceChildren(...(rows.length ? [tableOf(`Money of each closing within these months, planned included, ${UNIT.label}`, ["closing", "as written", "comes in", "on"], rows)] : []));
}

// Cash table.

function periods() { // first and last month of each column
  const size = {month: 1, quarter: 3, year: 12}[state.period], found = [];
  now.months.forEach((label, t) => {
    const number = Number(label.slice(5, 7)) - 1, key = `${label.slice(0, 4)} ${Math.floor(number / size)}`;
    if (found.length && found[found.length - 1].key === key) found[found.length - 1].last = t;
    else found.push({key, first: t, last: t, year: label.slice(0, 4), number});
  });
  for (const one of found) {
    one.head = size === 1 ? monthText(now.months[one.first]) : size === 3 ? `Q${Math.floor(one.number / 3) + 1} ${one.year}` : one.year;
  }
  return found;
}

function showTable() {
  if (!$("cash")) return;
  const columns = periods(), months = now.months.length, {H} = now, unmoved = state.moved.size === 0;
  const flow = (source, row, one) => {
    let total = 0;
    for (let t = one.first; t <= one.last; t++) total += source[row * months + t];
    return rounded(total, D.minorDigits);
  };
  const cells = (row, value) => columns.map(one => {
    const text = UNIT.figure(value(H, one)), different = !unmoved && file.months.length === months && text !== UNIT.figure(value(file.H, one));
    return element("td", {class: `figure${different ? " moved" : ""}`, onclick: LIVE ? () => why(row, one.last) : null}, text);
  });
  const named = (title, row) => LIVE ? element("button", {class: "plain", onclick: () => why(row, 0)}, title) : title;
  const rows = [], line = (kind, head, row, value) => rows.push(element("tr", {class: kind}, element("th", {scope: "row"}, head), cells(row, value)));
  line("total", named("Opening cash", D.places.opening_cash), D.places.opening_cash, (source, one) => source[D.places.opening_cash * months + one.first]);
  for (const [title, row, inner] of D.table) {
    const moves = [row, ...inner.map(([, place]) => place)].some(place => columns.some(one => flow(H, place, one) || flow(file.H, place, one)));
    if (!moves) continue;
    const open = state.open.has(title), shown = inner.filter(([, place]) => columns.some(one => flow(H, place, one)));
    const fold = shown.length ? element("button", {class: "fold", "aria-expanded": String(open), "aria-label": `${title}: its lines`, onclick: () => {
      if (open) state.open.delete(title); else state.open.add(title);
      showTable();
      const again = [...$("cash").querySelectorAll(".fold")].find(one => one.getAttribute("aria-label") === `${title}: its lines`);
      if (again) again.focus();
    }}, open ? "▾" : "▸") : null;
    line("section", [fold, named(title, row)], row, (source, one) => flow(source, row, one));
    if (open) for (const [name, place] of shown) line("inner", named(name, place), place, (source, one) => flow(source, place, one));
  }
  const last = row => (source, one) => source[row * months + one.last];
  line("net", named("Net cash flow", D.places.net_cash_flow), D.places.net_cash_flow, (source, one) => flow(source, D.places.net_cash_flow, one));
  line("total", named("Closing cash", D.places.cash), D.places.cash, last(D.places.cash));
  if (D.restricted) line("inner", named("of which restricted", D.places.restricted_cash), D.places.restricted_cash, last(D.places.restricted_cash));
  const table = tableOf(`All funding counted, ${UNIT.label}`, ["", ...columns.map(one => one.head)], rows, "cash");
  $("cash").replaceChildren(table);
}

// What Python told: of the file, and grey once a figure is moved.

function block(number) {
  const one = D.pool[number];
  if (one.p !== undefined) return element("p", {}, one.p);
  if (one.h !== undefined) return element("h3", {}, one.h, one.note ? element("small", {}, ` ${one.note}`) : null);
  if (one.dl) return element("dl", {}, one.dl.map(pair => D.pool[pair]).flatMap(([label, text]) => [element("dt", {}, label), element("dd", {}, text)]));
  const rows = one.rows.map(place => {
    const row = D.pool[place];
    if (typeof row === "string") return element("tr", {class: "below"}, element("td", {colspan: one.heads.length}, row));
    const [bold, depth, cells] = row;
    return element("tr", {class: `${bold ? "total" : ""}${depth ? " inner" : ""}`}, cells.map((text, n) =>
      element(n ? "td" : "th", n ? {class: one.right[n] ? "figure" : ""} : {scope: "row"}, text)));
  });
  const head = one.heads.map((text, n) => element("th", {scope: "col", class: one.right[n] ? "figure" : ""}, text));
  const plain = one.title.toLowerCase() === one.heads[0] || document.getElementById(one.title.toLowerCase());
  const table = element("table", {}, element("caption", {class: plain ? "unseen" : ""}, one.title), element("thead", {}, element("tr", {}, head)), element("tbody", {}, rows));
  return element("div", {class: "scroll"}, table, one.after.map(text => element("p", {class: "quiet"}, text)));
}

function showFacts() {
  const changed = state.moved.size > 0, {blocks} = D.scenarios[state.scenario];
  for (const holder of document.querySelectorAll("[data-facts]")) {
    const numbers = blocks[holder.dataset.facts] || [];
    holder.hidden = !numbers.length;
    holder.classList.toggle("old", changed);
    holder.replaceChildren(...(changed && numbers.length ? [element("p", {class: "label"}, "in the file, before anything was moved")] : []), ...numbers.map(block));
  }
}

// Why: the formula of a row in a month, what it reads, and where its figures are written.

let trail = [];

function why(row, t, back = false) {
  if (!LIVE) return;
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
  const [formula, , hidden = []] = D.rows[row] || ["", ""], found = {reads: [], earlier: [], figures: []};
  for (const [, before, kind, place] of formula.matchAll(/((?:prev|lag)\()?([#$])(\d+)/g)) {
    const list = found[kind === "$" ? "figures" : before ? "earlier" : "reads"];
    if (!list.includes(Number(place))) list.push(Number(place));
  }
  found.figures.push(...hidden);
  return found;
}

const whereText = where => where.replace(/^\d+/, n => D.files[n]);
const formulaText = text => text.replace(/([#$])(\d+)/g, (_, kind, place) => (kind === "#" ? D.names : D.addresses)[place]);

function laterStep(place, t, figures) { // whether another step of the same schedule is the one in force
  const step = /^(.*)\.(\d{4}-\d\d)$/.exec(D.addresses[place]);
  if (!step) return false;
  const label = now.months[t], of = other => /^(.*)\.(\d{4}-\d\d)$/.exec(D.addresses[other]);
  const steps = figures.filter(other => of(other) && of(other)[1] === step[1]).map(other => of(other)[2]).sort();
  const force = steps.filter(month => month <= label).pop() || steps[0];
  return step[2] !== force;
}

function figureRow(place) {
  const [written, where, source, noted, ranged] = D.figures[place] || ["", "", null, null, ""];
  const [asOf, confidence, note] = noted === null ? ["", "", ""] : D.pool[noted];
  const rests = [whereText(where) || (D.addresses[place].startsWith("actuals.") ? "what the books say" : "left out of the file: the default"), source === null ? "no source" : D.sources[source][1] || D.sources[source][0],
    asOf && `as of ${asOf}`, confidence && `confidence ${confidence}`, ranged && `range ${ranged}`, note].filter(Boolean).join(" · ");
  const n = D.sliders.findIndex(({p}) => p === place);
  return [D.addresses[place], written || plainText(D.parameters[place]), state.moved.has(n) ? textOf(n) : "", rests];
}

function whyRung(line) {
  const {rung: one} = line, t = one.zeroMonth < 0 ? one.lowMonth : one.zeroMonth;
  trail = [[D.places.unrestricted_cash, t]];
  const says = line.rungs.map(n => `${D.rungs[n].title}: counting ${D.rungs[n].says}.`).join(" ");
  const fell = one.zeroMonth < 0 ? `Cash stays above ${UNIT.amount(D.floor)}; the lowest day is in ${lowText(one, now)}.`
    : `The first day at whose end free cash is below ${UNIT.amount(D.floor)} is ${outText(one, now)}; months are counted from ${D.asOf}.`;
  const months = now.months.map((label, n) => [monthText(label), UNIT.figure(one.free[n + 1])]).slice(Math.max(0, t - 3), t + 2);
  openWhy(line.name, element("p", {}, says), element("p", {}, fell), tableOf(`Free cash at the end of the month, ${UNIT.label}`, ["month", "cash"], months),
    element("p", {}, element("button", {onclick: () => why(D.places.unrestricted_cash, t)}, "The formula of free cash"),
      one === now.rungs[3] ? "" : element("span", {class: "quiet"}, " (there with all funding counted)")));
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

// Sliders.

const textOf = n => stopsOf(n, state.scenario).s[state.moved.get(n)];

function sliderNode(n) {
  const slider = D.sliders[n], id = `s${n}`;
  const figure = D.figures[slider.p] || ["", "", null, null, ""];
  const confidence = figure[3] === null ? "" : D.pool[figure[3]][1];
  const rests = [whereText(figure[1]), figure[2] === null ? "" : D.sources[figure[2]][1] || D.sources[figure[2]][0], confidence && `${confidence} confidence`].filter(Boolean);
  const input = slider.kind === "switch" ? element("input", {type: "checkbox", id, onchange: () => move(n, Number(input.checked))})
    : slider.kind === "choice" ? element("select", {id, onchange: () => move(n, Number(input.value))})
    : element("input", {type: "range", id, min: 0, step: 1, oninput: () => move(n, Number(input.value))});
  const node = element("div", {class: `slider ${slider.kind}`},
    element("label", {for: id, title: D.addresses[slider.p]}, slider.title),
    element("output", {for: id}),
    input,
    element("div", {class: "small"}),
    element("p", {class: "quiet"}, rests.join(" · "), " ",
      element("button", {class: "plain", onclick: () => whyFigure(n), "aria-label": `about ${slider.title}`}, "about")));
  node.input = input;
  node.n = n;
  return node;
}

function whyFigure(n) {
  const slider = D.sliders[n], stops = stopsOf(n, state.scenario);
  trail = [];
  const readers = D.rows.map((row, place) => row && readBy(place).figures.includes(slider.p) ? place : -1).filter(place => place >= 0);
  const table = stops && swings(n).map((found, stop) => [
    stops.s[stop], found ? lasts(found, now) : "refused", found ? UNIT.figure(found.lowest) : ""]);
  openWhy(slider.title,
    tableOf("The figure", ["figure", "written", "now", "where, and what it rests on"], [figureRow(slider.p)], "figures"),
    readers.length ? element("p", {}, "Read by ", ...readers.flatMap((place, k) => [k ? ", " : "", element("button", {class: "plain", onclick: () => why(place, 0)}, D.names[place])])) : null,
    table ? tableOf(`At each stop, counting ${D.rungs[rungOf(n)].title.replace("+ ", "")}`, [D.addresses[slider.p], "months left", `lowest cash, ${UNIT.label}`], table) : null);
}

// The rung that an event decides of, or else the counted one, at each stop of a slider, all else as it stands now.
const rungOf = n => D.sliders[n].group === "event" ? Math.max(2, D.counting) : D.counting;

function swings(n) {
  const program = programOf(state.scenario), stops = stopsOf(n, state.scenario);
  return stops.x.map(x => {
    const P = numbers(state.scenario, state.moved);
    P[D.sliders[n].p] = x;
    try { return rung(program, FUNCTIONS, P, D.rungs[rungOf(n)].overrides); } catch (error) {
      if (error instanceof Refusal) return null;
      throw error;
    }
  });
}

function place(node) { // puts a slider where its figure stands
  const {n, input} = node, stops = stopsOf(n, state.scenario), moved = state.moved.has(n);
  input.disabled = !stops;
  node.classList.toggle("changed", moved);
  if (!stops) {
    node.querySelector("output").textContent = "not in this scenario";
    return;
  }
  const at = moved ? state.moved.get(n) : stops.at, text = stops.s[at].replace(/^=/, "");
  if (input.type === "range") input.max = stops.x.length - 1;
  if (D.sliders[n].kind === "choice" && input.children.length !== stops.s.length) {
    input.replaceChildren(...stops.s.map((one, k) => element("option", {value: k}, one)));
  }
  if (input.type === "checkbox") input.checked = at === 1;
  else input.value = at;
  input.setAttribute("aria-valuetext", text);
  node.querySelector("output").replaceChildren(text, ...(moved ? [element("small", {class: "was"}, `was ${stops.s[stops.at].replace(/^=/, "")}`)] : []));
}

const waiting = new Set();

function sparks() { // small charts, a few at a time while nothing else is to be done
  const [node] = waiting;
  if (!node) return;
  waiting.delete(node);
  if (node.isConnected && stopsOf(node.n, state.scenario) && D.sliders[node.n].kind === "range" && D.sliders[node.n].x.length < 80) {
    const found = swings(node.n), stops = stopsOf(node.n, state.scenario);
    if (found.every(Boolean)) {
      const ends = found.every(one => one.months !== null);
      const at = state.moved.has(node.n) ? state.moved.get(node.n) : stops.at;
      const values = found.map(one => ends ? one.months : one.lowest);
      const said = ends ? `${monthsText(Math.min(...values))} to ${monthsText(Math.max(...values))} months` : `lowest cash ${UNIT.amount(Math.min(...values))} to ${UNIT.amount(Math.max(...values))}`;
      node.querySelector(".small").replaceChildren(spark(values, at, stops.at), element("small", {}, said));
    }
  }
  idle(sparks);
}

const idle = work => window.requestIdleCallback ? window.requestIdleCallback(work, {timeout: 2000}) : setTimeout(work, 30);

function wantSparks() {
  for (const node of document.querySelectorAll(".slider")) if (node.offsetParent) waiting.add(node);
  idle(sparks);
}

// Moving: the answer, ladder and chart in the next frame, the rest once the hand is still.

let frame = 0, rest = 0;

function move(n, stop) {
  const stops = stopsOf(n, state.scenario);
  if (stop === stops.at) state.moved.delete(n);
  else state.moved.set(n, stop);
  for (const node of document.querySelectorAll(".slider")) if (node.n === n) place(node);
  soon();
}

function soon() {
  if (!frame) frame = requestAnimationFrame(() => { frame = 0; update(); });
  clearTimeout(rest);
  rest = setTimeout(settle, 100);
}

function update() {
  try {
    now = state.moved.size ? computed(state.scenario, state.moved) : asInFile(state.scenario);
    $("refused").hidden = true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    $("refused").hidden = false;
    $("refused").textContent = refusalText(error);
    return;
  }
  showAnswer();
  showLadder();
  if (has("headline")) showChart();
}

function refusalText({kind, row, month}) {
  const place = D.shown[row] === undefined ? row : D.shown[row], label = labels(programOf(state.scenario))[month];
  const says = {
    "division-by-zero": "divides by zero", "not-a-number": "has no value: a logarithm of 0 or less, or a root of a negative number",
    "overflow": "grows beyond every bound", "balance-too-large": "is too large to be kept to the minor unit",
  }[kind];
  return `In ${label}, ${D.names[place]} ${says}: runway refuses these figures. What is shown is what they came to before.`;
}

function settle() {
  if (frame) { rest = setTimeout(settle, 50); return; }
  showFunding();
  showTable();
  showFacts();
  showBack();
  showChanges();
  if (has("headline")) showChartTable();
  if (LIVE) { writeLink(); wantSparks(); }
}

function everything() {
  for (const node of document.querySelectorAll(".slider")) place(node);
  file = asInFile(state.scenario);
  update();
  settle();
}

// Back into the file.

const changesNow = () => [...state.moved].map(([n, stop]) => [D.addresses[D.sliders[n].p], stopsOf(n, state.scenario).s[stop]]);
const shell = text => /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\"'\"'")}'`;

function commandText() {
  const {name} = D.scenarios[state.scenario], parts = [D.command];
  if (name !== "base") parts.push(`--scenario ${shell(name)}`);
  parts.push(...D.given, ...changesNow().map(([address, text]) => `--set ${shell(`${address}=${text}`)}`));
  return parts.join(" ");
}

function tomlKey(address) { return /^[\w-]+$/.test(address) ? address : `"${address}"`; }

function tomlText(text) { return text === "true" || text === "false" ? text : `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`; }

function scenarioText() { // the scenario's own changes, then those of this page
  const {set} = D.scenarios[state.scenario], all = new Map([...set, ...D.givenSet]);
  for (const [address, text] of changesNow()) {
    all.delete(tomlKey(address));
    all.set(tomlKey(address), tomlText(text));
  }
  const taken = new Set(D.scenarios.map(one => one.name));
  let name = "from_page";
  for (let n = 2; taken.has(name); n++) name = `from_page_${n}`;
  const rows = [...all].map(([key, value]) => `${key} = ${value}\n`).join("");
  return `[scenarios.${name}.set]\n${rows}`;
}

function hashText() {
  const parts = [];
  if (state.scenario !== D.selected) parts.push(`scenario=${encodeURIComponent(D.scenarios[state.scenario].name)}`);
  for (const [address, text] of changesNow()) parts.push(`set=${encodeURIComponent(`${address}=${text}`)}`);
  return parts.length ? `#${parts.join("&")}` : "";
}

function writeLink() {
  const hash = hashText();
  if (location.hash === hash || (!hash && !location.hash)) return;
  try { history.replaceState(null, "", hash || location.pathname + location.search); } catch { location.replace(hash || "#"); }
}

function readLink() {
  state.moved.clear();
  state.stale = [];
  state.scenario = D.selected;
  const asked = location.hash.slice(1).split("&").filter(Boolean).map(part => {
    const at = part.indexOf("=");
    try { return [part.slice(0, at), decodeURIComponent(part.slice(at + 1))]; } catch { return ["", part]; }
  });
  for (const [key, text] of asked) {
    if (key !== "scenario") continue;
    const n = D.scenarios.findIndex(({name}) => name === text);
    if (n < 0) state.stale.push(`scenario ${text}`);
    else state.scenario = n;
  }
  for (const [key, text] of asked) {
    if (key === "scenario") continue;
    const at = text.indexOf("="), address = text.slice(0, at), value = text.slice(at + 1);
    const n = key === "set" ? D.sliders.findIndex(({p}) => D.addresses[p] === address) : -1;
    const stops = n < 0 ? null : stopsOf(n, state.scenario), stop = stops ? stops.s.indexOf(value) : -1;
    if (stop < 0) state.stale.push(text);
    else if (stop !== stops.at) state.moved.set(n, stop);
  }
  const total = asked.length, gone = state.stale.length;
  $("stale").hidden = !gone;
  $("stale").textContent = gone ? `${gone} of ${total} change${total === 1 ? "" : "s"} in the link no longer appl${gone === 1 ? "ies" : "y"} to this page: ${state.stale.join(", ")}.` : "";
}

function showBack() {
  if (!LIVE) return;
  $("command").value = commandText();
  $("scenarioText").value = scenarioText();
  $("link").value = location.href.split("#")[0] + hashText();
  $("together").hidden = state.moved.size < 2;
  $("count").textContent = state.moved.size ? `${state.moved.size} figure${state.moved.size === 1 ? "" : "s"} moved` : "as in the file";
  $("reset").disabled = !state.moved.size && state.scenario === D.selected;
}

function showChanges() { // for paper
  const rows = [...state.moved].map(([n, stop]) => {
    const stops = stopsOf(n, state.scenario);
    return [D.sliders[n].title, D.addresses[D.sliders[n].p], stops.s[stops.at], stops.s[stop]];
  });
  const {name, title} = D.scenarios[state.scenario];
  $("changes").replaceChildren(element("p", {}, `Scenario: ${name}${title ? ` · ${title}` : ""}`),
    rows.length ? tableOf("What was moved", ["figure", "address", "in the file", "here"], rows) : element("p", {}, "No figure was moved."));
}

async function copy(id, button) {
  const field = $(id);
  field.select();
  let done = false;
  try { await navigator.clipboard.writeText(field.value); done = true; } catch { done = document.execCommand && document.execCommand("copy"); }
  button.textContent = done ? "Copied" : "Selected";
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
}

// The parts of the page.

const section = (id, title, ...parts) => element("section", {id, "aria-labelledby": `${id}-title`}, element("h2", {id: `${id}-title`}, title), ...parts);
const factsOf = name => element("div", {class: "facts", "data-facts": name});

const told = name => D.scenarios.some(({blocks}) => blocks[name] && blocks[name].length);

function build() {
  document.title = D.title;
  const body = document.body;
  const top = element("div", {class: "top"},
    element("header", {class: "title"}, element("h1", {}, D.title), element("p", {class: "quiet"}, `${UNIT.label} · from ${dayAfter(D.asOf)}`, D.changes.length ? ` · with ${D.changes.join(", ")}` : "")),
    element("p", {id: "stale", class: "warning", role: "status", hidden: true}),
    element("p", {id: "selfCheck", class: "warning", role: "alert", hidden: true}));
  if (has("headline")) {
    top.append(
      element("p", {class: "answer", role: "status", id: "answer"}, element("strong", {id: "figure"}), " ", element("span", {id: "rest"})),
      element("p", {id: "refused", class: "warning", role: "alert", hidden: true}),
      element("div", {id: "ladder", class: "scroll"}),
      element("div", {id: "chart"}),
      element("p", {class: "under"}, element("input", {type: "range", id: "cursor", min: 0, max: COUNT, value: 0, "aria-label": "month of the chart", oninput: event => chart.move(Number(event.target.value))}),
        element("output", {id: "readout", for: "cursor"})),
      element("p", {class: "quiet legend"}, "▼ out of cash · ▲ closing · ◆ clause", D.fan ? ` · shaded: ${grouped(String(D.fan.paths))} futures, 5–95 % and 25–75 % of all cash, counting ${D.fan.counting}` : "", D.restricted ? " · restricted cash left out" : ""),
      element("details", {id: "chartTable", ontoggle: () => showChartTable()}, element("summary", {}, "The chart as a table"), element("div", {class: "scroll"})));
    if (LIVE && D.scenarios.length > 1) top.append(besideNode());
    top.append(element("div", {id: "fromFile", class: "facts", "data-quiet": ""}));
  } else top.append(element("div", {hidden: true}, ["answer", "figure", "rest", "refused", "ladder", "fromFile"].map(id => element("p", {id}))));
  top.append(element("section", {id: "changes", class: "paper", "aria-label": "what was moved"}));
  const bottom = element("div", {class: "bottom"});
  if (has("funding") && (D.closings.length || told("funding"))) {
    bottom.append(section("funding", "Funding", LIVE ? eventsNode() : null, element("div", {id: "closings", class: "scroll"}), factsOf("funding")));
  }
  if (has("ownership") && told("ownership")) bottom.append(section("ownership", "Ownership", factsOf("ownership")));
  if (has("cash")) {
    const choose = element("select", {id: "period", onchange: event => { state.period = event.target.value; showTable(); }},
      ["month", "quarter", "year"].map(name => element("option", {value: name}, `by ${name}`)));
    bottom.append(section("cashTable", "Cash", element("p", {}, element("label", {for: "period", class: "unseen"}, "Columns"), choose), element("div", {id: "cash", class: "scroll", tabindex: 0, role: "region", "aria-label": "cash table"})));
    state.period = COUNT <= 12 ? "month" : COUNT <= 36 ? "quarter" : "year";
    choose.value = state.period;
  }
  if (has("checks") && (told("covenants") || told("checks"))) bottom.append(section("checks", "Covenants and checks", factsOf("covenants"), factsOf("checks")));
  if (has("headline") && told("burn")) bottom.append(section("burn", "Burn and survival", factsOf("burn")));
  if (has("notes") && told("notes")) bottom.append(section("notes", "Notes", factsOf("notes")));
  if (has("sources") && D.sources && D.sources.length) bottom.append(section("sources", "Sources", sourcesNode()));
  const main = element("main", {class: LIVE ? "live" : ""}, top, LIVE ? asideNode() : null, bottom);
  body.append(main, element("dialog", {id: "why", "aria-labelledby": "whyTitle", onclose: () => { trail = []; }}));
}

function dayAfter(text) {
  const day = new Date(Date.parse(text) + 864e5);
  return dayText(day.getUTCFullYear() * 12 + day.getUTCMonth(), day.getUTCDate());
}

function besideNode() {
  const boxes = D.scenarios.map(({name, title}, n) => element("label", {title}, element("input", {type: "checkbox", onchange: event => {
    if (event.target.checked) state.beside.add(n); else state.beside.delete(n);
    showChart();
    showChartTable();
  }}), ` ${name}`));
  return element("details", {id: "beside"}, element("summary", {}, "Other scenarios in the chart"), element("div", {class: "boxes"}, boxes));
}

function eventsNode() {
  const found = D.sliders.map((slider, n) => slider.group === "event" ? sliderNode(n) : null).filter(Boolean);
  return found.length ? element("div", {class: "events"}, element("p", {class: "quiet"}, "What funding hangs on: move a day and see which closing comes."), found) : null;
}

function groupNode(title, members, open = false) {
  if (!members.length) return null;
  const holder = element("div", {}), fill = () => {
    if (!holder.children.length) holder.append(...members.map(sliderNode));
    for (const node of holder.children) place(node);
    wantSparks();
  };
  if (open) holder.append(...members.map(sliderNode));
  return open ? holder : element("details", {class: "group", ontoggle: event => { if (event.target.open) fill(); }}, element("summary", {}, `${title} (${members.length})`), holder);
}

function asideNode() {
  const of = group => D.sliders.map((slider, n) => slider.group === group ? n : -1).filter(n => n >= 0);
  const figures = of("figure"), most = 12;
  const choose = element("select", {id: "scenario", onchange: event => {
    state.scenario = Number(event.target.value);
    for (const [n, stop] of [...state.moved]) {
      const stops = stopsOf(n, state.scenario);
      if (!stops || stop >= stops.x.length || stop === stops.at) state.moved.delete(n);
    }
    everything();
  }}, D.scenarios.map(({name, title}, n) => element("option", {value: n}, title ? `${name} · ${title}` : name)));
  const field = (id, label, rows) => element("div", {class: "copy"}, element("label", {for: id}, label),
    element("textarea", {id, rows, readonly: "", spellcheck: "false"}),
    element("button", {onclick: event => copy(id, event.target)}, "Copy"));
  return element("aside", {"aria-label": "Figures to move"},
    element("div", {class: "controls"},
      D.scenarios.length > 1 ? [element("label", {for: "scenario"}, "Scenario "), choose] : null,
      element("p", {}, element("button", {id: "reset", onclick: () => { state.moved.clear(); state.scenario = D.selected; if ($("scenario")) $("scenario").value = D.selected; everything(); }}, "Reset"), " ", element("span", {id: "count", class: "quiet"}))),
    element("details", {class: "back", id: "back"}, element("summary", {}, "Copy back into the file"),
      field("command", "As a command", 3), field("scenarioText", "As a scenario, to stand in the file", 5), field("link", "As a link to this page", 2),
      element("p", {id: "together", class: "quiet", hidden: true}, "The file takes each of these values alone; the command says if it refuses them together.")),
    groupNode("", figures.slice(0, most), true),
    groupNode("More figures", figures.slice(most)),
    groupNode("Dates", of("date")),
    groupNode("All spending, all revenue, all funding", of("lever")),
    groupNode("Figures that do not move the cash", of("still")),
    D.still > 3 ? element("p", {class: "quiet"}, `${D.still} figures more move the cash less or not at all: --set moves any.`) : null);
}

function sourcesNode() {
  return element("ol", {class: "sources"}, D.sources.map(([name, title, publisher, url, asOf, note], n) => {
    const rests = Object.values(D.figures).filter(figure => figure[2] === n).length;
    const about = [publisher, asOf && `as of ${asOf}`, url, `${rests} figure${rests === 1 ? "" : "s"}`, note].filter(Boolean).join(" · ");
    return element("li", {}, element("strong", {}, title || name), ` ${about}`);
  }));
}

function unpacked() { // what scenarios have in common stands in the pool, and sliders as lists
  for (const program of D.programs) {
    for (const key of ["order", "posted", "needed", "openings", "layout"]) program[key] = D.pool[program[key]];
  }
  D.sliders = D.sliders.map(([p, title, kind, group, at, x, s]) => ({p, title, kind, group, at, x, s: s.split("|")}));
  D.money = D.programs.flatMap(({order, posted}) => order.filter((_, n) => posted[n]));
}

function start() {
  if (LIVE) unpacked();
  build();
  if (LIVE) {
    readLink();
    if ($("scenario")) $("scenario").value = state.scenario;
  }
  let right = true;
  try {
    const base = asInFile(0);
    right = !LIVE || (agrees(base) && (state.scenario === 0 || agrees(asInFile(state.scenario))));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    right = false;
  }
  document.documentElement.dataset.check = String(right);
  if (!right) {
    $("selfCheck").hidden = false;
    $("selfCheck").textContent = "This browser computes other figures than runway did: do not rely on what moves. runway's own figures are in the sections below.";
  }
  file = asInFile(state.scenario);
  everything();
  addEventListener("hashchange", () => { readLink(); if ($("scenario")) $("scenario").value = state.scenario; everything(); });
  addEventListener("beforeprint", () => { if (has("headline")) showChart(680); if (has("cash")) { state.screen = state.period; state.period = COUNT <= 12 ? "month" : COUNT <= 36 ? "quarter" : "year"; showTable(); } });
  addEventListener("afterprint", () => { if (has("headline")) showChart(); if (has("cash")) { state.period = state.screen; showTable(); } });
  if (D.events) listen();
}

function listen() { // a served page is drawn anew when a file is saved; what was moved stands in the address
  const source = new EventSource(D.events);
  source.addEventListener("changed", () => { writeLink(); location.reload(); });
  source.addEventListener("broken", event => {
    $("selfCheck").hidden = false;
    $("selfCheck").replaceChildren(element("pre", {}, JSON.parse(event.data)));
  });
  source.addEventListener("sound", () => { $("selfCheck").hidden = true; });
}

start();
