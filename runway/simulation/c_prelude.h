/* What a compiled step function calls: the functions of `language/arithmetic.py` and `simulation/histories.py`, and the
   draws of `simulation/draws.py`.  IEEE arithmetic throughout; what is called in a loop over paths has no branch, so
   that a compiler can do several paths at once.  A table or a history is (pointer, step from month to month). */

#include <math.h>
#include <stdint.h>
#include <string.h>

#define BLOCK 16384 /* paths of a block */
#define LINE 16456  /* from one array to the next: not a power of two, so that they do not meet in a cache */
#define GROUP 512   /* paths whose scores are made together */
#define FEW 64      /* paths that go through some months together: what stays in the first cache */
#define CHUNK 8     /* months that they go through, and whose words are drawn together */

#if defined(__clang__)
#define EACH_PATH _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define EACH_PATH _Pragma("GCC ivdep")
#else
#define EACH_PATH
#endif
#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline, unused))
#define CALLED static __attribute__((noinline, unused)) /* one path at a time */
#else
#define INLINE static inline
#define CALLED static
#endif

typedef int64_t whole;

typedef struct {
    whole first, last; /* months to run, the last one not among them */
    whole months, paths, stride, start;
    const double *k, *s; /* numbers; tables of one number a month */
    const whole *f;      /* tables of one whole number a month */
    double *w, *h, *cash; /* arrays [LINE] of one number a path; histories [months][LINE]; total cash [months][stride] */
    uint64_t *states, *words; /* of the streams of figures drawn each month, four each; [streams][CHUNK][BLOCK / 2] */
    double *scores;           /* [streams][CHUNK][GROUP] */
    const whole *active;      /* the first month of each stream and the one after its last */
    const double *drawn;      /* scores that Python has drawn [streams][months][LINE] */
    double *records; /* paths to be read by day: month, path, rows; [variants][room] of so many each */
    whole room, *kept; /* how many there may be, and are, of each variant */
    whole summing; /* whether scores are summed */
} run_t;

INLINE double bits_of(uint64_t x) { double d; memcpy(&d, &x, 8); return d; }
INLINE uint64_t to_bits(double x) { uint64_t u; memcpy(&u, &x, 8); return u; }

INLINE double least(double a, double b) { double lesser = a < b ? a : b; return a != a ? a : lesser; }
INLINE double most(double a, double b) { double greater = a > b ? a : b; return a != a ? a : greater; }

#ifdef __FP_FAST_FMA
#define AND(a, b, c) fma(a, b, c)
#else
#define AND(a, b, c) ((a) * (b) + (c))
#endif

#define LN2_HIGH 0x1.62e42fefa38p-1 /* the first 42 bits of ln 2 */
#define LN2_LOW 0x1.ef35793c7673p-45
#define LEAST_NORMAL 0x1p-1022
#define ROOT_OF_HALF 0x3fe6a09e667f3bcdull /* its bits */

typedef struct { double high, low; } pair;

/* (artanh(s) / s - 1) / z of z = s * s up to 0.0295, to 2e-16: interpolated at the nodes of Chebyshev. */
INLINE double series_of(double z) {
    double p = AND(z, 0.07308292712444311, 0.07665855309105386);
    p = AND(p, z, 0.09091444727837474), p = AND(p, z, 0.11111105565129939), p = AND(p, z, 0.14285714313001635);
    return AND(AND(p, z, 0.19999999999949722), z, 0.3333333333333335);
}

