// Figures as text: as the command writes them, to the letter.

const NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const NONE = "–";

// A number to so many places, halves to the even digit.
function fixed(x, places) {
  const scaled = x * 10 ** places;
  const half = Number.isInteger(x * 2 ** (places + 1)) && Math.abs(scaled % 1) === 0.5;
  return half ? (2 * Math.round(scaled / 2) / 10 ** places).toFixed(places) : x.toFixed(places);
}

function grouped(text) {
  const [before, after] = text.split(".");
  return before.replace(/\B(?=(\d{3})+$)/g, ",") + (after === undefined ? "" : "." + after);
}

const rounded = (x, places) => Number(fixed(x, places));
const figureText = (x, places) => grouped(fixed(x, places));
const monthsText = x => rounded(x, 1) < 0 ? `(${figureText(-x, 1)})` : figureText(Math.abs(x), 1);
const monthText = label => `${NAMES[Number(label.slice(5, 7)) - 1]} ${label.slice(0, 4)}`;

function dayText(month, day) { // an absolute month and a day of it
  const year = Math.floor(month / 12);
  return `${day} ${NAMES[month - 12 * year]} ${year}`;
}

function placeText(place, start) { // a position, months from the start plus (day - 1) / 32
  const month = start + Math.floor(place);
  return dayText(month, Math.min(Math.floor((place - Math.floor(place)) * 32) + 1, monthDays(month)));
}

function firstDigitPlaces(x) { // places at which a positive figure shows its first digit
  let places = 1;
  while (rounded(x, places) === 0 && places < 15) places++;
  return places;
}

class Scale { // the unit that money is divided by
  constructor({value, label, places}, minorDigits) { Object.assign(this, {unit: value, label, places, minorDigits}); }

  figure(value) { // of a table: (1,234.5), 1,234.5 or a dash
    if (rounded(Math.abs(value), this.minorDigits) === 0) return NONE;
    const size = Math.abs(value) / this.unit;
    let text = figureText(size, this.places);
    if (rounded(size, this.places) === 0) text = firstDigitPlaces(size) <= 3 ? fixed(size, firstDigitPlaces(size)) : "<0.001";
    return value < 0 ? `(${text})` : text;
  }

  amount(value) { // of a sentence, with two digits that say something
    const size = Math.abs(value) / this.unit;
    let places = size === 0 || size >= 10 ? 1 : Math.max(2, 1 - Math.floor(Math.log10(size)));
    if (this.unit === 1) places = Number.isInteger(size) ? 0 : this.minorDigits;
    const text = figureText(size, places);
    return value < 0 ? `(${text})` : text;
  }
}

function plainText(x) { // a figure that is no money, to four significant digits
  if (Number.isInteger(x)) return grouped(String(x));
  return Math.abs(x) >= 1e4 ? figureText(x, 0) : String(Number(x.toPrecision(4)));
}
