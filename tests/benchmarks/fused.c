/* The reference model R written by hand as one loop: what a compiled simulation is held against.  Draws and power are
   those of c_prelude.h, which is put before it.  Cash is [MONTHS][stride]; `below` is the first month below 0, or -1. */

#define MONTHS 60
#define TOGETHER 256 /* paths that go through all months together */

typedef struct {
    double step[MONTHS], serving[MONTHS], payroll[MONTHS], capital[MONTHS];
} tables;

void paths_of(const tables *at, whole paths, whole stride, uint64_t *states, uint64_t *words, const double *scores,
              double *cash, double *lowest, double *below) {
    double months[MONTHS][GROUP];
    const exponent e = exponent_of(0.9);
    const double log_of_2_percent = -3.912023005428146;
    for (whole t = 0; t < MONTHS; t++) draw_words(states, words + t * (BLOCK / 2));
    for (whole group = 0; group < paths; group += GROUP) {
        for (whole t = 0; t < MONTHS; t++) scores_of(words + t * (BLOCK / 2) + group / 2, months[t]);
        for (whole g = group; g < group + GROUP && g < paths; g += TOGETHER) {
            whole many = paths - g < TOGETHER ? paths - g : TOGETHER;
            double payers[TOGETHER], up[TOGETHER], licences[TOGETHER], more[TOGETHER], training[TOGETHER];
            double lost[TOGETHER], profit[TOGETHER], now[TOGETHER], low[TOGETHER], first[TOGETHER];
            EACH_PATH
            for (whole i = 0; i < many; i++) {
                payers[i] = 15.5e6, licences[i] = 1e9 / 12, training[i] = 7e9 / 12, now[i] = 6e9, profit[i] = 0.0;
                up[i] = scores[g + i] * 0.01 + 1.05;
                more[i] = exponential(scores[BLOCK + g + i] * 0.3 + log_of_2_percent) + 1.0;
                lost[i] = scores[2 * BLOCK + g + i] < -0.5244005127080407 ? 10e9 : 0.0;
                low[i] = INFINITY, first[i] = -1.0;
            }
            for (whole t = 0; t < MONTHS; t++) {
                const double *z = months[t] + g - group;
                const double step = 1.0 + at->step[t], serving = at->serving[t], fixed = at->payroll[t];
                const double capital = at->capital[t] - (t == 3 ? 10e9 : t == 11 ? 30e9 : 0.0);
                const double taxed = t % 3 == 2 ? 0.21 : 0.0, kept = t % 3 == 0 ? 0.0 : 1.0, cut = t == 11 ? 1.0 : 0.0;
                double *out = cash + t * stride + g;
                EACH_PATH
                for (whole i = 0; i < many; i++) {
                    double s = payers[i] * (z[i] * 0.02 + step), l = licences[i] * up[i], b = training[i] * more[i];
                    double costs = power_by(s * (1 / 15.5e6), 0.9, e) * serving + b + fixed, c = now[i];
                    double flow = s * 20.0 + l + (c > 0.0 ? c : 0.0) * (0.04 / 12) - costs, p = profit[i] * kept + flow;
                    c = c + flow - capital - (p > 0.0 ? p : 0.0) * taxed - lost[i] * cut;
                    payers[i] = s, licences[i] = l, training[i] = b, profit[i] = p, now[i] = c, out[i] = c;
                    low[i] = c < low[i] ? c : low[i];
                    first[i] = c < 0.0 ? (first[i] < 0.0 ? (double)t : first[i]) : first[i];
                }
            }
            memcpy(lowest + g, low, many * sizeof(double));
            memcpy(below + g, first, many * sizeof(double));
        }
    }
}
