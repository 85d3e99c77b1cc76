// Matrices of n[0] rows and n[1] columns: broadcasts, strided and transposed reads, reductions, softmax, layer norm.
// The work is counted in rows, except where a comment says otherwise.
#include <algorithm>

#include "math.hpp"

namespace {

// y = x r + s with rows r and s.
template <class L> INLINE void AlongRows(ARGUMENTS) {
  using S = typename L::S;
  const S *a = In<S>(x, 0), *r = In<S>(x, 1), *s = In<S>(x, 2);
  S* __restrict out = Out<S>(y, 0);
  for (int64_t row = begin; row < end; row++) {
    int64_t at = row * n[1];
    L::Each(0, n[1], BODY { Store<T_>(out + at + i, Fma(Load<T_>(a + at + i), Load<T_>(r + i), Load<T_>(s + i))); });
  }
}

// y = (x - c) d with columns c and d.
template <class L> INLINE void AlongColumns(ARGUMENTS) {
  using S = typename L::S;
  const S *a = In<S>(x, 0), *c = In<S>(x, 1), *d = In<S>(x, 2);
  S* __restrict out = Out<S>(y, 0);
  for (int64_t row = begin; row < end; row++) {
    int64_t at = row * n[1];
    S centre = c[row], factor = d[row];
    L::Each(0, n[1], BODY { Store<T_>(out + at + i, (Load<T_>(a + at + i) - centre) * factor); });
  }
}

// y = c r, of a column and a row.
template <class L> INLINE void Outer(ARGUMENTS) {
  using S = typename L::S;
  const S *c = In<S>(x, 0), *r = In<S>(x, 1);
  S* __restrict out = Out<S>(y, 0);
  for (int64_t row = begin; row < end; row++) {
    int64_t at = row * n[1];
    S factor = c[row];
    L::Each(0, n[1], BODY { Store<T_>(out + at + i, Load<T_>(r + i) * factor); });
  }
}

// y = x/2 + 1 of every second column of x.
template <class S> INLINE void SecondColumns(ARGUMENTS) {
  const S* a = In<S>(x, 0);
  S* __restrict out = Out<S>(y, 0);
  for (int64_t i = begin * n[1]; i < end * n[1]; i++) out[i] = Fma(a[2 * i], S(0.5), S(1));
}

// The same of every second row.
template <class L> INLINE void SecondRows(ARGUMENTS) {
  using S = typename L::S;
  const S* a = In<S>(x, 0);
  S* __restrict out = Out<S>(y, 0);
  for (int64_t row = begin; row < end; row++) {
    int64_t from = 2 * row * n[1], to = row * n[1];
    L::Each(0, n[1], BODY { Store<T_>(out + to + i, Fma(Load<T_>(a + from + i), Splat<T_>(S(0.5)), Splat<T_>(S(1)))); });
  }
}

// The same of columns from the last to the first.
template <class S> INLINE void Backwards(ARGUMENTS) {
  const S* a = In<S>(x, 0);
  S* __restrict out = Out<S>(y, 0);
  for (int64_t row = begin; row < end; row++) {
    const S* last = a + row * n[1] + n[1] - 1;
    for (int64_t i = 0; i < n[1]; i++) out[row * n[1] + i] = Fma(last[-i], S(0.5), S(1));
  }
}

// y[i, j] = 2 x[j, i] + z[i, j] for square matrices, row after row.
template <class S> INLINE void Transposed(ARGUMENTS) {
  const S *a = In<S>(x, 0), *z = In<S>(x, 1);
  S* __restrict out = Out<S>(y, 0);
  for (int64_t row = begin; row < end; row++) {
    for (int64_t i = 0; i < n[1]; i++) out[row * n[1] + i] = Fma(a[i * n[0] + row], S(2), z[row * n[1] + i]);
  }
}

// The same in tiles whose rows of both matrices stay in the first cache.
template <class S> INLINE void TransposedInTiles(ARGUMENTS) {
  constexpr int64_t kTile = 64 / sizeof(S);
  const S *a = In<S>(x, 0), *z = In<S>(x, 1);
  S* __restrict out = Out<S>(y, 0);
  for (int64_t column = 0; column < n[1]; column += kTile) {
    int64_t columns = std::min(kTile, n[1] - column);
    for (int64_t row = begin; row < end; row += kTile) {
      int64_t rows = std::min(kTile, end - row);
      S tile[kTile][kTile];
      for (int64_t j = 0; j < columns; j++) {
        for (int64_t i = 0; i < rows; i++) tile[i][j] = a[(column + j) * n[0] + row + i];
      }
      for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < columns; j++) {
          int64_t at = (row + i) * n[1] + column + j;
          out[at] = Fma(tile[i][j], S(2), z[at]);
        }
      }
    }
  }
}

