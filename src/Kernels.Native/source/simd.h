// Our own kernels, compiled for several instruction sets by Highway and chosen by the processor at each call.
//
// A family is a file that hwy/foreach_target.h compiles once for each instruction set, in its namespace; the exports stand
// behind HWY_ONCE and call by ADJ_ON_BEST. Highway's own dispatch keeps its choice in a library of Highway's, which this
// does without: nothing is kept, and nothing has to lie beside the kernels.

#ifndef ADJOINT_SIMD_H
#define ADJOINT_SIMD_H

#include "hwy/highway.h"
#include "status.h"

namespace adj {

enum class Simd { kNone, kStatic, kAvx2, kAvx512 };

// The widest instruction set that kernels are compiled for and this processor has.
Simd WidestSimd() noexcept;

}  // namespace adj

// Emulated vectors are slower than the kernels that run in their place.
#define ADJ_EMULATED (HWY_STATIC_TARGET == HWY_EMU128 || HWY_STATIC_TARGET == HWY_SCALAR)

#if HWY_TARGETS & HWY_AVX3
#define ADJ_CASE_AVX512(call) \
  case adj::Simd::kAvx512:    \
    adj::N_AVX3::call;        \
    break;
#else
#define ADJ_CASE_AVX512(call)
#endif

#if HWY_TARGETS & HWY_AVX2
#define ADJ_CASE_AVX2(call) \
  case adj::Simd::kAvx2:    \
    adj::N_AVX2::call;      \
    break;
#else
#define ADJ_CASE_AVX2(call)
#endif

#if ADJ_EMULATED
#define ADJ_CASE_STATIC(call)
#else
#define ADJ_CASE_STATIC(call)  \
  case adj::Simd::kStatic:     \
    adj::HWY_NAMESPACE::call;  \
    break;
#endif

// Runs a call of a family's function; throws where the processor has no instruction set that it is compiled for.
#define ADJ_ON_BEST(call)                                                                       \
  do {                                                                                          \
    switch (adj::WidestSimd()) {                                                                \
      ADJ_CASE_AVX512(call)                                                                     \
      ADJ_CASE_AVX2(call)                                                                       \
      ADJ_CASE_STATIC(call)                                                                     \
      default:                                                                                  \
        throw adj::Failure(ADJ_UNSUPPORTED, "our own kernels: compiled for no instruction set of this processor."); \
    }                                                                                           \
  } while (false)

#endif  // ADJOINT_SIMD_H
