// The picture of the chart: rungs, closings, clauses, the file as it is, other scenarios, futures.

let chart = null;

function pictureOf() {
  const rungLines = lines(now), faint = [];
  if (state.moved.size) for (const line of lines(file)) faint.push({values: line.rung.free, kind: line.kind});
  const extra = (reading.on ? [] : [...state.beside]).map(n => {
    const result = asInFile(n);
    return {name: D.scenarios[n].name, kind: "other", values: result.rungs[D.counting].free.slice(0, COUNT + 1), zero: null};
  }).filter(line => line.values.length === now.months.length + 1);
  const marks = closingsNow(now).filter(({drawn, place}) => drawn && place !== null)
    .map(closing => ({at: closing.place, event: "closing", name: `${closing.title}: ${UNIT.amount(closing.drawn)} on ${closing.on}`, short: closing.title}));
  for (const {title, p} of D.clauses) {
    const at = now.P[p];
    if (at >= 0 && at < now.months.length) marks.push({at, event: "clause", name: `${title}: by ${placeText(at, now.start)}`, short: title});
  }
  const shown = rungLines.map(line => ({
    name: shortName(line), kind: line.kind, values: line.rung.free, zero: line.rung.fromStart,
    out: line.rung.zeroMonth < 0 ? "" : `out on ${outText(line.rung, now)}`,
  }));
  const label = shown.map(line => `${line.name} ${line.out || "lasts"}`).join("; ");
  return {lines: [...shown, ...extra], faint, marks, floor: floorOf(now), fan: D.fan && !reading.on && now.months.length === COUNT ? D.fan.months : null, label: `Cash by month: ${label}`};
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