// The sum of all; the work is counted in elements.
template <class L> INLINE void SumAll(ARGUMENTS) {
  using S = typename L::S;
  const S* a = In<S>(x, 0);
  Out<double>(y, 1)[part * 8] = L::Sum(begin, end, BODY { return Load<T_>(a + i); });
}

// The sum of squared differences; the work is counted in elements.
template <class L> INLINE void Distance(ARGUMENTS) {
  using S = typename L::S;
  const S *a = In<S>(x, 0), *b = In<S>(x, 1);
  Out<double>(y, 1)[part * 8] = L::Sum(begin, end, BODY {
    T_ d = Load<T_>(a + i) - Load<T_>(b + i);
    return d * d;
  });
}

// The same with gradients in both.
template <class L> INLINE void DistanceGradient(ARGUMENTS) {
  using S = typename L::S;
  const S *a = In<S>(x, 0), *b = In<S>(x, 1);
  S *__restrict da = Out<S>(y, 1), *__restrict db = Out<S>(y, 2);
  Out<double>(y, 3)[part * 8] = L::Sum(begin, end, BODY {
    T_ d = Load<T_>(a + i) - Load<T_>(b + i), twice = d + d;
    Store<T_>(da + i, twice);
    Store<T_>(db + i, -twice);
    return d * d;
  });
}

template <class L> INLINE void SumRows(ARGUMENTS) {
  using S = typename L::S;
  const S* a = In<S>(x, 0);
  for (int64_t row = begin; row < end; row++) {
    Out<S>(y, 0)[row] = L::Sum(0, n[1], BODY { return Load<T_>(a + row * n[1] + i); });
  }
}

template <class L> INLINE void MaxRows(ARGUMENTS) {
  using S = typename L::S;
  const S* a = In<S>(x, 0);
  for (int64_t row = begin; row < end; row++) {
    Out<S>(y, 0)[row] = L::Largest(0, n[1], BODY { return Load<T_>(a + row * n[1] + i); });
  }
}

// Sums over rows, of the columns from begin to end, which are the work.
template <class L> INLINE void SumColumns(ARGUMENTS) {
  using S = typename L::S;
  const S* a = In<S>(x, 0);
  S* __restrict out = Out<S>(y, 0);
  L::Each(begin, end, BODY { Store<T_>(out + i, Load<T_>(a + i)); });
  int64_t row = 1;
  for (; row + 4 <= n[0]; row += 4) {
    const S *p = a + row * n[1], *q = p + n[1], *r = q + n[1], *s = r + n[1];
    L::Each(begin, end, BODY {
      Store<T_>(out + i, (((Load<T_>(out + i) + Load<T_>(p + i)) + Load<T_>(q + i)) + Load<T_>(r + i)) + Load<T_>(s + i));
    });
  }
  for (; row < n[0]; row++) {
    L::Each(begin, end, BODY { Store<T_>(out + i, Load<T_>(out + i) + Load<T_>(a + row * n[1] + i)); });
  }
}

