// The C ABI of Adjoint's native kernels: plain pointers, sizes and a status.
// Every export is noexcept; the caller owns all memory; nothing thrown crosses this boundary.

#ifndef ADJOINT_KERNELS_H
#define ADJOINT_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define ADJ_EXPORT __declspec(dllexport)
#else
#define ADJ_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
#define ADJ_NOEXCEPT noexcept
extern "C" {
#else
#define ADJ_NOEXCEPT
#endif

// Raised by one whenever a signature or a status code changes its meaning.
#define ADJ_ABI_VERSION 1

typedef int32_t adj_status;

enum {
  ADJ_OK = 0,
  ADJ_BAD_ARGUMENT = 1,   // a null pointer with a nonzero size, or a size the kernel can't take
  ADJ_OUT_OF_MEMORY = 2,
  ADJ_UNSUPPORTED = 3,    // this processor or build lacks the kernel
  ADJ_INTERNAL = 4,
};

// The ADJ_ABI_VERSION that the library was built with. The runtime refuses a library with another one.
ADJ_EXPORT int32_t adj_abi_version(void) ADJ_NOEXCEPT;

// y[i] = tanh(x[i]) for i < n. x and y may be the same array, or must not overlap. Any alignment.
// Error: at most 4 ULP over all finite x; NaN gives NaN; writes nothing at or past y + n.
ADJ_EXPORT adj_status adj_tanh_f32(const float* x, float* y, size_t n) ADJ_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif  // ADJOINT_KERNELS_H
