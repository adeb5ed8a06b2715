// Discrete Fourier transforms of any length, in f64.
//
// Stockham's arrangement: each pass takes one factor out of the length and leaves the results in order, from one
// buffer to the other. Lengths with a large prime factor become a convolution of a power of two (Bluestein).

#include <math.h>
#include <string.h>

#include "routines.h"

enum { LARGEST_RADIX = 13 };

typedef struct complex {
    double re, im;
} complex;

static inline complex plus(complex a, complex b) { return (complex){a.re + b.re, a.im + b.im}; }
static inline complex minus(complex a, complex b) { return (complex){a.re - b.re, a.im - b.im}; }
static inline complex times(complex a, complex b) {
    return (complex){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

/// i · s · a
static inline complex turn_by(double s, complex a) { return (complex){-s * a.im, s * a.re}; }

/// exp(2πi · part / whole), reduced to an eighth of the circle before sine and cosine see it.
static complex root(int64_t part, int64_t whole) {
    part %= whole;
    if (part < 0) part += whole;
    const int64_t eighth = 8 * part / whole;
    // Distance from the nearest quarter, between -1/8 and 1/8.
    const int64_t quarter = (eighth + 1) / 2;
    const double angle = 6.28318530717958647693 * ((double)(4 * part - quarter * whole) / (double)(4 * whole));
    const double c = cos(angle), s = sin(angle);
    switch (quarter & 3) {
    case 0: return (complex){c, s};
    case 1: return (complex){-s, c};
    case 2: return (complex){-c, -s};
    default: return (complex){s, -c};
    }
}

static int64_t next_factor(int64_t n) {
    if (n % 4 == 0) return 4;
    for (int64_t p = 2; p * p <= n; p++)
        if (n % p == 0) return p;
    return n;
}

static int has_large_factor(int64_t n) {
    for (int64_t p; n > 1; n /= p)
        if ((p = next_factor(n)) > LARGEST_RADIX) return 1;
    return 0;
}

/// One factor `radix` of a transform of length n on `stride` interleaved sequences.
static void pass(
    int64_t n, int64_t stride, int64_t radix, int64_t whole, const complex *roots, const complex *x, complex *y) {
    const int64_t m = n / radix;
    for (int64_t p = 0; p < m; p++) {
        const complex *from = x + stride * p;
        complex *to = y + stride * radix * p;
        if (radix == 2) {
            const complex w = roots[p * stride];
            for (int64_t q = 0; q < stride; q++) {
                const complex a = from[q], b = from[q + stride * m];
                to[q] = plus(a, b);
                to[q + stride] = times(minus(a, b), w);
            }
        } else if (radix == 4) {
            const complex w1 = roots[p * stride], w2 = roots[2 * p * stride], w3 = roots[3 * p * stride];
            const double turn = roots[whole / 4].im;  // ±1, the direction
            for (int64_t q = 0; q < stride; q++) {
                const complex a = from[q], b = from[q + stride * m], c = from[q + 2 * stride * m];
                const complex d = from[q + 3 * stride * m];
                const complex ac = plus(a, c), bd = plus(b, d), other = minus(a, c), difference = minus(b, d);
                const complex turned = turn_by(turn, difference);
                to[q] = plus(ac, bd);
                to[q + stride] = times(plus(other, turned), w1);
                to[q + 2 * stride] = times(minus(ac, bd), w2);
                to[q + 3 * stride] = times(minus(other, turned), w3);
            }
        } else if (radix == 3) {
            const complex w1 = roots[p * stride], w2 = roots[2 * p * stride];
            const double s = roots[whole / 3].im;
            for (int64_t q = 0; q < stride; q++) {
                const complex a = from[q], b = from[q + stride * m], c = from[q + 2 * stride * m];
                const complex sum = plus(b, c), turned = turn_by(s, minus(b, c));
                const complex middle = {a.re - 0.5 * sum.re, a.im - 0.5 * sum.im};
                to[q] = plus(a, sum);
                to[q + stride] = times(plus(middle, turned), w1);
                to[q + 2 * stride] = times(minus(middle, turned), w2);
            }
        } else if (radix == 5) {
            const complex one = roots[whole / 5], two = roots[2 * whole / 5];
            const complex *const w[4] = {
                roots + p * stride, roots + 2 * p * stride, roots + 3 * p * stride, roots + 4 * p * stride};
            for (int64_t q = 0; q < stride; q++) {
                const complex a = from[q], b = from[q + stride * m], c = from[q + 2 * stride * m];
                const complex d = from[q + 3 * stride * m], e = from[q + 4 * stride * m];
                // Pairs that mirror each other share their cosines, and their sines but for the sign.
                const complex be = plus(b, e), cd = plus(c, d), b_e = minus(b, e), c_d = minus(c, d);
                const complex near = {
                    a.re + one.re * be.re + two.re * cd.re, a.im + one.re * be.im + two.re * cd.im};
                const complex far = {
                    a.re + two.re * be.re + one.re * cd.re, a.im + two.re * be.im + one.re * cd.im};
                const complex i_near = plus(turn_by(one.im, b_e), turn_by(two.im, c_d));
                const complex i_far = minus(turn_by(two.im, b_e), turn_by(one.im, c_d));
                to[q] = plus(a, plus(be, cd));
                to[q + stride] = times(plus(near, i_near), *w[0]);
                to[q + 2 * stride] = times(plus(far, i_far), *w[1]);
                to[q + 3 * stride] = times(minus(far, i_far), *w[2]);
                to[q + 4 * stride] = times(minus(near, i_near), *w[3]);
            }
        } else {
            const int64_t step = whole / radix;
            for (int64_t q = 0; q < stride; q++) {
                for (int64_t k = 0; k < radix; k++) {
                    complex sum = from[q];
                    for (int64_t j = 1; j < radix; j++)
                        sum = plus(sum, times(from[q + j * stride * m], roots[j * k % radix * step]));
                    to[q + k * stride] = times(sum, roots[p * k * stride]);
                }
            }
        }
    }
}

/// Transforms x; the result is in what is returned, x or `other`.
static complex *transform(int64_t n, const complex *roots, complex *x, complex *other) {
    int64_t stride = 1;
    for (int64_t left = n; left > 1;) {
        const int64_t radix = next_factor(left);
        pass(left, stride, radix, n, roots, x, other);
        complex *const kept = x;
        x = other;
        other = kept;
        left /= radix;
        stride *= radix;
    }
    return x;
}

typedef struct job {
    const cd_routine_call *call;
    int64_t count, n, sign, length, workers;  // length: of the transforms that are done
    int chirped;
    complex *roots, *chirp, *kernel;  // kernel: the transformed chirp
    complex *memory;
} job;

static job prepare(const cd_routine *routine, int threads) {
    job j = {.count = routine->integers[0], .n = routine->integers[1], .sign = routine->integers[2]};
    j.chirped = has_large_factor(j.n);
    j.length = j.n;
    if (j.chirped)
        for (j.length = 1; j.length < 2 * j.n - 1;) j.length *= 2;
    const double work = (double)j.count * (double)j.length;
    j.workers = cd_most(work < 8192 ? 1 : cd_least(threads, j.count), 1);
    return j;
}

size_t cd_fft_scratch_bytes(const cd_routine *routine, int threads) {
    const job j = prepare(routine, threads);
    const int64_t shared = j.length + (j.chirped ? j.n + 2 * j.length : 0);
    return (size_t)(shared + j.workers * 2 * j.length) * sizeof(complex) + 64;
}

static complex load(const job *j, int64_t at) {
    if (j->call->routine->dtype == CD_F64) return ((const complex *)j->call->inputs[0])[at];
    const float *x = (const float *)j->call->inputs[0] + 2 * at;
    return (complex){x[0], x[1]};
}

static void store(const job *j, int64_t at, complex value) {
    if (j->call->routine->dtype == CD_F64) {
        ((complex *)j->call->output)[at] = value;
        return;
    }
    float *y = (float *)j->call->output + 2 * at;
    y[0] = (float)value.re;
    y[1] = (float)value.im;
}

static void work(void *context, int64_t worker) {
    const job *j = context;
    complex *const x = j->memory + worker * 2 * j->length, *const other = x + j->length;
    for (int64_t row = worker; row < j->count; row += j->workers) {
        const int64_t at = row * j->n;
        if (!j->chirped) {
            for (int64_t i = 0; i < j->n; i++) x[i] = load(j, at + i);
            const complex *const y = transform(j->n, j->roots, x, other);
            for (int64_t i = 0; i < j->n; i++) store(j, at + i, y[i]);
            continue;
        }
        memset(x, 0, (size_t)j->length * sizeof(complex));
        for (int64_t i = 0; i < j->n; i++) x[i] = times(load(j, at + i), j->chirp[i]);
        complex *const y = transform(j->length, j->roots, x, other), *const back = y == x ? other : x;
        // The way back is the way there, conjugated twice.
        for (int64_t i = 0; i < j->length; i++) {
            const complex product = times(y[i], j->kernel[i]);
            y[i] = (complex){product.re, -product.im};
        }
        const complex *const z = transform(j->length, j->roots, y, back);
        const double scale = 1 / (double)j->length;
        for (int64_t i = 0; i < j->n; i++)
            store(j, at + i, times((complex){z[i].re * scale, -z[i].im * scale}, j->chirp[i]));
    }
}

void cd_fft_run(const cd_routine_call *call) {
    job j = prepare(call->routine, call->threads);
    j.call = call;
    if (j.n == 0 || j.count == 0) return;
    j.roots = (complex *)call->scratch;
    for (int64_t i = 0; i < j.length; i++) j.roots[i] = root(j.sign * i, j.length);
    j.memory = j.roots + j.length;
    if (j.chirped) {
        j.chirp = j.memory;
        complex *const kernel = j.chirp + j.n, *const other = kernel + j.length;
        j.memory = other + j.length;
        memset(kernel, 0, (size_t)j.length * sizeof(complex));
        for (int64_t i = 0; i < j.n; i++) {
            // exp(±πi i² / n); the square is reduced before it loses digits.
            const int64_t square = (int64_t)((__int128)i * i % (2 * j.n));
            j.chirp[i] = root(j.sign * square, 2 * j.n);
            const complex inverse = {j.chirp[i].re, -j.chirp[i].im};
            kernel[i] = inverse;
            if (i > 0) kernel[j.length - i] = inverse;
        }
        j.kernel = transform(j.length, j.roots, kernel, other);
    }
    if (j.workers > 1)
        cd_parallel(j.workers, work, &j);
    else
        work(&j, 0);
}
