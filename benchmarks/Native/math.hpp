// Elementary functions of one number or of a vector of the machine's width, from the same formulas that Adjoint uses, so
// that compilers are compared and not approximations. Loops over numbers are left to the compiler to vectorize; loops
// over vectors are what one writes by hand.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))
#define EXPORT extern "C" __attribute__((visibility("default")))

// Every counterpart: arrays read, arrays written and after them one of scratch, sizes, and the part of the work to do.
#define KERNEL(name)                                                                                      \
  EXPORT void name([[maybe_unused]] const void* const* x, [[maybe_unused]] void* const* y,                \
                   [[maybe_unused]] const int64_t* n, [[maybe_unused]] int64_t begin,                     \
                   [[maybe_unused]] int64_t end, [[maybe_unused]] int64_t part)
#define FINISH(name)                                                                                      \
  EXPORT void name##_finish([[maybe_unused]] const void* const* x, void* const* y,                        \
                            [[maybe_unused]] const int64_t* n, int64_t parts)

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define HAND 1
constexpr int kVectorBytes = 64;
#elif defined(__AVX2__) && defined(__FMA__)
#define HAND 1
constexpr int kVectorBytes = 32;
#else
constexpr int kVectorBytes = 16;
#endif

typedef float F32v __attribute__((vector_size(kVectorBytes)));
typedef double F64v __attribute__((vector_size(kVectorBytes)));
typedef int32_t I32v __attribute__((vector_size(kVectorBytes)));
typedef int64_t I64v __attribute__((vector_size(kVectorBytes)));

template <class T> struct Traits;
template <> struct Traits<float> { using Number = float; using Bits = int32_t; static constexpr int kLanes = 1; };
template <> struct Traits<double> { using Number = double; using Bits = int64_t; static constexpr int kLanes = 1; };
template <> struct Traits<F32v> { using Number = float; using Bits = I32v; static constexpr int kLanes = kVectorBytes / 4; };
template <> struct Traits<F64v> { using Number = double; using Bits = I64v; static constexpr int kLanes = kVectorBytes / 8; };
template <class T> using Number = typename Traits<T>::Number;
template <class T> using BitsOf = typename Traits<T>::Bits;
template <class T> constexpr int Lanes() { return Traits<T>::kLanes; }
template <class S> struct VectorOf;
template <> struct VectorOf<float> { using Type = F32v; };
template <> struct VectorOf<double> { using Type = F64v; };
template <class S> using Vec = typename VectorOf<S>::Type;

template <class T> INLINE BitsOf<T> Bits(T x) { BitsOf<T> b; std::memcpy(&b, &x, sizeof b); return b; }
template <class T> INLINE T FromBits(BitsOf<T> b) { T x; std::memcpy(&x, &b, sizeof x); return x; }
template <class T> INLINE T Load(const Number<T>* p) { T x; std::memcpy(&x, p, sizeof x); return x; }
template <class T> INLINE void Store(Number<T>* p, T x) { std::memcpy(p, &x, sizeof x); }

template <class T> INLINE T Splat(Number<T> s) {
  if constexpr (Lanes<T>() == 1) {
    return s;
  } else {
    T x;
    for (int i = 0; i < Lanes<T>(); i++) x[i] = s;
    return x;
  }
}