/* The logarithm of a normal number above 0 as a sum of two, to 2^-60: ln m = 2 artanh((m - 1) / (m + 1)). */
INLINE pair log_of(double x) {
    uint64_t u = to_bits(x) - ROOT_OF_HALF;
    double k = bits_of(0x4330000000000000ull | ((u >> 52) ^ 0x800ull)) - (0x1p52 + 2048.0);
    double m = bits_of((u & 0x000fffffffffffffull) + ROOT_OF_HALF);
    double f = m - 1.0, d = 2.0 + f, r = 1.0 / d, s = f * r;
    double left = fma(-s, d, f) - s * (f - (d - 2.0)); /* of the division */
    double z = s * s, b = 2.0 * s, a = k * LN2_HIGH, high = a + b, v = high - a;
    double low = (a - (high - v)) + (b - v) + AND(2.0 * left, r, AND(b, series_of(z) * z, k * LN2_LOW));
    double sum = high + low;
    pair parts = {sum, low - (sum - high)};
    return parts;
}

/* e to a sum of two numbers: 2^n times a polynomial on [-ln 2 / 2, ln 2 / 2], at the nodes of Chebyshev, to 2e-17. */
INLINE double exp_of(double x, double more) {
    double turn = AND(x, 0x1.71547652b82fep0, 0x1.8p52), n = turn - 0x1.8p52;
    double r = fma(-n, LN2_HIGH, x) - AND(n, LN2_LOW, -more);
    double p = AND(r, 2.5100472505694996e-08, 2.7620201591031547e-07);
    p = AND(p, r, 2.7557268276905696e-06), p = AND(p, r, 2.4801521057868204e-05), p = AND(p, r, 0.00019841269863171557);
    p = AND(p, r, 0.0013888888917367081), p = AND(p, r, 0.008333333333330039), p = AND(p, r, 0.041666666666623824);
    p = AND(p, r, 0.16666666666666669), p = AND(p, r, 0.5000000000000001);
    double value = bits_of(to_bits(1.0 + AND(r * r, p, r)) + (to_bits(turn) << 52));
    value = x > 709.782712893384 ? INFINITY : value;
    return x > -708.3964185322641 ? value : x != x ? x : 0.0; /* a number that is not normal is 0 */
}

INLINE double exponential(double x) { return exp_of(x, 0.0); }

INLINE double logarithm(double x) {
    int small = x < LEAST_NORMAL;
    pair l = log_of(small ? x * 0x1p54 : x);
    double value = (small ? l.high - 54 * 0x1.62e42fefa39efp-1 : l.high) + l.low;
    value = x > 0.0 ? value : x == 0.0 ? -INFINITY : NAN;
    return x == INFINITY ? x : value;
}

typedef struct { double sign, of_none, of_all; } exponent; /* what a power is of a number below 0, of 0, of infinity */

INLINE exponent exponent_of(double y) {
    exponent limits = {y != floor(y) ? NAN : y != 2.0 * floor(y * 0.5) ? -1.0 : 1.0,
                       y > 0.0 ? 0.0 : y < 0.0 ? INFINITY : y == 0.0 ? 1.0 : NAN,
                       y > 0.0 ? INFINITY : y < 0.0 ? 0.0 : y == 0.0 ? 1.0 : NAN};
    return limits;
}

INLINE double power_by(double x, double y, exponent e) { /* of an x that is not normal, as of 0 */
    double a = fabs(x);
    pair l = log_of(a);
    double p = y * l.high, value = exp_of(p, AND(y, l.low, fma(y, l.high, -p)));
    value = a < LEAST_NORMAL ? e.of_none : a < INFINITY ? value : a != a ? a : e.of_all;
    return x < 0.0 ? value * e.sign : value;
}

INLINE double power(double x, double y) { return power_by(x, y, exponent_of(y)); }

/* One of two values in a month; a mask has all bits or none, and is the same on every path. */
INLINE double in_month(uint64_t mask, double then, double otherwise) {
    return bits_of((to_bits(then) & mask) | (to_bits(otherwise) & ~mask));
}

/* Draws. --------------------------------------------------------------------------------------------------------- */

INLINE void draw_words(uint64_t *state, uint64_t *out) { /* SFC64, by Chris Doty-Humphrey */
    uint64_t a = state[0], b = state[1], c = state[2], n = state[3];
    for (whole i = 0; i < BLOCK / 2; i++) {
        uint64_t x = a + b + n++;
        a = b ^ (b >> 11);
        b = c + (c << 3);
        c = ((c << 24) | (c >> 40)) + x;
        out[i] = x;
    }
    state[0] = a, state[1] = b, state[2] = c, state[3] = n;
}

