// Cash by day: the twin of runway.engine.days and runway.engine.spans, for one run. Which rows move on a day is data,
// the layout; a place of it is a row (0 and above) or a parameter (-1 and below). Operations stand in the same order.

const BEYOND = 99, SAME = 1e-9; // a day that no month has; part of a day by which a computed day may miss it
const FARTHEST = 36; // months ahead

class Days {
  constructor(at, program, H, P) {
    this.at = at; this.H = H; this.P = P; this.months = program.months;
    calendar(program);
    this.before = [0];
    this.days = [...DAYS]; // and of months past the last, which may be paid ahead
    for (let n = 0; n < FARTHEST; n++) this.days.push(daysIn(DAYS.length + n));
    for (const days of this.days) this.before.push(this.before[this.before.length - 1] + days);
    this.floor = this.row(at.minimum, 0) - 0.5 / program.units;
  }

  row(place, t) { return this.H[place * this.months + t]; }

  place(place, t) { return place >= 0 ? this.row(place, t) : this.P[-1 - place]; }

  day(place, t) { // of month t on which a flow is
    const within = (this.place(place, t) - t) * 32;
    return min(max(floor(within) + 1, 1), DAYS[t]);
  }

  // The cash at the end of a day of month t, and the days of which one has the lowest.
  month(t) {
    const {at} = this, days = DAYS[t], moves = [], paced = [];
    let even = 0, start = this.row(at.opening, t);
    for (const row of at.even) even += this.row(row, t);
    for (const [row, day, sign] of at.fixed) {
      const amount = this.row(row, t) * sign;
      if (day === 1) start += amount;
      else moves.push([amount, min(day, days)]);
    }
    for (const [service, cash] of at.lines) moves.push([this.row(service, t) + this.row(cash, t), days]);
    at.dated.forEach(([row, place, sign], n) => {
      const amount = this.row(row, t) * sign;
      if (amount === 0) return;
      moves.push([amount, this.day(place, t)]);
      if (n < at.oneOffs) even -= amount;
    });
    for (const line of at.moving) {
      const amount = this.row(line.cash, t);
      if (amount === 0) continue;
      const windows = this.share(line, t);
      if (windows === null) continue;
      paced.push([amount, windows]);
      even -= amount;
    }
    const earmarks = at.restricted.map(earmark => this.earmark(earmark, t));
    const lines = at.lines.map(([, , undrawn, held]) => [this.row(undrawn, t), this.row(held, t)]);

    const cash = day => {
      let value = start + even * day / days;
      for (const [amount, on] of moves) value += on <= day ? amount : 0;
      for (const [amount, windows] of paced) value += amount * moved(windows, day, days);
      for (const restricted of earmarks) value -= restricted(day);
      return value;
    };
    const lent = day => {
      let value = cash(day);
      for (const [undrawn, held] of lines) value = max(value, min(value + undrawn, held));
      return day < days ? value : this.row(at.unrestricted, t);
    };
    let ends = [1, days];
    const turn = on => ends.push(max(on - 1, 1), on);
    for (const [, on] of moves) turn(on);
    for (const earmark of at.restricted) turn(this.decided(earmark, t));
    for (const [, windows] of paced) {
      for (const [, first, last] of windows.parts) {
        for (const day of [floor(first) - 1, -floor(1 - first), floor(last), -floor(-last)]) {
          ends.push(min(max(day, 1), days));
        }
      }
    }
    if (lines.some(([undrawn, held]) => undrawn > 0 && ends.some(day => cash(day) < held))) {
      ends = Array.from({length: days}, (_, n) => n + 1);
    }
    return [lines.length ? lent : cash, [...new Set(ends)]];
  }

  earmark(earmark, t) { // the restricted cash of a line at the end of a day
    const days = DAYS[t], {filled, spent} = earmark;
    let brought = 0;
    for (const [cash] of earmark.closings) brought += this.row(cash, t);
    let before = t ? this.row(filled, t - 1) : 0, gone = t ? this.row(spent, t - 1) : this.openingSpent(earmark);
    if (t === 0) {
      const all = this.row(earmark.brought, 0);
      before = this.row(filled, 0) * (all > 0 ? (all - brought) / all : 0);
    }
    const fill = this.row(filled, t) - before, spend = this.row(spent, t) - gone;
    const moves = [];
    if (fill !== 0) {
      const part = brought > 0 ? brought : 1;
      for (const [cash, place] of earmark.closings) {
        moves.push([fill * this.row(cash, t) / part, this.day(place, t)]);
      }
      moves.push([brought > 0 ? 0 : fill, this.decided(earmark, t)]);
    }
    const on = earmark.spentOn === null ? null : this.day(earmark.spentOn, t);
    const windows = earmark.moving === null ? null : this.share(earmark.moving, t);
    return day => {
      const by = spend * (windows === null ? day / days : moved(windows, day, days));
      let left = before - gone - (on === null ? by : on <= day ? spend : 0);
      for (const [amount, closed] of moves) left += closed <= day ? amount : 0;
      return max(left, 0);
    };
  }

