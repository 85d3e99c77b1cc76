// Chains of elementwise operations on vectors: y of x, and the sum and its gradient.
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
  template <class T> INLINE T Value(T x) { return Horner(x, Number<T>(0.05), 1.0 / 7, -0.1, 0.2, -0.125, 1.0 / 3, -0.25, 0.5); }

  template <class T> INLINE T Slope(T x, T& value) { return Both(x, value, 0.05, 1.0 / 7, -0.1, 0.2, -0.125, 1.0 / 3, -0.25, 0.5); }

  // Value and derivative together, by Horner's rule on both.
  template <class T, class... C> INLINE T Both(T x, T& p, double first, C... rest) {
    T d = Splat<T>(0);
    p = Splat<T>(Number<T>(first));
    ((d = Fma(d, x, p), p = Fma(p, x, Splat<T>(Number<T>(rest)))), ...);
    return d;
  }
};

template <class F, class L> INLINE void Map(ARGUMENTS) {
  using S = typename L::S;
  const S* a = In<S>(x, 0);
  S* __restrict out = Out<S>(y, 0);
  L::Each(begin, end, BODY { Store<T_>(out + i, F::Value(Load<T_>(a + i))); });
}

template <class F, class L> INLINE void Gradient(ARGUMENTS) {
  using S = typename L::S;
  const S* a = In<S>(x, 0);
  S* __restrict slopes = Out<S>(y, 1);
  Out<double>(y, 2)[part * 8] = L::Sum(begin, end, BODY {
    T_ value;
    Store<T_>(slopes + i, F::Slope(Load<T_>(a + i), value));
    return value;
  });
}

template <class L> INLINE void ChainMap(ARGUMENTS) { Map<Chain, L>(x, y, n, begin, end, part); }
template <class L> INLINE void PolyMap(ARGUMENTS) { Map<Poly, L>(x, y, n, begin, end, part); }
template <class L> INLINE void ChainGradient(ARGUMENTS) { Gradient<Chain, L>(x, y, n, begin, end, part); }
template <class L> INLINE void PolyGradient(ARGUMENTS) { Gradient<Poly, L>(x, y, n, begin, end, part); }

template <class L> INLINE void Select(ARGUMENTS) {
  using S = typename L::S;
  const S *a = In<S>(x, 0), *b = In<S>(x, 1);
  S* __restrict out = Out<S>(y, 0);
  L::Each(begin, end, BODY {
    T_ u = Load<T_>(a + i), v = Load<T_>(b + i), high = u * v, low = Fma(Splat<T_>(S(0.01)), u, v);
    Store<T_>(out + i, u > 0 ? high : low);
  });
}

}  // namespace

KERNEL_OF(chain_f32, float, ChainMap)
KERNEL_OF(chain_f64, double, ChainMap)
KERNEL_OF(chain_grad_f32, float, ChainGradient)
KERNEL_OF(chain_grad_f64, double, ChainGradient)
KERNEL_OF(poly_f32, float, PolyMap)
KERNEL_OF(poly_f64, double, PolyMap)
KERNEL_OF(poly_grad_f32, float, PolyGradient)
KERNEL_OF(poly_grad_f64, double, PolyGradient)
KERNEL_OF(select_f32, float, Select)
KERNEL_OF(select_f64, double, Select)
FINISH(chain_grad_f32) { AddParts<float>(y, 0, Out<double>(y, 2), parts); }
FINISH(chain_grad_f64) { AddParts<double>(y, 0, Out<double>(y, 2), parts); }
FINISH(poly_grad_f32) { AddParts<float>(y, 0, Out<double>(y, 2), parts); }
FINISH(poly_grad_f64) { AddParts<double>(y, 0, Out<double>(y, 2), parts); }
