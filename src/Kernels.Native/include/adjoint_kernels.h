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
// [images, outputs, ...]. Batch and channel axes lie at the distances given, in elements; spatial axes are dense, but where the
// channels of an input or output are beside each other, distance 1, they lie within: [images, ..., channels], dense.
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

// A plan for another number of images, or another part of them, whose packed filter lies as that of a plan before it;
// ADJ_UNSUPPORTED where the library would have it otherwise.
ADJ_EXPORT adj_status adj_convolution_plan_like(
    const adj_library* library, const adj_convolution* convolution, const adj_plan* like, adj_plan** plan) ADJ_NOEXCEPT;

// Bytes of the filter, or of the gradient by it, as the plan's kernel has it; 0 where it takes the caller's layout.
ADJ_EXPORT size_t adj_plan_packed(const adj_plan* plan) ADJ_NOEXCEPT;

// Packs a filter for any number of runs. Packed memory is zeros beyond the filter's elements, and aligned to 64 bytes for speed.
ADJ_EXPORT adj_status adj_filter_pack(
    const adj_plan* plan, const float* filter, float* packed, void* scratch) ADJ_NOEXCEPT;

// Unpacks the gradient by a filter.
ADJ_EXPORT adj_status adj_filter_unpack(
    const adj_plan* plan, const float* packed, float* filter, void* scratch) ADJ_NOEXCEPT;

// Runs with a packed filter, or gives the gradient by it packed. As adj_convolution_run where the plan packs nothing.
ADJ_EXPORT adj_status adj_convolution_run_packed(
    const adj_plan* plan, const float* left, const float* right, float* result, void* scratch) ADJ_NOEXCEPT;

// Forgets a plan, before its library is closed. Null is allowed.
ADJ_EXPORT void adj_plan_destroy(adj_plan* plan) ADJ_NOEXCEPT;

// ---- Factorizations -----------------------------------------------------------------------------------------------

// LAPACK's, of dense matrices that follow each other in memory, in place where it says so. Rows lie beside each other unless it
// says otherwise. Extents below 2^31; any alignment; the order of operations is the library's, fixed by the extents.

typedef int32_t adj_factorization;

enum {
  ADJ_QR = 0,
  ADJ_EIGH = 1,
  ADJ_SVD = 2,
  ADJ_LU = 3,
};

// Bytes of scratch memory that a factorization of one matrix of m rows and n columns needs; elements of 4 or 8 bytes.
ADJ_EXPORT adj_status adj_factorization_scratch(const adj_library* library, adj_factorization factorization,
    int32_t element, int64_t m, int64_t n, size_t* bytes) ADJ_NOEXCEPT;

// A = L L' for symmetric matrices of order n, whose lower triangles are read and become L; what lies above stays.
// failed[i] is 0, or the order of the first leading minor of matrix i that is not positive.
ADJ_EXPORT adj_status adj_cholesky_f32(
    const adj_library* library, int64_t count, int64_t n, float* a, int32_t* failed) ADJ_NOEXCEPT;
ADJ_EXPORT adj_status adj_cholesky_f64(
    const adj_library* library, int64_t count, int64_t n, double* a, int32_t* failed) ADJ_NOEXCEPT;

// op(A) X = B, of k columns, or X op(A) = B, of k rows, for triangular matrices A of order n.
typedef struct adj_triangle {
  int64_t count, n, k;
  int32_t left, lower, transposed, unit;
} adj_triangle;

// b becomes X. What lies outside the triangle, and a unit diagonal, is not read. Divides by zero as IEEE 754 says.
ADJ_EXPORT adj_status adj_triangular_solve_f32(
    const adj_library* library, const adj_triangle* shape, const float* a, float* b) ADJ_NOEXCEPT;
ADJ_EXPORT adj_status adj_triangular_solve_f64(
    const adj_library* library, const adj_triangle* shape, const double* a, double* b) ADJ_NOEXCEPT;

// P A = L U with the largest pivots: a becomes L, whose diagonal is 1, below the diagonal and U from there on. pivots[i] >= i is
// the row that was exchanged with row i < min(m, n).
ADJ_EXPORT adj_status adj_lu_rows_f32(const adj_library* library, int64_t m, int64_t n, float* a, int32_t* pivots,
    void* scratch, size_t bytes) ADJ_NOEXCEPT;
ADJ_EXPORT adj_status adj_lu_rows_f64(const adj_library* library, int64_t m, int64_t n, double* a, int32_t* pivots,
    void* scratch, size_t bytes) ADJ_NOEXCEPT;

// A = Q R with k = min(m, n) orthonormal columns: q is [m, k], r [k, n] with zeros below the diagonal. a is overwritten.
// Q and R are as the reflections leave them: the diagonal of R has any sign.
ADJ_EXPORT adj_status adj_qr_f32(const adj_library* library, int64_t m, int64_t n, float* a, float* q, float* r,
    void* scratch, size_t bytes) ADJ_NOEXCEPT;
