// Products of small matrices inside loops, and of many at once, as one writes them: sizes are known, sums go along k with one fma a term.
// n[0]: how often. x: see each function. The work of loops is one piece; that of many products is counted in products.
#include <algorithm>

#include "math.hpp"

namespace {

// C = A B + C for A of M rows and K columns, and B of N columns.
template <int M, int K, int N, class S> INLINE void AddProduct(const S* a, const S* b, S* __restrict c) {
  for (int i = 0; i < M; i++) {
    for (int k = 0; k < K; k++) {
      for (int j = 0; j < N; j++) c[i * N + j] = FmaOf(a[i * K + k], b[k * N + j], c[i * N + j]);
    }
  }
}

template <int M, int K, int N, class S> INLINE void Product(const S* a, const S* b, S* __restrict c) {
  std::fill(c, c + M * N, S(0));
  AddProduct<M, K, N>(a, b, c);
}

// C = A Bᵀ for B of N rows and K columns.
template <int M, int K, int N, class S> INLINE void ProductTransposed(const S* a, const S* b, S* __restrict c) {
  for (int i = 0; i < M; i++) {
    for (int j = 0; j < N; j++) {
      S sum = 0;
      for (int k = 0; k < K; k++) sum = FmaOf(a[i * K + k], b[j * K + k], sum);
      c[i * N + j] = sum;
    }
  }
}

// X <- A X + C, n[0] times, from X. x: A, X, C of N rows and columns.
template <int N, class S> INLINE void Powers(ARGUMENTS) {
  const S *a = In<S>(x, 0), *c = In<S>(x, 2);
  S state[N * N], next[N * N];
  std::copy_n(In<S>(x, 1), N * N, state);
  for (int64_t step = 0; step < n[0]; step++) {
    Product<N, N, N>(a, state, next);
    for (int i = 0; i < N * N; i++) state[i] = next[i] + c[i];
  }
  std::copy_n(state, N * N, Out<S>(y, 0));
}

// v <- v A + c, n[0] times. x: A, v, c.
template <int N, class S> INLINE void RowTimes(ARGUMENTS) {
  const S *a = In<S>(x, 0), *c = In<S>(x, 2);
  S state[N], next[N];
  std::copy_n(In<S>(x, 1), N, state);
  for (int64_t step = 0; step < n[0]; step++) {
    Product<1, N, N>(state, a, next);
    for (int i = 0; i < N; i++) state[i] = next[i] + c[i];
  }
  std::copy_n(state, N, Out<S>(y, 0));
}

// v <- A v + c, n[0] times. x: A, v, c.
template <int N, class S> INLINE void TimesColumn(ARGUMENTS) {
  const S *a = In<S>(x, 0), *c = In<S>(x, 2);
  S state[N], next[N];
  std::copy_n(In<S>(x, 1), N, state);
  for (int64_t step = 0; step < n[0]; step++) {
    Product<N, N, 1>(a, state, next);
    for (int i = 0; i < N; i++) state[i] = next[i] + c[i];
  }
  std::copy_n(state, N, Out<S>(y, 0));
}

template <class T> INLINE T Sigmoid(T x) { return 1 / (1 + Exp(-x)); }

// A long short-term memory of H numbers along n[0] steps. x: gates of the inputs [n[0], 4 H], h, c, weights [H, 4 H]. y: h and c at the end.
template <int H, class S> INLINE void Cells(ARGUMENTS) {
  const S *gates = In<S>(x, 0), *weights = In<S>(x, 3);
  S h[H], c[H], all[4 * H];
  std::copy_n(In<S>(x, 1), H, h);
  std::copy_n(In<S>(x, 2), H, c);
  for (int64_t step = 0; step < n[0]; step++) {
    Product<1, H, 4 * H>(h, weights, all);
    for (int i = 0; i < 4 * H; i++) all[i] += gates[step * 4 * H + i];
    for (int i = 0; i < H; i++) {
      c[i] = FmaOf(Sigmoid(all[H + i]), c[i], Sigmoid(all[i]) * Tanh(all[2 * H + i]));
      h[i] = Sigmoid(all[3 * H + i]) * Tanh(c[i]);
    }
  }
  std::copy_n(h, H, Out<S>(y, 0));
  std::copy_n(c, H, Out<S>(y, 1));
}

// Kalman's filter of N states and two measured numbers along n[0] steps. x: F, Q, H [2, N], R, state, P, measured [n[0], 2]. y: state, P.
template <int N> INLINE void Filter(ARGUMENTS) {
  using S = double;
  const S *f = In<S>(x, 0), *q = In<S>(x, 1), *h = In<S>(x, 2), *r = In<S>(x, 3), *measured = In<S>(x, 6);
  S state[N], p[N * N], ahead[N], fp[N * N], pp[N * N], hp[2 * N], s[4], gain[N * 2], off[2], kh[N * N];
  std::copy_n(In<S>(x, 4), N, state);
  std::copy_n(In<S>(x, 5), N * N, p);
  for (int64_t step = 0; step < n[0]; step++) {
    Product<N, N, 1>(f, state, ahead);
    Product<N, N, N>(f, p, fp);
    ProductTransposed<N, N, N>(fp, f, pp);
    for (int i = 0; i < N * N; i++) pp[i] += q[i];
    Product<2, N, N>(h, pp, hp);
    ProductTransposed<2, N, 2>(hp, h, s);
    for (int i = 0; i < 4; i++) s[i] += r[i];
    S determinant = FmaOf(s[0], s[3], -(s[1] * s[2]));
    S inverse[4] = {s[3] / determinant, -s[1] / determinant, -s[2] / determinant, s[0] / determinant};
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < 2; j++) gain[i * 2 + j] = FmaOf(hp[N + i], inverse[2 + j], hp[i] * inverse[j]);
    }
    for (int i = 0; i < 2; i++) {
      S seen = 0;
      for (int k = 0; k < N; k++) seen = FmaOf(h[i * N + k], ahead[k], seen);
      off[i] = measured[step * 2 + i] - seen;
    }
    Product<N, 2, 1>(gain, off, state);
    for (int i = 0; i < N; i++) state[i] += ahead[i];
    Product<N, 2, N>(gain, hp, kh);
    for (int i = 0; i < N * N; i++) p[i] = pp[i] - kh[i];
  }
  std::copy_n(state, N, Out<S>(y, 0));
  std::copy_n(p, N * N, Out<S>(y, 1));
}