INLINE float FmaOf(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
INLINE double FmaOf(double a, double b, double c) { return __builtin_fma(a, b, c); }
#if defined(__AVX512F__) && defined(__AVX512DQ__)
INLINE F32v FmaOf(F32v a, F32v b, F32v c) { return (F32v)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }
INLINE F64v FmaOf(F64v a, F64v b, F64v c) { return (F64v)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c); }
INLINE F32v Max(F32v a, F32v b) { return (F32v)_mm512_max_ps((__m512)a, (__m512)b); }
INLINE F64v Max(F64v a, F64v b) { return (F64v)_mm512_max_pd((__m512d)a, (__m512d)b); }
INLINE F32v Min(F32v a, F32v b) { return (F32v)_mm512_min_ps((__m512)a, (__m512)b); }
INLINE F64v Min(F64v a, F64v b) { return (F64v)_mm512_min_pd((__m512d)a, (__m512d)b); }
#elif defined(HAND)
INLINE F32v FmaOf(F32v a, F32v b, F32v c) { return (F32v)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
INLINE F64v FmaOf(F64v a, F64v b, F64v c) { return (F64v)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c); }
INLINE F32v Max(F32v a, F32v b) { return (F32v)_mm256_max_ps((__m256)a, (__m256)b); }
INLINE F64v Max(F64v a, F64v b) { return (F64v)_mm256_max_pd((__m256d)a, (__m256d)b); }
INLINE F32v Min(F32v a, F32v b) { return (F32v)_mm256_min_ps((__m256)a, (__m256)b); }
INLINE F64v Min(F64v a, F64v b) { return (F64v)_mm256_min_pd((__m256d)a, (__m256d)b); }
#endif
INLINE float Max(float a, float b) { return a > b ? a : b; }
INLINE double Max(double a, double b) { return a > b ? a : b; }
INLINE float Min(float a, float b) { return a < b ? a : b; }
INLINE double Min(double a, double b) { return a < b ? a : b; }

// a b + c with one rounding; numbers stand for vectors of themselves.
template <class T> struct Same { using Type = T; };
template <class T> using Other = typename Same<T>::Type;
template <class T> INLINE T Fma(T a, Other<T> b, Other<T> c) { return FmaOf(a, b, c); }

// c0 + x (c1 + x (c2 + ...)), coefficients from the highest.
template <class T, class... C> INLINE T Horner(T x, Number<T> first, C... rest) {
  T p = Splat<T>(first);
  ((p = FmaOf(p, x, Splat<T>(Number<T>(rest)))), ...);
  return p;
}

template <class S> struct Constants;
template <> struct Constants<float> {
  static constexpr float kShift = 12582912.0f, kLog2E = 1.442695f, kLn2High = 0.6931471824645996f, kLn2Low = -1.9046542121259336e-09f;
  static constexpr int32_t kShiftBits = 0x4B400000, kOneBits = 0x3F800000, kFraction = 23;
  static constexpr float kExpLow = -104.0f, kExpHigh = 89.0f, kTanhHigh = 10.0f;
};
template <> struct Constants<double> {
  static constexpr double kShift = 6755399441055744.0, kLog2E = 1.4426950408889634, kLn2High = 0.6931471805599453,
                          kLn2Low = 2.3190468138462996e-17;
  static constexpr int64_t kShiftBits = 0x4338000000000000, kOneBits = 0x3FF0000000000000, kFraction = 52;
  static constexpr double kExpLow = -746.0, kExpHigh = 710.0, kTanhHigh = 20.0;
};

// 2^n for exponents of normal numbers.
template <class T> INLINE T PowerOfTwo(BitsOf<T> n) {
  using K = Constants<Number<T>>;
  return FromBits<T>((n << K::kFraction) + K::kOneBits);
}

// e^r - 1 where x = n ln 2 + r and |r| <= ln 2 / 2.
template <class T> INLINE T Reduced(T x, BitsOf<T>& n) {
  using S = Number<T>;
  using K = Constants<S>;
  T shifted = Fma(x, Splat<T>(K::kLog2E), Splat<T>(K::kShift));
  T count = K::kShift - shifted;
  n = Bits(shifted) - K::kShiftBits;
  T r = Fma(count, Splat<T>(K::kLn2High), x);
  r = Fma(count, Splat<T>(K::kLn2Low), r);
  T p;
  if constexpr (sizeof(S) == 4) {
    p = Horner(r, 0.0001989198131397769f, 0.0013934541928270264f, 0.008333310024225292f, 0.04166645680967788f,
               0.16666666682534356f, 0.5000000014286223f);
  } else {
    p = Horner(r, 2.0915442297780116e-09, 2.5106274733573296e-08, 2.75572718102198e-07, 2.755725283351691e-06,
               2.4801587327007187e-05, 0.00019841269876864356, 0.0013888888888883327, 0.008333333333325544,
               0.04166666666666667, 0.1666666666666667, 0.5);
  }
  return Fma(p, r * r, r);
}

