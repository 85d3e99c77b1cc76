// The C ABI of Adjoint's native kernels: plain pointers, sizes and a status.
// Every export is noexcept; the caller owns all memory that kernels read or write; nothing thrown crosses this boundary.
// Every function may be called from any number of threads at once, and starts none.

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
#define ADJ_ABI_VERSION 4

typedef int32_t adj_status;

enum {
  ADJ_OK = 0,
  ADJ_BAD_ARGUMENT = 1,   // a null pointer with a nonzero size, or a size the kernel can't take
  ADJ_OUT_OF_MEMORY = 2,
  ADJ_UNSUPPORTED = 3,    // this library, processor or build lacks the kernel, or takes no such layout
  ADJ_MISSING = 4,        // a library is not there, or is another one
  ADJ_INTERNAL = 5,
};

// The ADJ_ABI_VERSION that the library was built with. The runtime refuses a library with another one.
ADJ_EXPORT int32_t adj_abi_version(void) ADJ_NOEXCEPT;

// Copies what the last call that failed on this thread had to say, at most size bytes with the closing zero.
// Gives its length without the zero. The message stays until another call fails on this thread.
ADJ_EXPORT size_t adj_message(char* text, size_t size) ADJ_NOEXCEPT;

// ---- Libraries ----------------------------------------------------------------------------------------------------

// A library of kernels that was found and bound.
typedef struct adj_library adj_library;

typedef int32_t adj_provider;

enum {
  ADJ_OPENBLAS = 1,
  ADJ_MKL = 2,
  ADJ_ONEDNN = 3,
};

enum {
  // MKL: take the kernels that the processor's features allow, whoever made it. Without it MKL asks for the vendor, and
  // others than its own get slower kernels.
  ADJ_MKL_ANY_VENDOR = 1,
};

// Opens a library: from the folder that is given, or, where that is null, from the folder of this file, and then by the
// system's own search. The first library opened decides on MKL's flags for the process. Library code stays loaded.
ADJ_EXPORT adj_status adj_library_open(
    adj_provider provider, const char* folder, uint32_t flags, adj_library** library) ADJ_NOEXCEPT;

// Forgets a library. Null is allowed. No call may use it any more.
ADJ_EXPORT void adj_library_close(adj_library* library) ADJ_NOEXCEPT;

// Name, version and instruction set, as adj_message gives its text.
ADJ_EXPORT size_t adj_library_describe(const adj_library* library, char* text, size_t size) ADJ_NOEXCEPT;

// ---- Products -----------------------------------------------------------------------------------------------------

// C[i] = A[i] B[i] for i < batch, A[i] of m rows and k columns, B[i] of k rows and n columns. Strides count elements:
// element (r, c) of A[i] is a[i * a_batch + r * a_row + c * a_column]. C's columns lie beside each other.
typedef struct adj_product {
  int64_t batch, m, n, k;
  int64_t a_batch, a_row, a_column;
  int64_t b_batch, b_row, b_column;
  int64_t c_batch, c_row;
} adj_product;

// C must not overlap A or B, and is not read. k = 0 gives zeros; NaN and infinities come through. Any alignment.
// Rows or columns of A and of B must be contiguous, and extents and strides below 2^31; else ADJ_UNSUPPORTED.
// The order of summation is the library's: the same for the same extents and strides on one machine.
// Error: |c - exact| <= eps * k * sum |a| |b| for any order (Higham 2002, ch. 3).
ADJ_EXPORT adj_status adj_product_f32(
    const adj_library* library, const adj_product* shape, const float* a, const float* b, float* c) ADJ_NOEXCEPT;
ADJ_EXPORT adj_status adj_product_f64(
    const adj_library* library, const adj_product* shape, const double* a, const double* b, double* c) ADJ_NOEXCEPT;

// ---- Convolutions -------------------------------------------------------------------------------------------------

typedef int32_t adj_convolution_kind;

enum {
  ADJ_CONVOLVE = 0,   // output from input and filter
  ADJ_BY_INPUT = 1,   // the gradient by the input, from the gradient by the output and the filter
  ADJ_BY_FILTER = 2,  // the gradient by the filter, from the input and the gradient by the output
};

// y[n, o, t] = sum over c, w of x[n, g C/G + c, t stride + w dilation - low] f[o, c, w], g the group of o; 1 to 3 spatial
// axes, the innermost last. The input is [images, inputs, ...], the filter [outputs, inputs / groups, ...], the output
// [images, outputs, ...]. Batch and channel axes lie at the distances given, in elements; spatial axes are dense.
typedef struct adj_convolution {
  adj_convolution_kind kind;
  int32_t axes;
  int64_t images, groups, inputs, outputs;
  int64_t input[3], window[3], output[3], stride[3], dilation[3], low[3];
  int64_t input_image, input_channel;
  int64_t filter_output, filter_input;
  int64_t output_image, output_channel;
} adj_convolution;

// A convolution made ready to run any number of times, from any number of threads at once.
typedef struct adj_plan adj_plan;

// Makes a plan; takes milliseconds. ADJ_UNSUPPORTED where the library lacks it or has no fast way.
ADJ_EXPORT adj_status adj_convolution_plan(
    const adj_library* library, const adj_convolution* convolution, adj_plan** plan) ADJ_NOEXCEPT;

// Bytes of scratch memory that a run needs.
ADJ_EXPORT size_t adj_plan_scratch(const adj_plan* plan) ADJ_NOEXCEPT;

// Runs on the caller's thread, in the order of operands above. The result must not overlap an operand, and is not read;
// scratch is the caller's alone during the call. Any alignment. The order of summation is the library's, fixed by the plan.
ADJ_EXPORT adj_status adj_convolution_run(
    const adj_plan* plan, const float* left, const float* right, float* result, void* scratch) ADJ_NOEXCEPT;

// Forgets a plan, before its library is closed. Null is allowed.
ADJ_EXPORT void adj_plan_destroy(adj_plan* plan) ADJ_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif  // ADJOINT_KERNELS_H