INLINE double log_of_share(double x) { /* of a number from 2^-52 to 1 */
    uint64_t u = to_bits(x) - ROOT_OF_HALF;
    double k = bits_of(0x4330000000000000ull | ((u >> 52) ^ 0x800ull)) - (0x1p52 + 2048.0);
    double f = bits_of((u & 0x000fffffffffffffull) + ROOT_OF_HALF) - 1.0, s = f / (2.0 + f), z = s * s;
    return AND(k, 0x1.62e42fefa39efp-1, 2.0 * AND(s, series_of(z) * z, s));
}

/* GROUP scores out of half as many words, as `simulation/normals.py` makes them. */
INLINE void scores_of(const uint64_t *words, double *out) {
    EACH_PATH
    for (whole i = 0; i < GROUP / 2; i++) {
        uint64_t word = words[i];
        uint32_t low = (uint32_t)word, bits = (low & 0x7FFFFFu) | 0x3F800000u, half = (low << 8) & 0x80000000u;
        float x, c, z, sine, cosine;
        memcpy(&x, &bits, 4);
        x = x - 1.5f;
        z = x * x;
        sine = z * SINE_D;
        sine = sine + SINE_C, sine = sine * z, sine = sine + SINE_B, sine = sine * z, sine = sine + SINE_A;
        sine = sine * x;
        z = sine * sine;
        c = 1.0f - z;
        sine = sine * sqrtf(2.0f - z);
        memcpy(&bits, &c, 4);
        bits ^= half;
        memcpy(&cosine, &bits, 4);
        double radius = sqrt(-2.0 * log_of_share(2.0 - bits_of((word >> 12) | 0x3FF0000000000000ull)));
        out[i] = radius * (double)cosine;
        out[i + GROUP / 2] = radius * (double)sine;
    }
}

/* The scores of one stream, month and group: drawn in C or in Python, or none in months in which it is not in force. */
INLINE void scored(const run_t *r, whole stream, whole t, whole chunk, whole group, double *out) {
    if (r->drawn) {
        memcpy(out, r->drawn + (stream * r->months + t) * LINE + group, GROUP * sizeof(double));
    } else if (t >= r->active[2 * stream] && t < r->active[2 * stream + 1]) {
        scores_of(r->words + (stream * CHUNK + t - chunk) * (BLOCK / 2) + group / 2, out);
    } else {
        memset(out, 0, GROUP * sizeof(double));
    }
}

/* Functions of single paths. ------------------------------------------------------------------------------------- */

#define NEVER_NEAR (NEVER / 100)

CALLED double rest_of(double x, double y) {
    double rest = fmod(x, y);
    return rest == 0.0 ? copysign(0.0, y) : (y < 0) != (rest < 0) ? rest + y : rest;
}

CALLED double round_half(double x, double scale) {
    return copysign(floor(fabs(x) * scale * NUDGE + 0.5), x) / scale;
}

CALLED double pmt(double rate, double periods, double present, int known) { /* `known`: the same rate on every path */
    if (known && rate == 0.0) return -present / periods;
    return -present * rate / (1.0 - power(1.0 + rate, -periods));
}

CALLED whole days_before(whole month) { /* days from 1970-01-01 to the first of a month, counted from year 0 */
    whole year = month >= 0 ? month / 12 : -((11 - month) / 12), m = month - 12 * year;
    year -= m < 2;
    whole era = (year >= 0 ? year : year - 399) / 400, of_era = year - 400 * era;
    return 146097 * era + 365 * of_era + of_era / 4 - of_era / 100 + (153 * ((m + 10) % 12) + 2) / 5 - 719468;
}

