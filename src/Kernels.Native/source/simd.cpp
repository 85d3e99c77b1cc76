#include "simd.h"

#include <string>

namespace adj {
namespace {

#if HWY_ARCH_X86
// What Highway's targets HWY_AVX2 and HWY_AVX3 may use.
bool HasAvx2() noexcept {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
         __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("f16c") && __builtin_cpu_supports("lzcnt") &&
         __builtin_cpu_supports("aes") && __builtin_cpu_supports("pclmul");
}

bool HasAvx512() noexcept {
  return HasAvx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd");
}
#endif

const char* Name(Simd simd) noexcept {
  switch (simd) {
    case Simd::kAvx512:
      return "AVX-512";
    case Simd::kAvx2:
      return "AVX2";
    case Simd::kStatic:
      return hwy::TargetName(HWY_STATIC_TARGET);
    default:
      return "";
  }
}

}  // namespace

Simd WidestSimd() noexcept {
#if HWY_ARCH_X86
#if HWY_TARGETS & HWY_AVX3
  if (HasAvx512()) return Simd::kAvx512;
#endif
#if HWY_TARGETS & HWY_AVX2
  if (HasAvx2()) return Simd::kAvx2;
#endif
#endif
#if ADJ_EMULATED
  return Simd::kNone;
#else
  return Simd::kStatic;
#endif
}

}  // namespace adj

extern "C" size_t adj_simd_describe(char* text, size_t size) noexcept {
  return adj::CopyText(adj::Name(adj::WidestSimd()), text, size);
}