template <class L> INLINE void LogSumExpRows(ARGUMENTS) {
  using S = typename L::S;
  for (int64_t row = begin; row < end; row++) {
    const S* a = In<S>(x, 0) + row * n[1];
    S top = L::Largest(0, n[1], BODY { return Load<T_>(a + i); });
    S sum = L::Sum(0, n[1], BODY { return Exp(Load<T_>(a + i) - top); });
    Out<S>(y, 0)[row] = LogNormal(sum) + top;
  }
}

template <class L> INLINE void Softmax(const typename L::S* a, typename L::S* __restrict out, int64_t columns) {
  using S = typename L::S;
  S top = L::Largest(0, columns, BODY { return Load<T_>(a + i); });
  S sum = L::Sum(0, columns, BODY {
    T_ e = Exp(Load<T_>(a + i) - top);
    Store<T_>(out + i, e);
    return e;
  });
  L::Each(0, columns, BODY { Store<T_>(out + i, Load<T_>(out + i) / sum); });
}

template <class L> INLINE void SoftmaxRows(ARGUMENTS) {
  using S = typename L::S;
  for (int64_t row = begin; row < end; row++) Softmax<L>(In<S>(x, 0) + row * n[1], Out<S>(y, 0) + row * n[1], n[1]);
}

// Softmax p and, for cotangents g, dx = p (g - sum of g p).
template <class L> INLINE void SoftmaxWithPullback(ARGUMENTS) {
  using S = typename L::S;
  for (int64_t row = begin; row < end; row++) {
    int64_t at = row * n[1];
    S *p = Out<S>(y, 0) + at, *__restrict dx = Out<S>(y, 1) + at;
    const S* g = In<S>(x, 1) + at;
    Softmax<L>(In<S>(x, 0) + at, p, n[1]);
    S inner = L::Sum(0, n[1], BODY { return Load<T_>(g + i) * Load<T_>(p + i); });
    L::Each(0, n[1], BODY { Store<T_>(dx + i, Load<T_>(p + i) * (Load<T_>(g + i) - inner)); });
  }
}


template <class L> INLINE void Centre(const typename L::S* a, int64_t columns, typename L::S& mean, typename L::S& factor) {
  using S = typename L::S;
  S centre = L::Sum(0, columns, BODY { return Load<T_>(a + i); }) / S(columns);
  S variance = L::Sum(0, columns, BODY {
    T_ d = Load<T_>(a + i) - centre;
    return d * d;
  }) / S(columns);
  mean = centre;
  factor = S(1) / std::sqrt(variance + S(1e-5));
}

// Layer norm: (x - mean) / sqrt(variance + 1e-5) * scale + shift in each row.
template <class L> INLINE void LayerNorm(ARGUMENTS) {
  using S = typename L::S;
  const S *scale = In<S>(x, 1), *shift = In<S>(x, 2);
  for (int64_t row = begin; row < end; row++) {
    const S* a = In<S>(x, 0) + row * n[1];
    S* __restrict out = Out<S>(y, 0) + row * n[1];
    S mean, factor;
    Centre<L>(a, n[1], mean, factor);
    L::Each(0, n[1], BODY { Store<T_>(out + i, Fma((Load<T_>(a + i) - mean) * factor, Load<T_>(scale + i), Load<T_>(shift + i))); });
  }
}