CALLED whole month_of(whole day) { /* the month, counted from year 0, of a day since 1970-01-01 */
    day += 719468;
    whole era = (day >= 0 ? day : day - 146096) / 146097, of_era = day - 146097 * era;
    whole year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    whole m = (5 * (of_era - (365 * year + year / 4 - year / 100)) + 2) / 153;
    return 12 * (year + 400 * era) + m + 2;
}

CALLED double days_in(double place, whole start) {
    if (!(fabs(place) < NEVER_NEAR)) return 31.0;
    whole month = start + (whole)floor(place);
    return (double)(days_before(month + 1) - days_before(month));
}

CALLED double day_number(double place, whole start) {
    if (!(fabs(place) < NEVER_NEAR)) return place * 31;
    double month = floor(place);
    return (double)(days_before(start + (whole)month) - days_before(start)) + (place - month) * 32;
}

CALLED double date_after(double place, double days, whole start) {
    if (!(fabs(place) < NEVER_NEAR)) return place;
    double month = floor(place), into = least((place - month) * 32, days_in(place, start) - 1);
    double passed = floor(day_number(month, start) + into + days + SAME_DAY);
    if (!(fabs(passed) < 1e15)) return NAN;
    whole day = days_before(start) + (whole)passed, due = month_of(day);
    return (double)(due - start) + (double)(day - days_before(due)) / 32;
}

/* Looks back; `p` is a row's first month on one path. ------------------------------------------------------------- */

CALLED double lag_known(const double *p, whole step, double opening, whole t, double n) {
    double back = n > 0 ? n : 0.0;
    whole months = (whole)back;
    double part = back - (double)months, value = t >= months ? p[(t - months) * step] : opening;
    if (part == 0) return value;
    return value * (1 - part) + (t > months ? p[(t - months - 1) * step] : opening) * part;
}

CALLED double lag_drawn(const double *p, whole step, double opening, whole t, double n) {
    if (n != n) return NAN;
    double back = n > 0 ? n : 0.0, floored = floor(back), part = back - floored;
    whole months = floored < 1e15 ? (whole)floored : t + 1;
    double near = t >= months ? p[(t - months) * step] : opening, far = t > months ? p[(t - months - 1) * step] : opening;
    return near + (far - near) * part;
}

CALLED double sum_last(const double *p, whole step, whole t, double n) {
    whole first = t - (whole)n + 1;
    double total = 0.0;
    for (whole m = first > 0 ? first : 0; m <= t; m++) total += p[m * step];
    return total;
}

/* The part of a flow in the last `n` days, or months with `by_month`; between its first and last day, where it has. */
CALLED double lately(const double *p, whole step, whole t, double n, const double *days, int by_month,
                     const double *first, whole first_step, const double *last, whole last_step) {
    double total = 0.0, left = n;
    for (whole m = t; m >= 0 && left > 0; m--) {
        double size = by_month ? left * days[m] : left, share = size / days[m];
        if (first) {
            double a = first[m * first_step], b = last[m * last_step];
            share = (b - days[m] + size) / (b - a + 1);
        }
        total += p[m * step] * least(most(share, 0.0), 1.0);
        left -= by_month ? 1.0 : days[m];
    }
    return total;
}

/* `sifted` of simulation/order_statistics.py: of n numbers those inside a bracket, and how many are below each. */
whole sift(const double *x, whole n, const double *brackets, whole many, whole *below, double *inside) {
    whole kept = 0;
    for (whole first = 0; first < n; first += GROUP, x += GROUP) {
        whole in[GROUP] = {0}, size = n - first < GROUP ? n - first : GROUP;
        for (whole k = 0; k < many; k++) {
            double low = brackets[2 * k], high = brackets[2 * k + 1];
            whole under = 0;
            EACH_PATH
            for (whole i = 0; i < size; i++) {
                under += x[i] < low;
                in[i] ^= (x[i] < low) ^ (x[i] <= high);
            }
            below[k] += under;
        }
        for (whole i = 0; i < size; i++) inside[kept] = x[i], kept += in[i];
    }
    return kept;
}