  openingSpent(earmark) { return earmark.openingSpent.length ? earmark.openingSpent.reduce((x, p) => x * this.P[p], 1) : 0; }

  decided(earmark, t) { // the day of a deadline in month t, else the first
    let on = 1;
    for (const [parameter, place] of earmark.deadlines) {
      const by = this.P[parameter];
      if (t <= by && by < t + 1) on = this.day(place, t);
    }
    return on;
  }

  // How a line's money moves in month t: its windows, or null if evenly over all days.
  share(line, t) {
    if (line.figures === null) return this.shareOf(line, t); // its windows hang on rows
    if (!line.known || line.figures.some((place, n) => this.P[place] !== line.known[n])) {
      line.known = line.figures.map(place => this.P[place]);
      line.shares = [];
    }
    if (line.shares[t] === undefined) line.shares[t] = this.shareOf(line, t);
    return line.shares[t];
  }

  shareOf(line, t) {
    const days = DAYS[t];
    const parts = line.late.flatMap(late => late.ahead !== null ? this.earlier(line.parts[0], late, t)
      : [...this.owedBefore(late, t), ...this.latePaid(line.parts, late, t)]);
    if (!line.late.length) parts.push(...this.windows(line.parts, t, true));
    if (!parts.some(([weight, first, last]) => weight !== 0 && last - first + 1 > SAME && (first > 1 || last < days))) return null;
    return {parts, whole: weighed(parts)};
  }

  rate(row, t) { return row === null ? 1 : this.row(row, t); }

  owedBefore(late, t) { // money owed at the start is settled evenly over the delay, at least on the first day
    const days = DAYS[t];
    let owed = late.opening.length ? 1 : 0, by = this.figure(late.by) * late.unit;
    for (const place of late.opening) owed *= this.P[place];
    if (late.owed !== null) owed = this.row(late.owed, t);
    by = late.months ? max(by, 1 / 32) : max(by, 1);
    const last = min(late.months ? (by - t) * days : by - this.before[t], days);
    if (owed === 0 || last <= 0) return [];
    return [[(late.months ? owed / by / days : owed / by) * this.rate(late.rate, t), 1, last]];
  }

  latePaid(parts, late, t) { // money earned or incurred in this and earlier months that moves in this one
    let share = 0;
    for (const place of late.but) share += this.P[place];
    share = (late.share === null ? 1 : this.figure(late.share)) - share;
    const by = this.figure(late.by) * late.unit, begin = this.before[t], days = DAYS[t], windows = [];
    for (let month = t; month >= 0; month--) {
      if (late.months ? t - month >= by + 1 : this.before[month + 1] + by <= begin) break;
      if (late.months ? floor(by) > t - month : this.before[month] + by >= begin + days) continue;
      for (const part of parts) {
        for (const [weight, first, last] of this.windows([part], month, !late.months)) {
          if (weight === 0) continue;
          const paid = weight * (share * this.rate(part.rate, t)), later = by - (begin - this.before[month]);
          windows.push(clipped(late.months ? this.monthsLater(paid, first, last, by, month, t)
            : [paid, first + later, last + later], days));
        }
      }
    }
    return windows;
  }

  earlier(part, late, t) { // money earned or incurred in a later month that moves in this one, on days alike
    const days = DAYS[t], month = t - late.by, amount = this.row(late.ahead, t) * this.figure(late.share);
    const inner = this.windows(part.parts, month, false);
    const all = weighed(inner.map(window => clipped(window, this.days[month])));
    const windows = [[all !== 0 ? 0 : amount / days, 1, days]];
    for (const [weight, first, last] of inner) {
      const money = all !== 0 ? amount * weight / all : 0;
      windows.push(clipped(this.monthsLater(money, first, last, late.by, month, t), days));
    }
    return windows;
  }

  monthsLater(weight, first, last, by, month, t) { // on days of the same number, or by a part of a month
    const monthDays = this.days[month], days = DAYS[t], begin = max(first, 1), end = min(last, monthDays), part = by - (t - month);
    const same = part === 0;
    const on = same ? min(begin, days) : ((begin - 1) / monthDays + part) * days + 1;
    const off = same ? (last > monthDays ? days : min(end, days)) : (end / monthDays + part) * days;
    const money = weight * max(end - begin + 1, 0);
    return [part > -1 && part < 1 ? money / max(off - on + 1, SAME) : 0, on, off];
  }

