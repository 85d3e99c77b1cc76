// Chains of elementwise operations on vectors: x -> y, and (sum, gradient) of x.
#include "math.hpp"

namespace {

struct Chain {
  template <class T> INLINE T Value(T x) { return Fma(Tanh(x), Exp(-(x * x)), x * Number<T>(0.5)); }

  // d/dx (t e + x/2) = (1 - t^2) e - 2 x t e + 1/2
  template <class T> INLINE T Slope(T x, T& value) {
    T t = Tanh(x), e = Exp(-(x * x)), te = t * e;
    value = te + x * Number<T>(0.5);
    return Fma(Number<T>(-2) * x, te, Fma(Fma(-t, t, Splat<T>(1)), e, Splat<T>(Number<T>(0.5))));
  }
};

struct Poly {
  template <class T> INLINE T Value(T x) {
    return Horner(x, Number<T>(0.05), 1.0 / 7, -0.1, 0.2, -0.125, 1.0 / 3, -0.25, 0.5);
  }

  template <class T> INLINE T Slope(T x, T& value) {
    return Both(x, value, 0.05, 1.0 / 7, -0.1, 0.2, -0.125, 1.0 / 3, -0.25, 0.5);
  }

  // Value and derivative together, by Horner's rule on both.
  template <class T, class... C> INLINE T Both(T x, T& p, double first, C... rest) {
    T d = Splat<T>(0);
    p = Splat<T>(Number<T>(first));
    ((d = Fma(d, x, p), p = Fma(p, x, Splat<T>(Number<T>(rest)))), ...);
    return d;
  }
};

template <class F, class S> INLINE void Map(const S* x, S* __restrict y, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; i++) y[i] = F::Value(x[i]);
}

template <class F, class S> INLINE void MapByHand(const S* x, S* y, int64_t begin, int64_t end) {
  using V = Vec<S>;
  constexpr int kLanes = Lanes<V>();
  int64_t i = begin;
  for (; i + 4 * kLanes <= end; i += 4 * kLanes) {
    V a = Load<V>(x + i), b = Load<V>(x + i + kLanes), c = Load<V>(x + i + 2 * kLanes), d = Load<V>(x + i + 3 * kLanes);
    Store(y + i, F::Value(a));
    Store(y + i + kLanes, F::Value(b));
    Store(y + i + 2 * kLanes, F::Value(c));
    Store(y + i + 3 * kLanes, F::Value(d));
  }
  for (; i + kLanes <= end; i += kLanes) Store(y + i, F::Value(Load<V>(x + i)));
  for (; i < end; i++) y[i] = F::Value(x[i]);
}

template <class F, class S> INLINE S Gradient(const S* x, S* __restrict dx, int64_t begin, int64_t end) {
  constexpr int kLanes = kVectorBytes / int(sizeof(S));
  S sums[kLanes] = {};
  int64_t i = begin;
  for (; i + kLanes <= end; i += kLanes) {
    S values[kLanes];
    for (int lane = 0; lane < kLanes; lane++) dx[i + lane] = F::Slope(x[i + lane], values[lane]);
    for (int lane = 0; lane < kLanes; lane++) sums[lane] += values[lane];
  }
  for (int lane = 0; i < end; i++, lane++) {
    S value;
    dx[i] = F::Slope(x[i], value);
    sums[lane] += value;
  }
  S sum = 0;
  for (S part : sums) sum += part;
  return sum;
}

template <class F, class S> INLINE S GradientByHand(const S* x, S* dx, int64_t begin, int64_t end) {
  using V = Vec<S>;
  constexpr int kLanes = Lanes<V>();
  V sums[4] = {}, value;
  int64_t i = begin;
  for (; i + 4 * kLanes <= end; i += 4 * kLanes) {
    for (int k = 0; k < 4; k++) {
      Store(dx + i + k * kLanes, F::Slope(Load<V>(x + i + k * kLanes), value));
      sums[k] += value;
    }
  }
  S sum = Across((sums[0] + sums[1]) + (sums[2] + sums[3]));
  for (; i < end; i++) {
    S single;
    dx[i] = F::Slope(x[i], single);
    sum += single;
  }
  return sum;
}

template <class S> INLINE void AddParts(void* const* y, int64_t parts) {
  S sum = 0;
  for (int64_t i = 0; i < parts; i++) sum += S(static_cast<double*>(y[2])[i * 8]);
  *static_cast<S*>(y[0]) = sum;
}

template <class S> INLINE void Select(const S* x, const S* z, S* __restrict y, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; i++) {
    S low = Fma(S(0.01), x[i], z[i]), high = x[i] * z[i];
    y[i] = x[i] > 0 ? high : low;
  }
}

}  // namespace

#define X(S) static_cast<const S*>(x[0])
#define MAP(f, F, s, S)                                                                                   \
  KERNEL(f##_##s) { Map<F, S>(X(S), static_cast<S*>(y[0]), begin, end); }                                 \
  KERNEL(f##_grad_##s) { static_cast<double*>(y[2])[part * 8] = Gradient<F, S>(X(S), static_cast<S*>(y[1]), begin, end); } \
  FINISH(f##_grad_##s) { AddParts<S>(y, parts); }

#define MAP_BY_HAND(f, F, s, S)                                                                           \
  KERNEL(f##_##s##_hand) { MapByHand<F, S>(X(S), static_cast<S*>(y[0]), begin, end); }                    \
  KERNEL(f##_grad_##s##_hand) {                                                                           \
    static_cast<double*>(y[2])[part * 8] = GradientByHand<F, S>(X(S), static_cast<S*>(y[1]), begin, end); \
  }

MAP(chain, Chain, f32, float)
MAP(chain, Chain, f64, double)
MAP(poly, Poly, f32, float)
MAP(poly, Poly, f64, double)
KERNEL(select_f32) { Select(X(float), static_cast<const float*>(x[1]), static_cast<float*>(y[0]), begin, end); }
KERNEL(select_f64) { Select(X(double), static_cast<const double*>(x[1]), static_cast<double*>(y[0]), begin, end); }

#ifdef HAND
MAP_BY_HAND(chain, Chain, f32, float)
MAP_BY_HAND(chain, Chain, f64, double)
MAP_BY_HAND(poly, Poly, f32, float)
MAP_BY_HAND(poly, Poly, f64, double)
#endif
