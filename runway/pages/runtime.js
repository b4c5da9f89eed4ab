// The functions that the printed formulas call, and the run over the months. Every cell is that of runway's engine to the last bit:
// the same operations in the same order, and for powers own ones, as browsers' differ in the last bit.

class Refusal extends Error {
  constructor(kind) { super(kind); this.kind = kind; }
}

const NEVER = 1e6, ROUNDER = 6755399441055744, NUDGE = 1.0000000000000004, SAME_DAY = 1e-9, LARGEST = 562949953421312;
let START = 0, DAYS = []; // the first month (year * 12 + month - 1) and the days of each month of the run

const refuse = kind => { throw new Refusal(kind); };
const min = (a, b) => b < a ? b : a;
const max = (a, b) => b > a ? b : a;
const div = (x, y) => y === 0 ? refuse("division-by-zero") : x / y;
const whole = x => x !== x ? refuse("not-a-number") : x - x !== 0 ? refuse("overflow") : x;
const floor = x => Math.floor(whole(x));
const ceil = x => Math.ceil(whole(x));

function mod(x, y) {
  if (y === 0) refuse("division-by-zero");
  const rest = x % y;
  return rest && (y < 0) !== (rest < 0) ? rest + y : rest;
}

function roundHalf(x, digits = 0) {
  const scale = power(10, Math.trunc(whole(digits)));
  return div((x >= 0 ? 1 : -1) * floor(Math.abs(x) * scale * NUDGE + 0.5), scale);
}

function pmt(rate, periods, present) {
  return rate === 0 ? div(-present, periods) : div(-present * rate, 1 - power(1 + rate, -periods));
}

// Powers: a number is held as the sum of two, `hi` and `lo`, which gives about 31 digits before the one rounding.

let hi = 0, lo = 0;
const SPLIT = 134217729, LN2 = 0.6931471805599453, LN2_REST = 2.3190468138462996e-17;

function sum2(a, b) { // exactly a + b
  hi = a + b;
  const c = hi - a;
  lo = (a - (hi - c)) + (b - c);
}

function product2(a, b) { // exactly a * b
  hi = a * b;
  const p = SPLIT * a, q = SPLIT * b, ah = p - (p - a), bh = q - (q - b), al = a - ah, bl = b - bh;
  lo = ((ah * bh - hi) + ah * bl + al * bh) + al * bl;
}

function times(ah, al, bh, bl) {
  product2(ah, bh);
  const p = hi, rest = lo + (ah * bl + al * bh);
  hi = p + rest;
  lo = rest - (hi - p);
}

function plus(ah, al, bh, bl) {
  sum2(ah, bh);
  const s = hi, e = lo;
  sum2(al, bl);
  const f = lo, g = e + hi, u = s + g, v = g - (u - s) + f;
  hi = u + v;
  lo = v - (hi - u);
}

function reciprocal(n) { // 1 / n of a whole number
  const h = 1 / n;
  product2(h, n);
  return [h, ((1 - hi) - lo) / n];
}

const ODD = [], FACTORIALS = [];
for (let n = 0; n < 23; n++) ODD.push(reciprocal(2 * n + 1));
for (let n = 1, f = 1; n < 12; f *= ++n) FACTORIALS.push(reciprocal(f));
const bits = new Float64Array(1), words = new Uint32Array(bits.buffer);
words[0] = 1;
const HIGH = bits[0] < 1e-300 && words[1] === 0 ? 1 : 0;

function logarithm(x) { // of a positive finite number, into hi and lo: 2 atanh((m - 1) / (m + 1)) + e log 2
  let e = 0;
  if (x < 2.2250738585072014e-308) { x *= 18014398509481984; e = -54; }
  bits[0] = x;
  e += (words[HIGH] >>> 20) - 1023;
  words[HIGH] = words[HIGH] & 0xfffff | 0x3ff00000;
  let m = bits[0];
  if (m > 1.4142135623730951) { m /= 2; e++; }
  sum2(m, 1);
  const bh = hi, bl = lo, q = (m - 1) / bh;
  times(q, 0, bh, bl);
  plus(m - 1, 0, -hi, -lo);
  sum2(q, hi / bh);
  const sh = hi, sl = lo;
  times(sh, sl, sh, sl);
  const zh = hi, zl = lo;
  let ah = ODD[22][0], al = ODD[22][1];
  for (let n = 21; n >= 0; n--) {
    times(ah, al, zh, zl);
    plus(hi, lo, ODD[n][0], ODD[n][1]);
    ah = hi; al = lo;
  }
  times(ah, al, 2 * sh, 2 * sl);
  if (e === 0) return;
  const gh = hi, gl = lo;
  product2(e, LN2);
  plus(hi, lo + e * LN2_REST, gh, gl);
}