// The same, and for cotangents g those of x, scale and shift: with h = (x - mean) factor and u = g scale,
// dx = factor (u - mean u - h mean (u h)), dscale = sum over rows of g h, dshift = sum over rows of g.
template <class L> INLINE void LayerNormWithPullback(ARGUMENTS) {
  using S = typename L::S;
  const S *scale = In<S>(x, 1), *shift = In<S>(x, 2);
  S *__restrict dscale = Out<S>(y, 4) + 2 * part * n[1], *__restrict dshift = dscale + n[1];
  std::fill_n(dscale, 2 * n[1], S(0));
  for (int64_t row = begin; row < end; row++) {
    int64_t at = row * n[1];
    const S *a = In<S>(x, 0) + at, *g = In<S>(x, 3) + at;
    S *__restrict out = Out<S>(y, 0) + at, *__restrict dx = Out<S>(y, 1) + at;
    S mean, factor;
    Centre<L>(a, n[1], mean, factor);
    S first = L::Sum(0, n[1], BODY { return Load<T_>(g + i) * Load<T_>(scale + i); }) / S(n[1]);
    S second = L::Sum(0, n[1], BODY {
      return Load<T_>(g + i) * Load<T_>(scale + i) * ((Load<T_>(a + i) - mean) * factor);
    }) / S(n[1]);
    L::Each(0, n[1], BODY {
      T_ h = (Load<T_>(a + i) - mean) * factor, c = Load<T_>(g + i), s = Load<T_>(scale + i);
      Store<T_>(out + i, Fma(h, s, Load<T_>(shift + i)));
      Store<T_>(dx + i, (Fma(c, s, Splat<T_>(-first)) - h * second) * factor);
      Store<T_>(dscale + i, Fma(c, h, Load<T_>(dscale + i)));
      Store<T_>(dshift + i, c + Load<T_>(dshift + i));
    });
  }
}

template <class S> INLINE void AddRows(void* const* y, const int64_t* n, int64_t parts) {
  for (int result = 0; result < 2; result++) {
    S* out = Out<S>(y, 2 + result);
    const S* from = Out<S>(y, 4) + result * n[1];
    for (int64_t i = 0; i < n[1]; i++) out[i] = from[i] + (parts > 1 ? from[2 * n[1] + i] : 0);
  }
}

}  // namespace

#define BOTH(name, f) KERNEL_OF(name##_f32, float, f) KERNEL_OF(name##_f64, double, f)
#define COMPILED(name, f)                                       \
  KERNEL(name##_f32) { f<float>(x, y, n, begin, end, part); }   \
  KERNEL(name##_f64) { f<double>(x, y, n, begin, end, part); }

BOTH(rows, AlongRows)
BOTH(columns, AlongColumns)
BOTH(outer, Outer)
COMPILED(second_columns, SecondColumns)
BOTH(second_rows, SecondRows)
COMPILED(backwards, Backwards)
COMPILED(transposed, Transposed)
KERNEL(transposed_f32_hand) { TransposedInTiles<float>(x, y, n, begin, end, part); }
KERNEL(transposed_f64_hand) { TransposedInTiles<double>(x, y, n, begin, end, part); }
BOTH(sum, SumAll)
FINISH(sum_f32) { AddParts<float>(y, 0, Out<double>(y, 1), parts); }
FINISH(sum_f64) { AddParts<double>(y, 0, Out<double>(y, 1), parts); }
BOTH(distance, Distance)
FINISH(distance_f32) { AddParts<float>(y, 0, Out<double>(y, 1), parts); }
FINISH(distance_f64) { AddParts<double>(y, 0, Out<double>(y, 1), parts); }
BOTH(distance_grad, DistanceGradient)
FINISH(distance_grad_f32) { AddParts<float>(y, 0, Out<double>(y, 3), parts); }
FINISH(distance_grad_f64) { AddParts<double>(y, 0, Out<double>(y, 3), parts); }
BOTH(sum_rows, SumRows)
BOTH(max_rows, MaxRows)
BOTH(sum_columns, SumColumns)
BOTH(logsumexp_rows, LogSumExpRows)
BOTH(softmax, SoftmaxRows)
BOTH(softmax_grad, SoftmaxWithPullback)
BOTH(layer_norm, LayerNorm)
BOTH(layer_norm_grad, LayerNormWithPullback)
FINISH(layer_norm_grad_f32) { AddRows<float>(y, n, parts); }
FINISH(layer_norm_grad_f64) { AddRows<double>(y, n, parts); }
