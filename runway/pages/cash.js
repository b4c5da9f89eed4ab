// The money of closings, and the cash table.

function closingsNow(result) {
  const months = result.months.length;
  return D.closings.map(closing => {
    let money = 0;
    for (let t = 0; t < months; t++) money += result.H[closing.cash * months + t] || 0;
    const due = closing.due < 0 ? -1 : result.H[closing.due * months + months - 1], within = due >= 0 && due < months && money !== 0;
    return {...closing, drawn: money, place: within ? due : null, on: within ? placeText(due, result.start) : NONE};
  });
}

function showFunding() {
  if (!$("closings")) return;
  const before = closingsNow(file);
  const rows = closingsNow(now).map((closing, n) => {
    const [money, old] = [closing, before[n]].map(({drawn}) => UNIT.figure(drawn));
    const title = LIVE ? element("button", {class: "plain", onclick: () => why(closing.cash, Math.max(0, Math.floor(closing.place || 0)))}, closing.title) : closing.title;
    return [title, reading.on ? WAIT : UNIT.figure(closing.amount), [money, ...was(money, old)], [closing.on, ...was(closing.on, before[n].on)]];
  });
  $("closings").replaceChildren(...(rows.length ? [tableOf(`Money of each closing within these months, planned included, ${UNIT.label}`, ["closing", "as written", "comes in", "on"], rows)] : []));
}

// Cash table.

function periods(by) { // first and last month of each column
  const size = {month: 1, quarter: 3, year: 12}[by], columns = [];
  now.months.forEach((label, t) => {
    const at = 12 * Number(label.slice(0, 4)) + Number(label.slice(5, 7)) - 1 + 12 - D.yearEnd, number = at % 12, years = Math.floor(at / 12);
    const year = D.yearEnd === 12 ? label.slice(0, 4) : `FY${String(years % 100).padStart(2, "0")}`, key = `${years} ${Math.floor(number / size)}`;
    if (columns.length && columns[columns.length - 1].key === key) columns[columns.length - 1].last = t;
    else columns.push({key, first: t, last: t, year, number});
  });
  for (const column of columns) {
    column.head = size === 1 ? monthText(now.months[column.first]) : size === 3 ? `Q${Math.floor(column.number / 3) + 1} ${column.year}` : column.year;
    const [from, to] = [column.first, column.last].map(t => NAMES[(now.start + t) % 12]);
    if (column.last - column.first + 1 < size) column.head += ` ${from === to ? from : `${from}–${to}`}`;
  }
  return columns;
}

function showTable() {
  if (!$("cash")) return;
  const columns = periods(state.period), months = now.months.length, {H} = now, unmoved = state.moved.size === 0;
  const flow = (source, row, column) => {
    let total = 0;
    for (let t = column.first; t <= column.last; t++) total += source[row * months + t];
    return rounded(total, D.minorDigits);
  };
  const cells = (row, value) => columns.map(column => {
    const text = UNIT.figure(value(H, column)), different = !unmoved && file.months.length === months && text !== UNIT.figure(value(file.H, column));
    return element("td", {class: `figure${different ? " moved" : ""}`, onclick: LIVE ? () => why(row, column.last) : null}, text);
  });
  const named = (title, row) => LIVE ? element("button", {class: "plain", onclick: () => why(row, 0)}, title) : title;
  const rows = [], line = (kind, head, row, value) => rows.push(element("tr", {class: kind}, element("th", {scope: "row"}, head), cells(row, value)));
  line("total", named("Opening cash", D.places.opening_cash), D.places.opening_cash, (source, column) => source[D.places.opening_cash * months + column.first]);
  for (const [title, row, inner] of D.table) {
    const moves = [row, ...inner.map(([, place]) => place)].some(place => columns.some(column => flow(H, place, column) || flow(file.H, place, column)));
    if (!moves) continue;
    const open = state.open.has(title), shown = inner.filter(([, place]) => columns.some(column => flow(H, place, column)));
    const fold = shown.length ? element("button", {class: "fold", "aria-expanded": String(open), "aria-label": `${title}: its lines`, onclick: () => {
      if (open) state.open.delete(title); else state.open.add(title);
      showTable();
      const again = [...$("cash").querySelectorAll(".fold")].find(button => button.getAttribute("aria-label") === `${title}: its lines`);
      if (again) again.focus();
    }}, open ? "▾" : "▸") : null;
    line("section", [fold, named(title, row)], row, (source, column) => flow(source, row, column));
    if (open) for (const [name, place] of shown) line("inner", named(name, place), place, (source, column) => flow(source, place, column));
  }
  const last = row => (source, column) => source[row * months + column.last];
  line("net", named("Net cash flow", D.places.net_cash_flow), D.places.net_cash_flow, (source, column) => flow(source, D.places.net_cash_flow, column));
  line("total", named("Closing cash", D.places.cash), D.places.cash, last(D.places.cash));
  if (D.restricted) line("inner", named("of which restricted", D.places.restricted_cash), D.places.restricted_cash, last(D.places.restricted_cash));
  const table = tableOf(`All funding counted, ${UNIT.label}`, ["", ...columns.map(column => column.head)], rows, "cash");
  $("cash").replaceChildren(table);
}