template <class T> INLINE T Exp(T x) {
  using K = Constants<Number<T>>;
  BitsOf<T> n;
  T p = Reduced(Max(Splat<T>(K::kExpLow), Min(Splat<T>(K::kExpHigh), x)), n);
  BitsOf<T> half = n >> 1;
  return (p + 1) * PowerOfTwo<T>(half) * PowerOfTwo<T>(n - half);
}

// e^x - 1 in the range that is clamped by the caller.
template <class T> INLINE T Expm1Clamped(T x) {
  BitsOf<T> n;
  T p = Reduced(x, n);
  T scale = PowerOfTwo<T>(n - 1);
  T half = Fma(p, scale, scale - Number<T>(0.5));
  return half + half;
}

template <class T> INLINE T SignMask() { return Splat<T>(Number<T>(-0.0)); }
template <class T> INLINE T Abs(T x) { return FromBits<T>(Bits(x) & ~Bits(SignMask<T>())); }
template <class T> INLINE T CopySign(T x, T sign) { return FromBits<T>(Bits(x) | (Bits(sign) & Bits(SignMask<T>()))); }

template <class T> INLINE T Tanh(T x) {
  T a = Min(Splat<T>(Constants<Number<T>>::kTanhHigh), Abs(x));
  T e = Expm1Clamped(a + a);
  return CopySign(e / (e + 2), x);
}

// ln x for positive, normal, finite x, after fdlibm.
template <class T> INLINE T LogNormal(T x) {
  if constexpr (sizeof(Number<T>) == 4) {
    auto bits = Bits(x) + (0x3F800000 - 0x3F3504F3);
    auto k = (bits >> 23) - 127;
    T f = FromBits<T>((bits & 0x007FFFFF) + 0x3F3504F3) - 1;
    T exponent;
    if constexpr (Lanes<T>() == 1) exponent = float(k); else exponent = __builtin_convertvector(k, T);
    T s = f / (f + 2), z = s * s, w = z * z;
    T r = Fma(z, Fma(w, Splat<T>(0.28498786688f), Splat<T>(0.66666662693f)), w * Fma(w, Splat<T>(0.24279078841f), Splat<T>(0.40000972152f)));
    T half = 0.5f * f * f;
    T low = Fma(s, half + r, exponent * 9.0580006145e-06f);
    return Fma(exponent, Splat<T>(6.9313812256e-01f), low - half + f);
  } else {
    auto bits = Bits(x) + (0x3FF0000000000000 - 0x3FE6A09E667F3BCD);
    auto k = (bits >> 52) - 1023;
    T f = FromBits<T>((bits & 0x000FFFFFFFFFFFFF) + 0x3FE6A09E667F3BCD) - 1;
    T exponent;
    if constexpr (Lanes<T>() == 1) exponent = double(k); else exponent = __builtin_convertvector(k, T);
    T s = f / (f + 2), z = s * s, w = z * z;
    T odd = w * Horner(w, 1.531383769920937332e-01, 2.222219843214978396e-01, 3.999999999940941908e-01);
    T even = Horner(w, 1.479819860511658591e-01, 1.818357216161805012e-01, 2.857142874366239149e-01, 6.666666666666735130e-01);
    T half = 0.5 * f * f;
    T low = Fma(s, half + Fma(z, even, odd), exponent * 1.90821492927058770002e-10);
    return Fma(exponent, Splat<T>(6.93147180369123816490e-01), low - half + f);
  }
}

// A loop body: takes a number or vector as a tag of what to compute with, and the index of its first element.
#define BODY [&](auto tag, int64_t i) __attribute__((always_inline))
#define T_ decltype(tag)