  windows(parts, t, within) { // each part's weight a day, first and last day, within the month or beyond it
    const windows = [], days = this.days[t];
    for (const part of parts) {
      if (part.row === undefined) {
        const window = [part.weight === null ? 1 : this.P[part.weight], ...this.window(part, t)];
        windows.push(within ? clipped(window, days) : window);
        continue;
      }
      const amount = this.row(part.row, t) * part.sign, inner = this.windows(part.parts, t, within);
      if (!inner.length) {
        windows.push([amount / days, 1, within ? days : BEYOND]);
        continue;
      }
      const all = weighed(inner.map(window => clipped(window, days)));
      for (const [weight, first, last] of inner) windows.push([all !== 0 ? amount * weight / all : 0, first, last]);
      windows.push([all !== 0 ? 0 : amount / days, 1, days]);
    }
    return windows;
  }

  window(part, t) { // the first and the last day on which a part moves, counted from month t; its bill's day in it
    if (part.days) {
      const day = 1 + mod(floor(dayNumber(this.figure(part.first))) - this.before[t], part.days) + part.nth * part.days;
      return [day, day];
    }
    if (part.every) {
      const place = part.first === null ? 0 : this.figure(part.first);
      const day = min((place - floor(place)) * 32 + 1, this.days[t]);
      return [day, day];
    }
    const first = part.first === null ? 1 : this.dayOf(this.figure(part.first), t);
    return [first, part.last === null ? BEYOND : this.dayOf(this.figure(part.last), t)];
  }

  figure(place) { return typeof place === "number" ? place : this.P[place.p]; }

  dayOf(place, t) { return floor(dayNumber(place)) - this.before[t] + 1; } // counted from month t

  setAside() { // for one line only, before the first month
    let total = 0;
    for (const earmark of this.at.restricted) total += this.earmark(earmark, 0)(0);
    return total;
  }

  // The lowest daily cash and the first day below the floor, of the days that are not past.
  read() {
    let lowest = Infinity, lowMonth = 0, lowDay = 0, zeroMonth = -1, zeroDay = 0;
    for (let t = this.at.first; t < this.months; t++) {
      const [cash, ends] = this.month(t), since = t === this.at.first ? this.at.begins : 1;
      let lowestHere = Infinity;
      for (const end of ends) {
        const day = max(end, since), value = cash(day);
        if (value < lowestHere) lowestHere = value;
        if (value < lowest || (value === lowest && lowMonth === t && day < lowDay)) {
          [lowest, lowMonth, lowDay] = [value, t, day];
        }
      }
      if (zeroMonth < 0 && lowestHere < this.floor) {
        for (let day = since; day <= DAYS[t] && zeroMonth < 0; day++) {
          if (cash(day) < this.floor) [zeroMonth, zeroDay] = [t, day];
        }
      }
    }
    return {lowest, lowMonth, lowDay, zeroMonth, zeroDay};
  }
}

function clipped([weight, first, last], days) { return [weight, max(first, 1), min(last, days)]; }

function weighed(parts) {
  let total = 0;
  for (const [weight, first, last] of parts) total += weight * max(last - first + 1, 0);
  return total;
}

function moved({parts, whole}, day, days) { // the share that has moved by the end of a day
  if (whole === 0) return day / days;
  let passed = 0;
  for (const [weight, first, last] of parts) passed += weight * max(min(day, last) - first + 1, 0);
  return passed / whole;
}

// The bank's balance on its day less the cash planned then, so that the balance stays whatever figures are moved.
function besideTheBank(program, functions, P) {
  const {amount, month, day, closed, moved} = program.bank, nothing = Float64Array.from(P);
  nothing[amount] = 0;
  const H = run(program, functions, nothing), days = new Days({...program.layout, restricted: []}, program, H, nothing);
  const before = closed === null ? H[program.layout.opening * program.months] : closed, [cash] = days.month(month);
  return Math.round((before + moved - cash(day)) * program.units) / program.units;
}

// One rung of the ladder: the run under its overrides, what is read off it, and the free cash at each month's end.
function rung(program, functions, parameters, overrides) {
  const P = Float64Array.from(parameters);
  for (const [place, value] of overrides) P[place] = value;
  if (program.bank) P[program.bank.amount] = besideTheBank(program, functions, P);
  const H = run(program, functions, P), at = program.layout, days = new Days(at, program, H, P), read = days.read();
  const {months} = program, row = (place, t) => H[place * months + t];
  const fromStart = read.zeroMonth < 0 ? null : read.zeroMonth + (read.zeroDay - 1) / DAYS[read.zeroMonth];
  const free = [row(at.opening, 0) - days.setAside()];
  for (let t = 0; t < months; t++) free.push(row(at.unrestricted, t));
  return {
    ...read, H, P, free, fromStart, months: fromStart === null ? null : fromStart - at.base,
    gap: max(0, row(at.minimum, 0) - read.lowest), closing: row(at.cash, months - 1),
  };
}
