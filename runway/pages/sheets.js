// The statements and the metrics, run and filled once they are opened.

function complete(result) { // the rows of a run with those that are looked at here; false where they cannot be computed
  if (!LIVE || !result.program.later || result.complete) return result.complete !== "refused";
  try {
    result.H = further(result.program, FUNCTIONS, result.P, result.H);
    result.complete = "run";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    result.complete = "refused";
  }
  return result.complete === "run";
}

function sheetsNode() { // a folded table of each statement
  return D.statements.map(([title, lines]) => sheetNode(title, () => statementTable(title, lines)));
}

function sheetNode(title, table) {
  const holder = element("div", {class: "scroll"});
  const node = element("details", {class: "sheet", ontoggle: () => node.fill()}, element("summary", {}, title), holder);
  node.fill = () => {
    if (!node.open) return;
    holder.replaceChildren(...(complete(now) && complete(file) ? table() : [element("p", {}, "These rows cannot be computed with the figures as they stand.")]));
  };
  return node;
}

function showSheets() { for (const node of document.querySelectorAll(".sheet")) node.fill(); }

const OVER = { // the figure of a line in a column
  flow: (H, row, column) => { let total = 0; for (let t = column.first; t <= column.last; t++) total += H[row * now.months.length + t]; return total; },
  balance: (H, row, column) => H[row * now.months.length + column.last],
  opening: (H, row, column) => H[row * now.months.length + column.first],
};

function sheetRow(kind, title, place, columns, value, say) { // figures that differ from the file are marked, and each leads to its formula
  const cells = columns.map(column => {
    const text = say(value(now.H, column)), moved = state.moved.size && file.months.length === now.months.length && text !== say(value(file.H, column));
    return element("td", {class: `figure${moved ? " moved" : ""}`, onclick: LIVE ? () => why(place, column.last) : null}, text);
  });
  const named = LIVE ? element("button", {class: "plain", onclick: () => why(place, columns[columns.length - 1].last)}, title) : title;
  return element("tr", {class: kind}, element("th", {scope: "row"}, named), cells);
}

const shareText = x => x === 0 ? NONE : `${(x * 100).toFixed(2).replace("-", "−")}%`;

function statementTable(title, lines) {
  const columns = periods(state.period), rows = [];
  for (const [name, place, sign = 1, kind = "flow", depth = 0, total = 0, of = null] of lines) {
    const value = (H, column) => sign * OVER[kind](H, place, column), telling = H => columns.some(column => rounded(value(H, column), D.minorDigits) !== 0);
    if (!total && !telling(now.H) && !telling(file.H)) continue;
    rows.push(sheetRow(total ? "total" : depth ? "inner" : "", name, place, columns, value, x => UNIT.figure(x)));
    if (of === null) continue;
    const share = (H, column) => OVER.flow(H, of, column) > 0 ? value(H, column) / OVER.flow(H, of, column) : NaN;
    if (columns.some(column => OVER.flow(now.H, of, column))) rows.push(sheetRow("inner", "of revenue", place, columns, share, x => Number.isNaN(x) ? NONE : shareText(x)));
  }
  return [tableOf(`All funding counted, ${UNIT.label}`, ["", ...columns.map(column => column.head)], rows, "cash")];
}

const SAY = {
  money: x => plainText(Number(x.toPrecision(3))),
  share: shareText,
  multiple: x => `${figureText(x, Math.abs(x) < 1e4 ? 2 : 0)}x`,
  months: monthsText,
};

function metricsTables() { // by financial year: each metric is of the last twelve months at its end, or of as many as there are
  const {moved, ratios} = D.metrics, columns = periods("year"), heads = ["", ...columns.map(column => column.head)];
  const line = ([title, place, sign, kind, money]) =>
    sheetRow("", title, place, columns, (H, column) => sign * OVER[kind](H, place, column), x => money ? UNIT.figure(x) : figureText(x, 0));
  const ratio = ([title, place, unit]) =>
    sheetRow("", title, place, columns, (H, column) => OVER.balance(H, place, column), x => x === null || Number.isNaN(x) ? NONE : SAY[unit](x));
  const absent = new Map();
  for (const [title, place, , reason] of ratios) {
    if (columns.some(column => { const x = now.H[place * now.months.length + column.last]; return x === null || Number.isNaN(x); })) absent.set(reason, [...(absent.get(reason) || []), title]);
  }
  const moves = kept => moved.filter(movement => movement[4] === kept), groups = [[`Recurring revenue a month, ${UNIT.label}`, moves(1)], ["Customers", moves(0)]];
  return [
    ...groups.filter(([, lines]) => lines.some(([, place]) => columns.some(column => OVER.balance(now.H, place, column) || OVER.flow(now.H, place, column))))
      .map(([caption, lines]) => tableOf(caption, heads, lines.map(line), "cash")),
    tableOf(`Of the last twelve months; money in ${D.currency}`, heads, ratios.filter(([, place]) => columns.some(column => OVER.balance(now.H, place, column) === OVER.balance(now.H, place, column) && OVER.balance(now.H, place, column) !== null)).map(ratio), "cash"),
    ...[...absent].map(([reason, titles]) => element("p", {class: "quiet"}, `– ${titles.join(", ")}: ${reason}`)),
  ];
}