// A network of 16, 32, 32 and 1 numbers, whose answer changes its next question, n[0] times.
// x: question, then weights and shifts of three layers. y: the last question.
template <class S> INLINE void Network(ARGUMENTS) {
  const S *w1 = In<S>(x, 1), *b1 = In<S>(x, 2), *w2 = In<S>(x, 3), *b2 = In<S>(x, 4), *w3 = In<S>(x, 5), *b3 = In<S>(x, 6);
  S question[16], first[32], second[32];
  std::copy_n(In<S>(x, 0), 16, question);
  for (int64_t step = 0; step < n[0]; step++) {
    Product<1, 16, 32>(question, w1, first);
    for (int i = 0; i < 32; i++) first[i] = Tanh(first[i] + b1[i]);
    Product<1, 32, 32>(first, w2, second);
    for (int i = 0; i < 32; i++) second[i] = Tanh(second[i] + b2[i]);
    S answer = 0;
    for (int k = 0; k < 32; k++) answer = FmaOf(second[k], w3[k], answer);
    answer += b3[0];
    for (int i = 0; i < 16; i++) question[i] = FmaOf(S(0.1), answer, question[i] * S(0.9));
  }
  std::copy_n(question, 16, Out<S>(y, 0));
}

// Many products: A B for each of n[0] pairs.
template <int M, int K, int N, class S> INLINE void Many(ARGUMENTS) {
  const S *a = In<S>(x, 0), *b = In<S>(x, 1);
  S* c = Out<S>(y, 0);
  for (int64_t i = begin; i < end; i++) Product<M, K, N>(a + i * M * K, b + i * K * N, c + i * M * N);
}

}  // namespace

#define OF_SIZE(size)                                                                    \
  KERNEL(powers##size##_f32) { Powers<size, float>(x, y, n, begin, end, part); }         \
  KERNEL(powers##size##_f64) { Powers<size, double>(x, y, n, begin, end, part); }        \
  KERNEL(row##size##_f32) { RowTimes<size, float>(x, y, n, begin, end, part); }          \
  KERNEL(row##size##_f64) { RowTimes<size, double>(x, y, n, begin, end, part); }         \
  KERNEL(column##size##_f32) { TimesColumn<size, float>(x, y, n, begin, end, part); }    \
  KERNEL(column##size##_f64) { TimesColumn<size, double>(x, y, n, begin, end, part); }   \
  KERNEL(many##size##_f32) { Many<size, size, size, float>(x, y, n, begin, end, part); } \
  KERNEL(many##size##_f64) { Many<size, size, size, double>(x, y, n, begin, end, part); } \
  KERNEL(columns##size##_f32) { Many<size, size, 1, float>(x, y, n, begin, end, part); }  \
  KERNEL(columns##size##_f64) { Many<size, size, 1, double>(x, y, n, begin, end, part); }

OF_SIZE(3)
OF_SIZE(4)
OF_SIZE(6)
OF_SIZE(8)
OF_SIZE(16)
OF_SIZE(32)
OF_SIZE(64)

KERNEL(cells_f32) { Cells<32, float>(x, y, n, begin, end, part); }
KERNEL(filter4_f64) { Filter<4>(x, y, n, begin, end, part); }
KERNEL(filter6_f64) { Filter<6>(x, y, n, begin, end, part); }
KERNEL(network_f32) { Network<float>(x, y, n, begin, end, part); }