// Loops over numbers, with sums in lanes, so that a compiler can vectorize them without changing the order of a sum.
template <class S_> struct Plain {
  using S = S_;
  static constexpr int kLanes = kVectorBytes / int(sizeof(S));

  template <class F> INLINE void Each(int64_t begin, int64_t end, F f) {
    for (int64_t i = begin; i < end; i++) f(S(), i);
  }

  template <class F, class G> INLINE S Reduce(int64_t begin, int64_t end, S start, F f, G combine) {
    constexpr int kMany = 4 * kLanes;
    S lanes[kMany];
    for (int lane = 0; lane < kMany; lane++) lanes[lane] = start;
    int64_t i = begin;
    for (; i + kMany <= end; i += kMany) {
      for (int lane = 0; lane < kMany; lane++) lanes[lane] = combine(lanes[lane], f(S(), i + lane));
    }
    for (int lane = 0; i < end; i++, lane++) lanes[lane] = combine(lanes[lane], f(S(), i));
    S all = start;
    for (int lane = 0; lane < kMany; lane++) all = combine(all, lanes[lane]);
    return all;
  }

  template <class F> INLINE S Sum(int64_t begin, int64_t end, F f) {
    return Reduce(begin, end, S(0), f, [](S a, S b) __attribute__((always_inline)) { return a + b; });
  }

  template <class F> INLINE S Largest(int64_t begin, int64_t end, F f) {
    return Reduce(begin, end, S(-INFINITY), f, [](S a, S b) __attribute__((always_inline)) { return Max(a, b); });
  }
};

// Loops over vectors of the machine's width, four of them interleaved: what one writes by hand.
template <class S_> struct ByHand {
  using S = S_;
  using V = Vec<S>;
  static constexpr int kLanes = Lanes<V>();

  template <class F> INLINE void Each(int64_t begin, int64_t end, F f) {
    int64_t i = begin;
    for (; i + 4 * kLanes <= end; i += 4 * kLanes) {
      f(V(), i);
      f(V(), i + kLanes);
      f(V(), i + 2 * kLanes);
      f(V(), i + 3 * kLanes);
    }
    for (; i + kLanes <= end; i += kLanes) f(V(), i);
    for (; i < end; i++) f(S(), i);
  }

  template <class F, class G> INLINE S Reduce(int64_t begin, int64_t end, S start, F f, G combine) {
    V a = Splat<V>(start), b = a, c = a, d = a;
    int64_t i = begin;
    for (; i + 4 * kLanes <= end; i += 4 * kLanes) {
      a = combine(a, f(V(), i));
      b = combine(b, f(V(), i + kLanes));
      c = combine(c, f(V(), i + 2 * kLanes));
      d = combine(d, f(V(), i + 3 * kLanes));
    }
    for (; i + kLanes <= end; i += kLanes) a = combine(a, f(V(), i));
    V all = combine(combine(a, b), combine(c, d));
    S result = all[0];
    for (int lane = 1; lane < kLanes; lane++) result = combine(result, S(all[lane]));
    for (; i < end; i++) result = combine(result, f(S(), i));
    return result;
  }

  template <class F> INLINE S Sum(int64_t begin, int64_t end, F f) {
    return Reduce(begin, end, S(0), f, [](auto a, auto b) __attribute__((always_inline)) { return a + b; });
  }

  template <class F> INLINE S Largest(int64_t begin, int64_t end, F f) {
    return Reduce(begin, end, S(-INFINITY), f, [](auto a, auto b) __attribute__((always_inline)) { return Max(a, b); });
  }
};

// The arrays of a counterpart.
template <class S> INLINE const S* In(const void* const* x, int i) { return static_cast<const S*>(x[i]); }
template <class S> INLINE S* Out(void* const* y, int i) { return static_cast<S*>(y[i]); }

// A counterpart for compilers and, where there are intrinsics, by hand, from one function over loops of either kind.
#define KERNEL_OF(name, type, f) \
  KERNEL(name) { f<Plain<type>>(x, y, n, begin, end, part); } \
  HAND_KERNEL_OF(name, type, f)
#ifdef HAND
#define HAND_KERNEL_OF(name, type, f) \
  KERNEL(name##_hand) { f<ByHand<type>>(x, y, n, begin, end, part); }
#else
#define HAND_KERNEL_OF(name, type, f)
#endif
#define ARGUMENTS                                                                                             \
  [[maybe_unused]] const void* const *x, [[maybe_unused]] void *const *y, [[maybe_unused]] const int64_t *n, \
      [[maybe_unused]] int64_t begin, [[maybe_unused]] int64_t end, [[maybe_unused]] int64_t part

// Puts sums of parts, eight numbers apart in the scratch array, into a result of one number.
template <class S> INLINE void AddParts(void* const* y, int result, const double* scratch, int64_t parts) {
  S sum = 0;
  for (int64_t i = 0; i < parts; i++) sum += S(scratch[i * 8]);
  *static_cast<S*>(y[result]) = sum;
}