ADJ_EXPORT adj_status adj_qr_f64(const adj_library* library, int64_t m, int64_t n, double* a, double* q, double* r,
    void* scratch, size_t bytes) ADJ_NOEXCEPT;

// A = V diag(w) V' for a symmetric matrix of order n, whose lower triangle is read: w ascends, and the rows of a become the
// columns of V, of any sign. failed is 0, or else nothing converged.
ADJ_EXPORT adj_status adj_eigh_f32(const adj_library* library, int64_t n, float* a, float* w, int32_t* failed,
    void* scratch, size_t bytes) ADJ_NOEXCEPT;
ADJ_EXPORT adj_status adj_eigh_f64(const adj_library* library, int64_t n, double* a, double* w, int32_t* failed,
    void* scratch, size_t bytes) ADJ_NOEXCEPT;

// A = U diag(s) V' with k = min(m, n) columns in U [m, k] and rows in vt [k, n], of any sign; s descends. a is overwritten.
// failed is 0, or else nothing converged.
ADJ_EXPORT adj_status adj_svd_f32(const adj_library* library, int64_t m, int64_t n, float* a, float* u, float* s, float* vt,
    int32_t* failed, void* scratch, size_t bytes) ADJ_NOEXCEPT;
ADJ_EXPORT adj_status adj_svd_f64(const adj_library* library, int64_t m, int64_t n, double* a, double* u, double* s,
    double* vt, int32_t* failed, void* scratch, size_t bytes) ADJ_NOEXCEPT;

// ---- Kernels of our own -------------------------------------------------------------------------------------------

// These are missing from a build without Highway. They need no library; where the processor lacks the instruction sets that
// they are compiled for, they give ADJ_UNSUPPORTED. What they give is the same on all processors.

// The instruction set that they use here, as adj_message gives its text; empty where they run on none.
ADJ_EXPORT size_t adj_simd_describe(char* text, size_t size) ADJ_NOEXCEPT;

// Sorts words in place, ascending; equal words are not told apart. Any alignment of a word's own.
ADJ_EXPORT adj_status adj_sort_u32(uint32_t* words, size_t n) ADJ_NOEXCEPT;
ADJ_EXPORT adj_status adj_sort_u64(uint64_t* words, size_t n) ADJ_NOEXCEPT;

// The same for n words of 128 bits, each its low half and then its high half.
ADJ_EXPORT adj_status adj_sort_u128(uint64_t* words, size_t n) ADJ_NOEXCEPT;

// ---- Convolutions of few channels ---------------------------------------------------------------------------------

// Kernels of our own for one or two axes, stride and dilation 1, no groups, and channels that lie apart; all three kinds. They take what
// adj_convolution_run takes. Outputs, and gradients by the input, are one chain of fused multiply-adds over channels and then taps in the
// filter's order: the same bits on all processors. A gradient by the filter is summed over images in their order.

// Bytes of scratch memory that a run needs; ADJ_UNSUPPORTED for other convolutions, and where our own kernels don't run.
ADJ_EXPORT adj_status adj_direct_scratch(const adj_convolution* convolution, size_t* bytes) ADJ_NOEXCEPT;

ADJ_EXPORT adj_status adj_direct_run(
    const adj_convolution* convolution, const float* left, const float* right, float* result, void* scratch) ADJ_NOEXCEPT;

// ---- Fourier transforms -------------------------------------------------------------------------------------------

// y[k] = sum over j of x[j] exp(-2 pi i jk / length), not scaled, of lines of complex numbers, pairs of a real and an imaginary part.
typedef struct adj_fourier {
  int32_t is_double;    // pairs of f64, else of f32
  int32_t in_place;     // y is x
  int64_t length, lines;
  int64_t element;      // from a number to the next on its line, in complex numbers, in both x and y
  int64_t line;         // from a line to the next
} adj_fourier;

// A transform made ready to run any number of times, from any number of threads at once.
typedef struct adj_fourier_plan adj_fourier_plan;

// Makes a plan; takes from microseconds to milliseconds. ADJ_UNSUPPORTED where the library lacks it.
ADJ_EXPORT adj_status adj_fourier_make(
    const adj_library* library, const adj_fourier* transform, adj_fourier_plan** plan) ADJ_NOEXCEPT;

// Runs on the caller's thread; with +2 pi where inverse. y is x where the plan is in place, and must not overlap it otherwise.
ADJ_EXPORT adj_status adj_fourier_run(const adj_fourier_plan* plan, int32_t inverse, const void* x, void* y) ADJ_NOEXCEPT;

// Forgets a plan, before its library is closed. Null is allowed.
ADJ_EXPORT void adj_fourier_destroy(adj_fourier_plan* plan) ADJ_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif  // ADJOINT_KERNELS_H