function two(n) { // 2 to a whole number
  words[HIGH] = n + 1023 << 20;
  words[1 - HIGH] = 0;
  return bits[0];
}

function exponential(h, l) { // of hi and lo, rounded
  if (h > 709.8) refuse("overflow");
  if (h < -745.2) return 0;
  const k = Math.round(h / LN2);
  product2(-k, LN2);
  plus(h, l, hi, lo - k * LN2_REST);
  const rh = hi / 256, rl = lo / 256;
  let ph = FACTORIALS[10][0], pl = FACTORIALS[10][1];
  for (let n = 9; n >= 0; n--) {
    times(ph, pl, rh, rl);
    plus(hi, lo, FACTORIALS[n][0], FACTORIALS[n][1]);
    ph = hi; pl = lo;
  }
  times(ph, pl, rh, rl); // e^r - 1
  for (let n = 0; n < 8; n++) {
    const a = hi, b = lo;
    times(a, b, a, b);
    plus(hi, lo, 2 * a, 2 * b);
  }
  plus(1, 0, hi, lo);
  const half = k >> 1, value = hi * two(half) * two(k - half);
  return value === Infinity ? refuse("overflow") : value;
}

function power(x, y) {
  if (x === 0 && y < 0) refuse("division-by-zero");
  if (y === 0 || x === 1) return 1;
  if (x !== x || y !== y) return NaN;
  if (x - x !== 0 || y - y !== 0) return x === -1 ? 1 : x ** y;
  if (x < 0 && y !== Math.floor(y)) refuse("not-a-number");
  if (x === 0 || y === 1) return x ** y;
  if (y === 2 || y === -1) {
    const value = y === 2 ? x * x : 1 / x;
    return value - value !== 0 ? refuse("overflow") : value;
  }
  bits[0] = x;
  let at = words[0] ^ Math.imul(words[1], 31);
  bits[0] = y;
  at = Math.imul(at ^ words[0] ^ Math.imul(words[1], 17), 0x9e3779b1) >>> 17;
  if (BASES[at] === x && EXPONENTS[at] === y) return POWERS[at];
  const value = raised(x, y);
  BASES[at] = x; EXPONENTS[at] = y; POWERS[at] = value;
  return value;
}

const [BASES, EXPONENTS, POWERS] = [0, 0, 0].map(() => new Float64Array(32768)); // the powers taken last: runs share most

function raised(x, y) {
  const sign = x < 0 && Math.abs(y) % 2 === 1 ? -1 : 1;
  logarithm(Math.abs(x));
  if (Math.abs(y * hi) > 1000) return y * hi > 0 ? refuse("overflow") : sign * 0;
  times(hi, lo, y, 0);
  return sign * exponential(hi, lo);
}

function exp(x) {
  return x !== x ? NaN : x === Infinity ? x : x === 0 ? 1 : exponential(x, 0);
}

function log(x) {
  if (x <= 0) refuse("not-a-number");
  if (x - x !== 0) return x;
  logarithm(x);
  return hi;
}

// Looks back: a row's values begin at a place of H.

function sum(H, first, t, back) {
  let total = 0;
  for (let at = first + Math.max(0, t - back), last = first + t; at <= last; at++) total += H[at];
  return total;
}

function lag(H, first, t, n, opening) {
  const back = max(n, 0), months = Math.trunc(whole(back)), part = back - months;
  const value = t >= months ? H[first + t - months] : opening;
  return part === 0 ? value : value * (1 - part) + (t > months ? H[first + t - months - 1] : opening) * part;
}

function share(t, left, H, from, to) {
  const days = DAYS[t];
  const part = from === undefined ? left / days : div(H[to + t] - days + left, H[to + t] - H[from + t] + 1);
  return min(max(part, 0), 1);
}

function lastDays(H, first, t, n, from, to) {
  let total = 0, left = n;
  for (let at = t; at >= 0 && left > 0; at--) {
    total += H[first + at] * share(at, left, H, from, to);
    left -= DAYS[at];
  }
  return total;
}

function lastMonths(H, first, t, n, from, to) {
  let total = 0, left = n;
  for (let at = t; at >= 0 && left > 0; at--) {
    total += H[first + at] * share(at, left * DAYS[at], H, from, to);
    left -= 1;
  }
  return total;
}

// The calendar: positions are months from the start plus (day - 1) / 32.

const dayOf = month => Date.UTC(Math.floor(month / 12), month - 12 * Math.floor(month / 12), 1) / 864e5;
const monthDays = month => dayOf(month + 1) - dayOf(month);
const daysIn = place => Math.abs(place) < NEVER / 100 ? monthDays(START + Math.floor(place)) : 31;

function dayNumber(place) {
  if (Math.abs(place) >= NEVER / 100) return place * 31;
  return dayOf(START + Math.floor(whole(place))) - dayOf(START) + mod(place, 1) * 32;
}

function dateAfter(place, days) {
  if (Math.abs(place) >= NEVER / 100) return place;
  const into = min(mod(place, 1) * 32, daysIn(place) - 1);
  const number = floor(dayNumber(Math.floor(place)) + into + days + SAME_DAY);
  if (Math.abs(number) > 1e8) refuse("overflow");
  const day = new Date((dayOf(START) + number) * 864e5), year = day.getUTCFullYear();
  if (year < 1 || year > 9999) refuse("overflow");
  return year * 12 + day.getUTCMonth() - START + (day.getUTCDate() - 1) / 32;
}

// The run.

const MARK = -1.2345678901234567e-300; // no cell comes to it: it stands in cells that a failed run did not reach

function calendar(program) {
  START = program.start;
  if (!program.days) {
    program.days = Array.from({length: program.months}, (_, t) => monthDays(program.start + t));
  }
  DAYS = program.days;
}

function step(program, functions, P, H, O, K) {
  for (const f of program.k) functions[f](H, P, O, K, 0, 0, 0, 0, 0);
  for (const f of program.o) functions[f](H, P, O, K, 0, 0, 0, 0, 0);
  for (let t = 0, elapsed = 0; t < program.months; t++) {
    const at = program.start + t, year = Math.floor(at / 12);
    elapsed += DAYS[t];
    for (const f of program.r) functions[f](H, P, O, K, t, DAYS[t], at - year * 12 + 1, year, elapsed);
  }
}

// Every row under some parameters; a Refusal names the row and the month that cannot be computed.
function run(program, functions, P, into) {
  const H = into || new Float64Array(program.size * program.months);
  const O = new Float64Array(program.size), K = new Float64Array(program.constants);
  calendar(program);
  try {
    step(program, functions, P, H, O, K);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    for (const cells of [H, O, K]) cells.fill(MARK);
    try { step(program, functions, P, H, O, K); } catch { /* the same again */ }
    [error.row, error.month] = failed(program, H, O, K);
    throw error;
  }
  usable(program, H);
  return H;
}

// The rows that are run only where they are looked at: they read those of a run and stand behind them.
function further(program, functions, P, H) {
  const {later} = program, all = new Float64Array(later.size * program.months);
  all.set(H);
  calendar(program);
  step({...program, ...later}, functions, P, all, new Float64Array(later.size), new Float64Array(program.constants));
  return all;
}

function failed(program, H, O, K) {
  const constant = program.needed.find(([place]) => K[place] === MARK);
  if (constant) return [constant[1], 0];
  const opening = program.openings.find(row => O[row] === MARK);
  if (opening !== undefined) return [opening, 0];
  for (let t = 0; t < program.months; t++) {
    const row = program.order.find(place => H[place * program.months + t] === MARK);
    if (row !== undefined) return [row, t];
  }
  return [0, 0];
}

function usable(program, H) {
  const months = program.months, largest = LARGEST / program.units;
  let first = months, bad = null;
  program.order.forEach((row, n) => {
    const limit = program.posted[n] === 1 ? largest : Infinity, from = row * months;
    let large = months, missing = months;
    for (let t = 0; t < months; t++) {
      const value = H[from + t];
      if (value !== value && program.posted[n] === 2) continue; // it may not exist
      if (value - value !== 0) { missing = t; break; }
      if (large === months && (value > limit || value < -limit)) large = t;
    }
    const t = missing < months ? missing : large;
    const none = missing < months && H[from + missing] !== H[from + missing] ? "not-a-number" : "overflow";
    if (t < first) { first = t; bad = [row, t, missing < months ? none : "balance-too-large"]; }
  });
  if (bad) {
    const error = new Refusal(bad[2]);
    [error.row, error.month] = bad;
    throw error;
  }
}
